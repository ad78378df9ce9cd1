/**
 * The two icons that Teams wants: 192 × 192 in colour, 32 × 32 white on nothing. A band drawn tight by a windlass, made of
 * distances, so that no picture has to be kept or fetched.
 */
import { png } from './png.ts';
import type { Pixel } from './png.ts';

export const ACCENT = '#B3261E';
const RED: readonly [number, number, number] = [0xb3, 0x26, 0x1e];
const DARK: readonly [number, number, number] = [0x8c, 0x1d, 0x18];

export function colourIcon(): Buffer {
  return png(192, (x, y) => {
    const [at, up] = [(x + 0.5) / 192 - 0.5, (y + 0.5) / 192 - 0.5];
    const ink = cover(shape(at, up), 192);
    const ground = up > 0 ? mix(RED, DARK, up * 1.2) : RED;
    return [...mix(ground, [255, 255, 255], ink), 255];
  });
}

export function outlineIcon(): Buffer {
  return png(32, (x, y): Pixel => {
    const ink = cover(shape((x + 0.5) / 32 - 0.5, (y + 0.5) / 32 - 0.5), 32);
    return [255, 255, 255, Math.round(ink * 255)];
  });
}

/** Distance to the ink, negative within it; the picture spans -0.5 to 0.5. */
function shape(x: number, y: number): number {
  const band = Math.abs(Math.hypot(x, (y - 0.08) * 1.15) - 0.23) - 0.045;
  const [along, across] = [x * 0.94 + (y + 0.17) * 0.34, -x * 0.34 + (y + 0.17) * 0.94];
  const windlass = Math.max(Math.abs(along) - 0.31, Math.abs(across) - 0.045);
  const gap = Math.max(Math.abs(along) - 0.36, Math.abs(across) - 0.085);
  return Math.min(Math.max(band, -gap), windlass);
}

function cover(distance: number, size: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance * size));
}

function mix(
  from: readonly [number, number, number],
  to: readonly [number, number, number],
  share: number,
): [number, number, number] {
  const of = (index: 0 | 1 | 2): number =>
    Math.round(from[index] + (to[index] - from[index]) * Math.min(1, Math.max(0, share)));
  return [of(0), of(1), of(2)];
}
