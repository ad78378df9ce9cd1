import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuditLog } from '../../../adapters/audit/log.ts';
import { systemClock } from '../../../adapters/clock/system.ts';
import { keepsTheAuditContract } from '../../contracts/audit-log.ts';
import type { AuditEntry } from '../../../src/ports/audit-log.ts';

const entry = (what: string): AuditEntry => ({ kind: 'intent', about: 'measure/7', who: 'ana', what });

describe('the audit log', () => {
  let folder: string;
  let copy: string[];
  let away: boolean;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tq-audit-'));
    copy = [];
    away = false;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const second = {
    name: 'the copy',
    tail: async () => {
      if (away) throw new Error('it is away');
      return { count: copy.length, last: copy.at(-1) };
    },
    append: async (lines: readonly string[]) => void copy.push(...lines),
    lines: async () => copy,
  };
  const open = () => openAuditLog(folder, second, systemClock);
  const file = (): string => join(folder, 'audit.jsonl');
  const lines = (): string[] => readFileSync(file(), 'utf8').trim().split('\n');

  it('keeps each entry in both places, and finds them whole', async () => {
    const log = open();
    await Promise.all([log.write(entry('freeze')), log.write(entry('block')), open().write(entry('unplug'))]);
    expect(lines()).toHaveLength(3);
    expect(copy).toEqual(lines());
    expect(await log.verify()).toMatchObject({ kind: 'whole', entries: 3 });
  });

  it.each([
    ['a changed entry', (all: string[]) => [all[0] ?? '', (all[1] ?? '').replace('two', 'TWO'), all[2] ?? '']],
    ['a missing entry', (all: string[]) => [all[0] ?? '', all[2] ?? '']],
    ['a missing last entry', (all: string[]) => all.slice(0, 2)],
    ['an empty line between', (all: string[]) => [all[0] ?? '', '', all[1] ?? '', all[2] ?? '']],
    ['two entries in each other’s place', (all: string[]) => [all[1] ?? '', all[0] ?? '', all[2] ?? '']],
  ])('finds %s', async (_what, harm) => {
    const log = open();
    for (const what of ['one', 'two', 'three']) await log.write(entry(what));
    writeFileSync(file(), `${harm(lines()).join('\n')}\n`);
    expect((await log.verify()).kind).toBe('broken');
  });

  it.each([
    ['the file has lost its end', () => writeFileSync(file(), `${lines().slice(0, 1).join('\n')}\n`)],
    ['the file is gone', () => rmSync(file())],
    ['the copy was written anew', () => void copy.splice(0, 3, 'x', 'y', 'z')],
  ])('keeps nothing that needs both places where the copy does not go on from the file: %s', async (_what, harm) => {
    for (const what of ['one', 'two', 'three']) await open().write(entry(what));
    harm();
    for (let round = 0; round < 3; round += 1)
      await expect(open().write(entry('freeze'))).rejects.toThrow(
        /the copy: it does not go on from the file: .*audit-log verify names what was changed\. Stop Tourniquet and move .* aside/,
      );
    await expect(open().write(entry('thaw'), 'one'), 'taking back goes on').resolves.toBeUndefined();
    expect((await open().verify()).kind).toBe('broken');
  });

  it('tells by a head that was noted elsewhere whether its end was cut off in both places, or all written anew', async () => {
    const log = open();
    const heads: string[] = [];
    for (const what of ['one', 'two', 'three']) {
      await log.write(entry(what));
      const verdict = await log.verify();
      heads.push(verdict.kind === 'whole' ? verdict.head.slice(0, 16) : '');
    }
    expect(await log.verify(heads[1])).toMatchObject({ kind: 'whole', noted: 2 });
    writeFileSync(file(), `${lines().slice(0, 2).join('\n')}\n`);
    copy.splice(2);
    expect((await open().verify()).kind, 'by itself it can’t be seen').toBe('whole');
    expect(await open().verify(heads[2])).toMatchObject({
      kind: 'broken',
      faults: [expect.stringContaining(`no entry has the hash ${heads[2]}, which was noted`)],
    });
  });

  it('is not called broken for an entry that is just being written', async () => {
    const appended = Promise.withResolvers<void>();
    const append: typeof second.append = async (more) => {
      await appended.promise;
      copy.push(...more);
    };
    const writer = openAuditLog(folder, { ...second, append }, systemClock);
    const written = writer.write(entry('freeze'));
    const verdict = open().verify();
    setTimeout(() => appended.resolve(), 50);
    expect((await verdict).kind).toBe('whole');
    await written;
  });

  it('is looked at also where nobody can write into its folder', async () => {
    await open().write(entry('one'));
    mkdirSync(join(folder, 'audit.lock'));
    expect(await open().verify()).toMatchObject({ kind: 'whole', entries: 1 });
  });

  it('refuses an entry that only one place could keep, and takes it where one is enough', async () => {
    away = true;
    await expect(open().write(entry('freeze'))).rejects.toThrow(/nothing was changed/);
    await expect(open().write(entry('thaw'), 'one')).resolves.toBeUndefined();
  });

  it('catches the second place up once it is back', async () => {
    const log = open();
    await log.write(entry('one'));
    away = true;
    await log.write(entry('two'), 'one');
    away = false;
    await log.write(entry('three'));
    expect(copy).toEqual(lines());
    expect(await log.verify()).toMatchObject({ kind: 'whole', entries: 3 });
  });

  it('refuses in any case where the file cannot be written', async () => {
    writeFileSync(join(folder, 'in-the-way'), '');
    const log = openAuditLog(join(folder, 'in-the-way', 'below'), second, systemClock);
    await expect(log.write(entry('freeze'), 'one')).rejects.toThrow(/can't be written/);
  });

  it('takes an entry for written only where the whole of it is on the disk, also on a disk that fills', () => {
    // The limit of a file's size ends a write as a full disk does: what fits is put down, without an error.
    const writer = `
      import { openAuditLog } from ${JSON.stringify(new URL('../../../adapters/audit/log.ts', import.meta.url).href)};
      const second = { name: 'none', tail: async () => ({ count: 0 }), append: async () => {}, lines: async () => [] };
      const clock = { now: () => 0, wait: async () => {} };
      const log = openAuditLog(${JSON.stringify(folder)}, second, clock);
      let taken = 0;
      try {
        for (; taken < 100; taken += 1) await log.write({ kind: 'intent', about: 'a', who: 'ana', what: 'freeze' });
      } catch {}
      console.log(taken);`;
    const run = spawnSync(
      'sh',
      ['-c', 'ulimit -f 2; exec "$0" --input-type=module -e "$1"', process.execPath, writer],
      {
        encoding: 'utf8',
      },
    );
    const taken = Number(run.stdout);
    expect(taken, run.stderr).toBeGreaterThan(0);
    expect(taken).toBeLessThan(100);
    expect(readFileSync(file(), 'utf8').split('\n').slice(0, -1)).toHaveLength(taken);
  });

  it('takes the lock of a process that died', async () => {
    writeFileSync(join(folder, 'audit.lock'), '999999999');
    await open().write(entry('one'));
    expect(lines()).toHaveLength(1);
  });

  it('puts aside what a crash cut short, and goes on', async () => {
    await open().write(entry('one'));
    appendFileSync(file(), '{"number":2,"at":"2026');
    const log = open();
    await log.write(entry('two'));
    expect(lines()).toHaveLength(2);
    expect(await log.verify()).toMatchObject({ kind: 'whole', entries: 2 });
  });

  it('does not build on an entry that was changed', async () => {
    await open().write(entry('one'));
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('one', 'ONE'));
    await expect(open().write(entry('two'))).rejects.toThrow(/audit-log verify/);
  });
});

describe('the audit log on a disk, with its copy', () => {
  keepsTheAuditContract(() => {
    const folder = mkdtempSync(join(tmpdir(), 'tq-audit-'));
    const file = join(folder, 'audit.jsonl');
    const copy: string[] = [];
    let missing = 0;
    const second = {
      name: 'the copy',
      tail: async () => {
        if (missing > 0) throw new Error('it is away');
        return { count: copy.length, last: copy.at(-1) };
      },
      append: async (more: readonly string[]) => void copy.push(...more),
      lines: async () => copy,
    };
    const lines = (): string[] => readFileSync(file, 'utf8').trim().split('\n');
    return {
      log: openAuditLog(folder, second, systemClock),
      away: (places) => {
        missing = places;
        if (places === 2) mkdirSync(file);
      },
      tamper: (index) =>
        writeFileSync(
          file,
          `${lines()
            .map((line, at) => (at === index ? line.replace('"what":"', '"what":"not ') : line))
            .join('\n')}\n`,
        ),
      count: () => lines().length,
      clean: () => rmSync(folder, { recursive: true, force: true }),
    };
  });
});
