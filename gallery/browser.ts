/** A page as a picture, by a Chromium that is installed here (Debian: apt-get install chromium). */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { shrink } from './shrink.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** In pixels: of a lower window Chromium paints the top alone. */
const LOWEST = 300;

/** Writes a picture of the whole page; `width` in pixels. Returns the page's own document as it stood at the end. */
export function photograph(html: string, file: string, width: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'tq-gallery-'));
  try {
    const page = join(folder, 'page.html');
    // Chromium lays nothing out narrower than 500 pixels by itself.
    const narrow = `<meta charset="utf-8"><style>body { width: ${width}px }</style>`;
    writeFileSync(page, html.replace('<meta charset="utf-8">', narrow));
    const address = pathToFileURL(page).href;
    const document = run(folder, ['--dump-dom', `--window-size=${width},600`, address]);
    const height = Number(/data-height="(\d+)"/.exec(document)?.[1]);
    if (!(height > 0)) throw new Error(`The page of ${file} did not come to its end: ${document.slice(-400)}`);
    run(folder, [
      `--screenshot=${file}`,
      `--window-size=${width},${Math.min(Math.max(height, LOWEST), 8000)}`,
      address,
    ]);
    shrink(file);
    return document;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(folder: string, words: readonly string[]): string {
  const common = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--virtual-time-budget=4000'];
  const ran = spawnSync(findChromium(), [...common, `--user-data-dir=${join(folder, 'profile')}`, ...words], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64_000_000,
  });
  if (ran.status !== 0) throw new Error(`Chromium ended with ${ran.status}: ${ran.stderr.slice(-400)}`);
  return ran.stdout;
}

function findChromium(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter))
    for (const name of NAMES) if (existsSync(join(folder, name))) return join(folder, name);
  throw new Error('Chromium is missing. Debian: apt-get install chromium; Fedora: dnf install chromium.');
}
