import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '../../adapters/clock/system.ts';

/**
 * 32 octets that only this folder has, made once. It is there whole or not at all: an empty key would sign for anybody.
 * Throws an Error with the remedy where what stands there is no key.
 */
export function ownKey(folder: string, name: string): Buffer {
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    const draft = `${file}.${systemRandom.hex(8)}`;
    writeFileSync(draft, systemRandom.hex(32), { mode: 0o600, flag: 'wx', flush: true });
    try {
      linkSync(draft, file);
    } catch (error) {
      // Another process was first: its key is everybody's.
      if (!existsSync(file)) throw error;
    } finally {
      rmSync(draft);
    }
  }
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${file} holds no key. Remove it: a new one is made.`);
  return Buffer.from(text, 'hex');
}
