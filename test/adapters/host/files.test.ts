import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openHostFiles } from '../../../adapters/host/files.ts';
import { openHost } from '../../../adapters/host/process.ts';
import { FenceLost } from '../../../src/ports/host.ts';

const folder = mkdtempSync(join(tmpdir(), 'tq-files-'));
const host = openHost('mx1', (argv) => argv, join(folder, 'fence'));
const files = openHostFiles('mx1', host);
const path = join(folder, "a file's name");
afterAll(() => rmSync(folder, { recursive: true }));

const BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));

describe('files of a host', () => {
  it('are read and written to the byte, with their mode, and a link stays a link', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    symlinkSync(path, join(folder, 'link'));
    await files.replace(join(folder, 'link'), { from: 'old', to: BYTES }, 1);
    expect(readFileSync(path, 'latin1')).toBe(BYTES);
    expect(await files.read(join(folder, 'link'))).toBe(BYTES);
    expect(statSync(path).mode % 0o1000).toBe(0o640);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  it('are not overwritten where somebody else was quicker, and twice is once', async () => {
    writeFileSync(path, 'theirs');
    await expect(files.replace(path, { from: 'old', to: 'ours' }, 2)).rejects.toThrow('changed by somebody else');
    expect(readFileSync(path, 'utf8')).toBe('theirs');
    await files.replace(path, { from: 'theirs', to: 'ours' }, 2);
    await files.replace(path, { from: 'theirs', to: 'ours' }, 2);
    expect(readFileSync(path, 'utf8')).toBe('ours');
  });

  it('come into being with their mode and go again, and nothing is left beside them', async () => {
    const fresh = join(folder, 'fresh');
    expect(await files.read(fresh)).toBeUndefined();
    await files.replace(fresh, { from: undefined, to: 'secret', mode: '0600' }, 3);
    expect(statSync(fresh).mode % 0o1000).toBe(0o600);
    await files.replace(fresh, { from: 'secret', to: undefined }, 3);
    expect(readdirSync(folder).filter((name) => name.startsWith('fresh'))).toEqual([]);
  });

  it.each([0, 4, 8])('are left as they are where only %i characters of the new text arrive', async (arrives) => {
    const cut = openHostFiles('mx1', {
      ...host,
      run: (argv, how) =>
        host.run(argv, { ...how, ...(how.input !== undefined && { input: how.input.slice(0, arrives) }) }),
    });
    writeFileSync(path, 'ours');
    await expect(cut.replace(path, { from: 'ours', to: 'a longer text' }, 8)).rejects.toThrow(
      'did not reach mx1 whole',
    );
    expect(readFileSync(path, 'utf8')).toBe('ours');
    expect(readdirSync(folder).filter((name) => name.endsWith('-new'))).toEqual([]);
  });

  describe('that have room for their undo', () => {
    const room = (how: 'take' | 'use') => ({ room: { name: 'tq7', how } });
    const beside = (): readonly string[] => readdirSync(folder).filter((name) => name.includes('tourniquet-'));

    it('get it before they are changed, and use it with their owner and mode; nothing is left of it', async () => {
      writeFileSync(path, 'old');
      chmodSync(path, 0o640);
      await files.replace(path, { from: 'old', to: 'old and ours', ...room('take') }, 8);
      expect(statSync(`${path}.tourniquet-room-tq7`)).toMatchObject({ size: 12 + 16_384, blocks: 40 });
      const { ino } = statSync(`${path}.tourniquet-room-tq7`);
      await files.replace(path, { from: 'old and ours', to: 'old', ...room('use') }, 8);
      expect([readFileSync(path, 'utf8'), statSync(path).ino, statSync(path).mode % 0o1000, beside()]).toEqual([
        'old',
        ino,
        0o640,
        [],
      ]);
    });

    it('keep it where what was sent did not arrive, and are as they were', async () => {
      writeFileSync(path, 'old');
      await files.replace(path, { from: 'old', to: 'ours', ...room('take') }, 8);
      const cut = openHostFiles('mx1', {
        ...host,
        run: (argv, how) => host.run(argv, { ...how, ...(how.input !== undefined && { input: 'b2' }) }),
      });
      await expect(cut.replace(path, { from: 'ours', to: 'old', ...room('use') }, 8)).rejects.toThrow('did not reach');
      expect([readFileSync(path, 'utf8'), statSync(`${path}.tourniquet-room-tq7`).size]).toEqual(['ours', 4 + 16_384]);
      await files.replace(path, { from: 'ours', to: 'old', ...room('use') }, 8);
      expect([readFileSync(path, 'utf8'), beside()]).toEqual(['old', []]);
    });

    it('lose it where they are as wanted already', async () => {
      writeFileSync(path, 'old');
      await files.replace(path, { from: 'old', to: 'ours', ...room('take') }, 8);
      writeFileSync(path, 'old');
      await files.replace(path, { from: 'old', to: 'old', ...room('use') }, 8);
      expect([readFileSync(path, 'utf8'), beside()]).toEqual(['old', []]);
      writeFileSync(path, 'ours');
    });
  });

  it('are kept from a late hand by the host', async () => {
    await files.replace(path, { from: 'ours', to: 'later' }, 9);
    await expect(files.replace(path, { from: 'later', to: 'late' }, 4)).rejects.toThrow(FenceLost);
    expect(await files.read(path)).toBe('later');
  });
});
