import { appendFileSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { openMailLog } from '../../../adapters/mail/log/open.ts';
import { lookAtLog } from '../../../jobs/mail/look-at-log.ts';
import type { LogMemory } from '../../../src/ports/mail-log.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tq-log-'));
  file = join(folder, 'mail.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const host = openHost('mx1', (argv) => argv);
const open = (place = file) => openMailLog({ server: 'mx1', mta: 'postfix', place, ownDomains: [] }, host);

async function read(mark?: string, place = file) {
  const lines: string[] = [];
  const { mark: after, gaps } = await open(place).read(mark, 10_000, (line) => lines.push(line));
  return { lines, mark: after, gaps };
}

describe('a log file', () => {
  it('is read on from where the last look ended, by whole lines', async () => {
    writeFileSync(file, 'one\ntwo\nthr');
    const first = await read();
    expect(first.lines).toEqual(['one', 'two']);
    expect((await read(first.mark)).lines).toEqual([]);
    appendFileSync(file, 'ee\nfour\n');
    const second = await read(first.mark);
    expect(second).toMatchObject({ lines: ['three', 'four'], gaps: [] });
    expect((await read(second.mark)).lines).toEqual([]);
  });

  it('is followed over a rotation: the rest of the old file first', async () => {
    writeFileSync(file, 'one\n');
    const { mark } = await read();
    appendFileSync(file, 'two\n');
    renameSync(file, `${file}-20261124`);
    writeFileSync(file, 'three\n');
    expect(await read(mark)).toMatchObject({ lines: ['two', 'three'], gaps: [] });
  });

  it('says what is lost where the old file is packed, or the file was cut short', async () => {
    writeFileSync(file, 'one\n');
    const { mark } = await read();
    renameSync(file, `${file}.1.gz`);
    writeFileSync(file, 'three\n');
    expect(await read(mark)).toMatchObject({ lines: ['three'], gaps: [expect.stringContaining('packed or gone')] });
    const again = await read();
    appendFileSync(file, 'x'.repeat(50));
    truncateSync(file, 0);
    appendFileSync(file, 'a\n');
    expect(await read(again.mark)).toMatchObject({ lines: ['a'], gaps: [expect.stringContaining('cut short')] });
  });

  it('is read at first together with the one rotated before it', async () => {
    writeFileSync(`${file}.1`, 'older\n');
    writeFileSync(file, 'newer\n');
    expect((await read()).lines).toEqual(['older', 'newer']);
  });

  it('keeps its place over octets that are no UTF-8, and over an enormous line', async () => {
    writeFileSync(
      file,
      Buffer.concat([
        Buffer.from('a\n'),
        Buffer.from([0xff, 0xfe, 10]),
        Buffer.alloc(300_000, 120),
        Buffer.from('\nb\n'),
      ]),
    );
    const first = await read();
    expect(first.lines).toEqual(['a', '\u{FFFD}\u{FFFD}', '', 'b']);
    expect(first.mark).toBe(`${statSync(file).ino}:${statSync(file).size}`);
  });

  it('that is not there is unknown, and named', async () => {
    await expect(read(undefined, join(folder, 'nowhere.log'))).rejects.toThrow('nowhere.log');
  });
});

describe('the journal', () => {
  it('is read on from its cursor', async () => {
    const tool = join(folder, 'journalctl');
    writeFileSync(
      tool,
      '#!/bin/sh\nfor a in "$@"; do case $a in --after*|--since*|SYSLOG*) echo "$a";; esac; done\necho "-- cursor: s=1;i=2"\n',
    );
    chmodSync(tool, 0o755);
    const path = process.env['PATH'];
    process.env['PATH'] = `${folder}:${path}`;
    try {
      const first = await read(undefined, 'journal');
      expect(first).toEqual({ lines: ['--since=-7d', 'SYSLOG_FACILITY=2'], mark: 's=1;i=2', gaps: [] });
      expect((await read(first.mark, 'journal')).lines).toEqual(['--after-cursor=s=1;i=2', 'SYSLOG_FACILITY=2']);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

it('a look at the log goes on where the last one ended, and counts nothing twice', async () => {
  const kept = new Map<string, { mark: string; state: string }>();
  const memory: LogMemory = {
    recall: (server) => Promise.resolve(kept.get(server)),
    keep: (server, mark, state) => Promise.resolve(void kept.set(server, { mark, state })),
  };
  const stamp = new Date().toISOString();
  const line = (id: string): string =>
    `${stamp} mx1 postfix/smtpd[1]: ${id}: client=x[198.51.100.4], sasl_method=LOGIN, sasl_username=alice\n`;
  writeFileSync(file, line('A2F9E21EA11'));
  expect((await lookAtLog(open(), memory, 10_000)).evidence.logins).toMatchObject([{ account: 'alice', messages: 1 }]);
  appendFileSync(file, line('A2F9E21EA12'));
  expect((await lookAtLog(open(), memory, 10_000)).evidence.logins).toMatchObject([{ account: 'alice', messages: 2 }]);
  writeFileSync(file, '');
  kept.clear();
  await expect(lookAtLog(open(), memory, 10_000)).rejects.toThrow('no line of a mail server is in it');
});
