import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHunt } from '../../../jobs/hunt/hunt.ts';
import type { Look } from '../../../src/domain/hunt/look.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { ADDRESSES } from '../../lab/company.ts';
import { BLOCK, NOW, WHO, counted, inForce, makeStage, request, shown } from './stage.ts';

describe('hunt', () => {
  it('names the guilty machine, edits what it says as it goes, and offers to take it off the network', async () => {
    const stage = makeStage();
    await inForce(stage.world.ledger, BLOCK, NOW - 60_000);
    await inForce(stage.world.ledger, { kind: 'freeze-outbound', server: 'mx1' }, NOW - 60_000);
    stage.looks = [
      counted(stage),
      counted(stage, ['10.77.0.11', 2]),
      counted(stage, ['10.77.0.11', 40], ['10.77.0.99', 3]),
    ];
    const told: string[] = [];
    const answer = await runHunt(request('hunt gw --seconds 5'), stage.world, (message) =>
      told.push(plain(message.summary)),
    );
    expect(told[0]).toContain('Nobody tried within 60 s of watching gw');
    expect(told.some((line) => line.startsWith('PC-RECEPTION (10.77.0.11) tried port 25 2 times'))).toBe(true);
    expect(plain(answer.message.summary)).toContain(
      'PC-RECEPTION (10.77.0.11) tried port 25 40 times at 40 destinations',
    );
    expect(answer.status).toBe('critical');
    const text = shown(answer);
    expect(text).toContain('Declared as scanners');
    expect(text).toContain('Connected before the block');
    expect(text).toContain('quarantine gw 10.77.0.11');
    expect(answer.data).toMatchObject({
      schema: 'tourniquet.hunt/1',
      outboundFrozen: true,
      suspects: [{ part: 'guilty', dhcpName: 'PC-RECEPTION', leaseCovers: 'yes' }, { part: 'scanner' }],
      evidence: { blockedAttempts: { outboundFrozen: true, sources: [{ address: '10.77.0.11', attempts: 40 }] } },
    });
  });

  it('says that the mail server itself is compromised where it tries while frozen', async () => {
    const stage = makeStage();
    await inForce(stage.world.ledger, BLOCK, NOW - 60_000);
    await inForce(stage.world.ledger, { kind: 'freeze-outbound', server: 'mx1' }, NOW - 60_000);
    stage.looks = [counted(stage, [ADDRESSES.mail, 12])];
    const answer = await runHunt(request('hunt office --seconds 0'), stage.world, () => {});
    expect(plain(answer.message.summary)).toContain('The mail server itself (10.77.0.13) tried 12 times');
    expect(answer.status).toBe('critical');
    expect(shown(answer)).not.toContain('quarantine gw');
  });

  it('calls silence silence, with how long was watched, and says that nothing is frozen', async () => {
    const stage = makeStage();
    await inForce(stage.world.ledger, BLOCK, NOW - 600_000);
    stage.looks = [counted(stage)];
    const answer = await runHunt(request('hunt --seconds 2'), stage.world, () => {});
    expect(plain(answer.message.summary)).toBe(
      'Nobody tried within 10 min of watching gw. That is silence, not innocence.',
    );
    expect(answer.status).toBe('unknown');
    expect(shown(answer)).toContain('not frozen');
  });

  it('takes no silence of a server for its innocence where the block lets it send', async () => {
    const stage = makeStage();
    await inForce(stage.world.ledger, { ...BLOCK, who: 'all-but-mail-servers' }, NOW - 900_000);
    await inForce(stage.world.ledger, { kind: 'freeze-outbound', server: 'mx1' }, NOW - 900_000);
    stage.looks = [counted(stage)];
    const answer = await runHunt(request('hunt gw --seconds 0'), stage.world, () => {});
    expect(plain(answer.message.summary)).toBe(
      'Nobody tried within 15 min of watching gw; the mail servers may send, and are not counted. That is silence, not innocence.',
    );
    expect(shown(answer)).toContain('Only a block for everyone does.');
    expect(answer.data).toMatchObject({ evidence: { blockedAttempts: { serversLetThrough: true, sources: [] } } });
  });

  it('accuses nobody where port 25 is not blocked, and says what to do', async () => {
    const stage = makeStage();
    const answer = await runHunt(request('hunt gw'), stage.world, () => {});
    expect(answer.status).toBe('unknown');
    expect(shown(answer)).toMatch(/not blocked port 25 on gw[^]*PC-RECEPTION[^]*block gw/);
  });

  it('goes on after a look that failed, and ends when the block was taken back', async () => {
    const stage = makeStage();
    const number = await inForce(stage.world.ledger, BLOCK, NOW - 60_000);
    const fails = (): Look => ({ kind: 'unknown', at: stage.now, why: ['gw could not be asked'] });
    stage.looks = [fails, counted(stage, ['10.77.0.11', 1])];
    const told: string[] = [];
    const answer = await runHunt(request('hunt gw --seconds 3'), stage.world, (message) => told.push(shown(message)));
    expect(told[0]).toContain('gw could not be asked');
    expect(shown(answer)).not.toContain('could not be asked');
    stage.looks = [
      () => {
        stage.now += 1;
        return fails();
      },
    ];
    await stage.world.ledger.append(number, 4, [
      { kind: 'releasing', at: NOW, by: WHO, way: 'exact', fence: 2 },
      { kind: 'released', at: NOW, notes: [] },
    ]);
    const began = stage.now;
    const after = await runHunt(request('hunt gw --seconds 900'), stage.world, () => {});
    expect(stage.now - began).toBeLessThan(5000);
    expect(after.status).toBe('unknown');
  });

  it('reads the log of a firewall that is not reached', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tq-hunt-'));
    try {
      const file = join(folder, 'filter.log');
      const line = (port: number): string =>
        `<134>1 2026-11-25T08:37:34+01:00 opnsense filterlog 69805 - - 95,,,8a,re0,match,block,in,4,0x0,,63,1,0,DF,6,tcp,60,10.77.0.11,203.0.113.${port},49152,25,0,S,1,,64240,,mss`;
      writeFileSync(file, [1, 2, 3].map(line).join('\n'));
      const answer = await runHunt(request('hunt gw', { log: file }), makeStage().world, () => {});
      expect(plain(answer.message.summary)).toContain(
        'PC-RECEPTION (10.77.0.11) tried port 25 3 times at 3 destinations',
      );
      writeFileSync(file, 'nothing of the kind\n');
      const refused = await runHunt(request('hunt gw', { log: file }), makeStage().world, () => {});
      expect(refused.status).toBe('refused');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells who was let through, where the log is of a firewall that refuses nobody, and does not call that silence', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tq-hunt-'));
    try {
      const file = join(folder, 'asa.log');
      const built = (from: string, to: string, port = 25): string =>
        `Nov 25 2026 08:15:02 fw : %ASA-6-302013: Built outbound TCP connection 1 for outside:${to}/${port} (${to}/${port}) to inside:${from}/50240 (198.51.100.1/50240)`;
      const lines = [
        built('10.77.0.11', '203.0.113.5'),
        built('10.77.0.11', '203.0.113.6'),
        built(ADDRESSES.mail, '203.0.113.5'),
      ];
      writeFileSync(file, [...lines, built('10.77.0.12', '203.0.113.5', 587)].join('\n'));
      const answer = await runHunt(request('hunt gw', { log: file }), makeStage().world, () => {});
      expect(plain(answer.message.summary)).toBe(
        'The log shows nobody who was refused, but PC-RECEPTION (10.77.0.11) was let through to port 25 2 times, at 2 destinations',
      );
      expect(shown(answer)).toMatch(/Let through[^]*a mail server/);
      expect(answer.status).toBe('unknown');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('accuses the mail server of nothing where the log doesn’t tell whether it was before the freeze', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tq-hunt-'));
    try {
      const file = join(folder, 'asa.log');
      const line = `%ASA-2-106001: Inbound TCP connection denied from ${ADDRESSES.mail}/50242 to 203.0.113.5/25 flags SYN on interface inside`;
      writeFileSync(file, line);
      const stage = makeStage();
      await inForce(stage.world.ledger, { kind: 'freeze-outbound', server: 'mx1' }, NOW - 60_000);
      const answer = await runHunt(request('hunt gw', { log: file }), stage.world, () => {});
      expect(answer.data).toMatchObject({
        suspects: [{ part: 'mail-server' }],
        evidence: { blockedAttempts: { sources: [] } },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names the worst among hundreds of sources though it comes last, and says what it has cut', async () => {
    const stage = makeStage();
    await inForce(stage.world.ledger, BLOCK, NOW - 60_000);
    const many = Array.from({ length: 300 }, (_, at) => [`10.78.${at >> 8}.${at & 255}`, 1] as const);
    stage.looks = [counted(stage, ...many), counted(stage, ...many, ['10.77.0.11', 500])];
    const answer = await runHunt(request('hunt gw --seconds 3'), stage.world, () => {});
    expect(plain(answer.message.summary)).toContain('PC-RECEPTION (10.77.0.11) tried port 25 500 times');
    expect(JSON.stringify(answer.message)).toContain('not looked up');
    expect(shown(answer)).toContain('They are 301 in all; --json has each.');
    expect(answer.data).toMatchObject({ suspects: { length: 301 } });
  });

  it('shows each card that used an address', async () => {
    const stage = makeStage();
    await inForce(stage.world.ledger, BLOCK, NOW - 60_000);
    const macs = ['00:1b:21:00:00:01', '00:1b:21:00:00:02'];
    const source = { source: '10.77.0.14', attempts: 5, destinations: 5, ports: [25], last: NOW, macs };
    stage.looks = [() => ({ kind: 'counted', at: stage.now, full: false, sources: [source] })];
    const answer = await runHunt(request('hunt gw --seconds 0'), stage.world, () => {});
    expect(shown(answer).replaceAll(/\s+/g, ' ')).toContain('2 network cards used this address:');
    for (const mac of macs) expect(shown(answer)).toContain(mac);
    expect(answer.data).toMatchObject({ suspects: [{ cards: macs }] });
  });

  it('puts a name in quotes with which a machine points at another one', async () => {
    const names: Readonly<Record<string, string>> = {
      '10.77.0.11': 'PC-KITCHEN (10.77.0.12) did it; printer',
      '10.77.0.12': 'x” (10.77.0.13)',
    };
    const stage = makeStage({
      network: {
        identify: async (wanted) =>
          wanted.map(({ addresses }) => ({
            addresses,
            dhcp: { name: { foreign: names[addresses[0] ?? ''] ?? 'küche_2.büro' }, covers: 'yes' as const },
            blind: [],
          })),
      },
    });
    await inForce(stage.world.ledger, BLOCK, NOW - 60_000);
    stage.looks = [counted(stage, ['10.77.0.11', 9], ['10.77.0.12', 5], ['10.77.0.14', 3])];
    const answer = await runHunt(request('hunt gw --seconds 0'), stage.world, () => {});
    expect(plain(answer.message.summary)).toContain('“PC-KITCHEN (10.77.0.12) did it; printer” (10.77.0.11) tried');
    expect(JSON.stringify(answer.message.blocks)).toContain('x’ (10.77.0.13)');
    expect(shown(answer)).toMatch(/10\.77\.0\.14 +küche_2\.büro/);
  });

  it('refuses a firewall that nobody knows, and names those that there are', async () => {
    const answer = await runHunt(request('hunt moat'), makeStage().world, () => {});
    expect(answer.status).toBe('refused');
    expect(plain(answer.message.summary)).toMatch(/moat[^]*gw, office/);
  });
});
