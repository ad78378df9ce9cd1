import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '../../adapters/clock/system.ts';

/** Names this folder's records among those that share a Redis; made once. */
export function folderId(folder: string): string {
  const file = join(folder, 'id');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, systemRandom.hex(8), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
