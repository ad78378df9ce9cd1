import { describe, expect, it } from 'vitest';
import { parseCidr } from '../../../src/domain/address/cidr.ts';
import type { Cidr } from '../../../src/domain/address/cidr.ts';
import { diagnose } from '../../../src/domain/diagnosis/diagnose.ts';
import { blockedAttempts, connectedBefore, findingsOf } from '../../../src/domain/hunt/findings.ts';
import type { Known } from '../../../src/domain/hunt/findings.ts';
import { addLook, beginHunt, watchedSeconds } from '../../../src/domain/hunt/hunt.ts';
import type { Hunt } from '../../../src/domain/hunt/hunt.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { Attempts, Look } from '../../../src/domain/hunt/look.ts';

const BEGAN = 1_000_000_000;
const MAIL = { addresses: ['10.0.0.25', '2001:db8::25'] };
const KNOWN: Known = { mailServers: [MAIL], scanners: [], firewall: ['198.51.100.1'] };
const frozenAt = (frozenSince: number): Known => ({ ...KNOWN, mailServers: [{ ...MAIL, frozenSince }] });

function tried(source: string, attempts: number, more: Partial<Attempts> = {}): Attempts {
  return { source, attempts, destinations: attempts, ports: [25], macs: [], ...more };
}

function counted(seconds: number, ...sources: readonly Attempts[]): Look {
  return { kind: 'counted', at: BEGAN + seconds * 1000, sources, full: false };
}

function after(...looks: readonly Look[]): Hunt {
  return looks.reduce(addLook, beginHunt(BEGAN));
}

function range(text: string): Cidr {
  const read = parseCidr(text);
  if (read.kind === 'bad') throw new Error(read.why);
  return read.value;
}

describe('the hunt', () => {
  it('keeps what the kernel counted, with the earliest and the latest time it is known for', () => {
    const hunt = after(
      counted(5, tried('10.0.0.9', 3, { first: BEGAN + 2000, last: BEGAN + 4000 })),
      counted(10, tried('10.0.0.9', 8, { first: BEGAN + 6000, last: BEGAN + 9000, ports: [25, 465] })),
    );
    expect(findingsOf(hunt, KNOWN).suspects).toEqual([
      {
        part: 'guilty',
        addresses: ['10.0.0.9'],
        attempts: 8,
        destinations: 8,
        ports: [25, 465],
        first: BEGAN + 2000,
        last: BEGAN + 9000,
      },
    ]);
  });

  it('adds up where the firewall’s counters began anew, and never forgets a source', () => {
    const hunt = after(
      counted(5, tried('10.0.0.9', 7), tried('10.0.0.8', 2)),
      counted(10, tried('10.0.0.9', 2)),
      counted(15, tried('10.0.0.9', 3)),
    );
    const { suspects } = findingsOf(hunt, KNOWN);
    expect(suspects.map(({ addresses, attempts }) => [addresses[0], attempts])).toEqual([
      ['10.0.0.9', 10],
      ['10.0.0.8', 2],
    ]);
  });

  it('takes a source for silent since its counter grew last, where the firewall tells no times', () => {
    const hunt = after(
      counted(5, tried('10.0.0.9', 7)),
      counted(10, tried('10.0.0.9', 9)),
      counted(60, tried('10.0.0.9', 9)),
    );
    expect(findingsOf(hunt, KNOWN).suspects[0]).toMatchObject({ first: BEGAN + 5000, last: BEGAN + 10_000 });
  });

  it('counts as watched only what was seen: a look that failed ends the watching at the last one before it', () => {
    const failed: Look = { kind: 'unknown', at: BEGAN + 600_000, why: ['no way'] };
    const hunt = after(counted(60), failed);
    expect(watchedSeconds(hunt)).toBe(60);
    expect(hunt.blind).toEqual(['no way']);
    expect(addLook(hunt, counted(700)).blind).toBeUndefined();
    expect(watchedSeconds(after())).toBe(0);
  });

  it('joins the IPv6 addresses of a machine to it by its network card, but not what a router hides', () => {
    const one = after(
      counted(5, tried('10.0.0.9', 3, { macs: ['aa:aa'] }), tried('2001:db8::9', 5, { macs: ['aa:aa'] })),
    );
    expect(findingsOf(one, KNOWN).suspects).toMatchObject([
      { addresses: ['2001:db8::9', '10.0.0.9'], mac: 'aa:aa', attempts: 8 },
    ]);
    const routed = after(
      counted(5, tried('10.1.0.9', 3, { macs: ['bb:bb'] }), tried('10.2.0.9', 5, { macs: ['bb:bb'] })),
    );
    expect(findingsOf(routed, KNOWN).suspects.map(({ addresses, mac }) => [addresses, mac])).toEqual([
      [['10.2.0.9'], undefined],
      [['10.1.0.9'], undefined],
    ]);
  });

  it('keeps every card that used an address, and joins it with none', () => {
    const hunt = after(
      counted(5, tried('10.0.0.9', 3, { macs: ['aa:aa'] }), tried('2001:db8::9', 2, { macs: ['aa:aa'] })),
      counted(9, tried('10.0.0.9', 9, { macs: ['bb:bb'] })),
    );
    const [first, second] = findingsOf(hunt, KNOWN).suspects;
    expect(first).toMatchObject({ addresses: ['10.0.0.9'], cards: ['aa:aa', 'bb:bb'] });
    expect(first?.mac).toBeUndefined();
    expect(second).toMatchObject({ addresses: ['2001:db8::9'], mac: 'aa:aa' });
  });

  it('joins nothing that came in through a router, and says through which', () => {
    const via = ['10.0.0.254 (bb:bb)'];
    const hunt = after(counted(5, tried('10.1.0.9', 3, { via }), tried('2001:db8:1::7', 5, { via })));
    expect(findingsOf(hunt, KNOWN).suspects).toMatchObject([
      { addresses: ['2001:db8:1::7'], via: via[0] },
      { addresses: ['10.1.0.9'], via: via[0] },
    ]);
  });

  it('does not accuse the mail server of what it may have tried before its freeze, where counters tell no times', () => {
    const frozen = frozenAt(BEGAN + 60_000);
    const first = counted(300, tried('10.0.0.25', 40));
    expect(findingsOf(after(first), frozen).suspects[0]?.part).toBe('mail-server');
    expect(findingsOf(after(first, counted(310, tried('10.0.0.25', 40))), frozen).suspects[0]?.part).toBe(
      'mail-server',
    );
    const grown = after(first, counted(310, tried('10.0.0.25', 41)));
    expect(findingsOf(grown, frozen).suspects[0]?.part).toBe('mail-server-frozen');
    const late = after(counted(300, tried('10.0.0.25', 40)));
    expect(findingsOf(late, frozenAt(BEGAN - 60_000)).suspects[0]?.part, 'frozen before the block').toBe(
      'mail-server-frozen',
    );
  });

  it('shows declared scanners and the firewall itself apart, and leaves them out of the evidence', () => {
    const known = { ...frozenAt(BEGAN), scanners: [range('10.0.9.0/24')] };
    const hunt = after(counted(5, tried('10.0.9.7', 50), tried('198.51.100.1', 4), tried('10.0.0.9', 30)));
    const findings = findingsOf(hunt, known);
    expect(findings.suspects.map(({ part }) => part)).toEqual(['scanner', 'guilty', 'firewall']);
    expect(blockedAttempts(findings)).toEqual({
      watchedSeconds: 5,
      outboundFrozen: true,
      sources: [{ address: '10.0.0.9', attempts: 30, destinations: 30, mailServer: false }],
    });
  });

  it('turns the verdict to the server where it tried while it was frozen, and only then', () => {
    const knocks = (last: number): Hunt => after(counted(120, tried('10.0.0.25', 40, { last: BEGAN + last * 1000 })));
    const site = { site: { sharedAddress: true } };
    const listings = [
      {
        subject: '198.51.100.1',
        state: 'listed' as const,
        lists: [{ zone: 'a', state: 'listed' as const, nature: 'abuse' as const }],
      },
    ];
    const queue = { messages: 0 };
    const frozen = findingsOf(knocks(110), frozenAt(BEGAN + 10_000));
    expect(diagnose({ ...site, listings, queue, blockedAttempts: blockedAttempts(frozen) }).verdict).toBe(
      'compromised-server',
    );
    const before = findingsOf(knocks(20), frozenAt(BEGAN + 10_000));
    expect(before.suspects[0]?.part, 'on its way when it was frozen').toBe('mail-server');
    expect(blockedAttempts(before).sources).toEqual([]);
    expect(findingsOf(knocks(110), KNOWN).suspects[0]?.part, 'never frozen').toBe('mail-server');
  });

  it('names a workstation where one tries, and says how long nobody did', () => {
    const guilty = findingsOf(after(counted(120, tried('10.0.0.9', 40))), frozenAt(BEGAN));
    expect(diagnose({ queue: { messages: 0 }, blockedAttempts: blockedAttempts(guilty) }).verdict).toBe(
      'compromised-workstation',
    );
    const silent = findingsOf(after(counted(900)), KNOWN);
    expect(silent).toMatchObject({ watchedSeconds: 900, suspects: [] });
    expect(blockedAttempts(silent)).toEqual({ watchedSeconds: 900, outboundFrozen: false, sources: [] });
  });

  it('weakens no suspicion of the server by the silence of one that may send', () => {
    const listings = [
      {
        subject: '198.51.100.1',
        state: 'listed' as const,
        lists: [{ zone: 'a', state: 'listed' as const, nature: 'abuse' as const }],
      },
    ];
    const against = (known: Known): readonly string[] => {
      const blocked = blockedAttempts(findingsOf(after(counted(900)), known));
      const { causes } = diagnose({ listings, queue: { messages: 0 }, blockedAttempts: blocked });
      return causes.flatMap(({ cause, against: all }) =>
        all.some((each) => plain(each).startsWith('nobody tried')) ? cause : [],
      );
    };
    expect(against(frozenAt(BEGAN)).toSorted()).toEqual(['compromised-server', 'compromised-workstation']);
    expect(against({ ...frozenAt(BEGAN), serversLetThrough: true })).toEqual(['compromised-workstation']);
  });

  it('tells who was connected before the block: from inside outward alone, the busiest first', () => {
    const connection = (source: string, destination: string) => ({ source, destination, port: 25 });
    const connections = [
      connection('10.0.0.9', '192.0.2.1'),
      connection('10.0.0.9', '192.0.2.2'),
      connection('10.0.0.25', '192.0.2.1'),
      connection('10.0.0.9', '10.0.0.25'),
      connection('192.0.2.1', '198.51.100.1'),
    ];
    expect(connectedBefore({ kind: 'seen', connections }, KNOWN, [range('10.0.0.0/24')])).toEqual([
      { source: '10.0.0.9', connections: 2, destinations: 2, mailServer: false },
      { source: '10.0.0.25', connections: 1, destinations: 1, mailServer: true },
    ]);
  });
});
