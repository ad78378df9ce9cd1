/**
 * Who made a network card, by the IEEE's registry as the package oui-data carries it.
 *
 * Its 5.6 MB are read when the first card is asked about (150 ms were measured), not at start.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

let registry: Readonly<Record<string, unknown>> | undefined;

/**
 * The manufacturer's name; `made up` where the address says itself that it is no manufacturer's (virtual machines, the
 * private addresses of telephones: IEEE 802, bit 1 of the first byte); undefined where the registry doesn't have it.
 */
export function vendorOf(mac: string): string | undefined {
  const hex = mac.replaceAll(':', '').toUpperCase();
  if ((Number.parseInt(hex.slice(0, 2), 16) & 2) === 2) return 'made up';
  registry ??= readRegistry();
  const entry = registry[hex.slice(0, 6)];
  return typeof entry === 'string' ? entry.split('\n')[0] : undefined;
}

function readRegistry(): Readonly<Record<string, unknown>> {
  const read: unknown = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('oui-data')), 'utf8'));
  return typeof read === 'object' && read !== null ? Object.fromEntries(Object.entries(read)) : {};
}
