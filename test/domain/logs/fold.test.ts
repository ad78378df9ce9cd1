import { describe, expect, it } from 'vitest';
import { evidenceOfLog } from '../../../src/domain/logs/evidence.ts';
import type { LogEvent } from '../../../src/domain/logs/event.ts';
import { startLogFold } from '../../../src/domain/logs/fold.ts';
import { decodeLogState, encodeLogState } from '../../../src/domain/logs/state.ts';
import type { LogState } from '../../../src/domain/logs/state.ts';

const NOW = 1_795_500_000;
const DAY = 86_400;
let next = 0;

function fold(events: readonly LogEvent[], own: readonly string[] = [], before?: LogState) {
  const folding = startLogFold(before, own);
  for (const event of events) folding.event(event);
  return folding.state();
}

function sent(account: string, address: string, domains: number, at = NOW - 60): LogEvent[] {
  const id = `M${(next += 1)}`;
  return [
    { kind: 'taken', at, id, origin: { kind: 'login', account, address } },
    ...Array.from({ length: domains }, (_, index): LogEvent => ({
      kind: 'passed',
      at,
      id,
      recipient: `r@d${index}.example`,
      way: { kind: 'away', relay: '192.0.2.1' },
      forwarded: false,
    })),
    { kind: 'done', at, id },
  ];
}

const failed = (address: string, account?: string, at = NOW - 600): LogEvent => ({
  kind: 'login-failed',
  at,
  address,
  account,
});

describe('the log of the last hour', () => {
  it('tells messages, domains and addresses of each login', () => {
    const events = [
      ...sent('alice', '198.51.100.4', 3),
      ...sent('alice', '198.51.100.5', 5),
      ...sent('ben', '10.0.0.2', 1),
    ];
    expect(evidenceOfLog(fold(events), NOW)).toMatchObject({
      logins: [
        { account: 'alice', messages: 2, recipientDomains: 5, addresses: ['198.51.100.4', '198.51.100.5'] },
        { account: 'ben', messages: 1, recipientDomains: 1, addresses: ['10.0.0.2'] },
      ],
      localSenders: [],
      relayedForStrangers: 0,
    });
  });

  it('tells machines inside that hand in mail without a login, but not what the server hands to itself', () => {
    const handed = (address: string, id: string): LogEvent[] => [
      { kind: 'taken', at: NOW - 60, id, origin: { kind: 'client', address } },
      {
        kind: 'passed',
        at: NOW - 60,
        id,
        recipient: `x@${id}.example`,
        way: { kind: 'away', relay: '192.0.2.1' },
        forwarded: false,
      },
    ];
    const events = [
      ...handed('10.0.0.23', 'A1'),
      ...handed('10.0.0.23', 'A2'),
      ...handed('127.0.0.1', 'A3'),
      ...handed('::1', 'A4'),
      ...handed('unknown', 'A5'),
      ...handed('198.51.100.9', 'A6'),
    ];
    expect(evidenceOfLog(fold(events), NOW)).toMatchObject({
      logins: [],
      insideClients: [{ address: '10.0.0.23', messages: 2, recipientDomains: 2 }],
      relayedForStrangers: 1,
    });
  });

  it('measures an account against its own past, and a flood that began today never becomes usual', () => {
    const past = Array.from({ length: 6 }, (_, day) =>
      Array.from({ length: 5 }, () => sent('alice', '10.0.0.2', 1, NOW - (day + 1.5) * DAY)).flat(),
    ).flat();
    const flood = Array.from({ length: 20 }, (_, hour) =>
      Array.from({ length: 40 }, () => sent('alice', '198.51.100.4', 1, NOW - 60 - hour * 3600)).flat(),
    ).flat();
    expect(evidenceOfLog(fold([...past, ...flood]), NOW)).toMatchObject({
      logins: [{ messages: 40, usualPerHour: 5 }],
    });
  });

  it('does not know what is usual from less than three days', () => {
    const events = [...sent('alice', '10.0.0.2', 1, NOW - 2 * DAY), ...sent('alice', '10.0.0.2', 1)];
    const found = evidenceOfLog(fold(events), NOW);
    expect(found).toMatchObject({ logins: [{ account: 'alice' }] });
    expect(JSON.stringify(found)).not.toContain('usualPerHour');
  });

  it('counts the failures before a login: from its address, and against the account where the address is new and outside', () => {
    const before = [
      ...Array.from({ length: 30 }, () => failed('198.51.100.4')),
      ...Array.from({ length: 50 }, () => failed('198.51.100.9', 'alice')),
    ];
    const found = evidenceOfLog(
      fold([...before, ...sent('alice', '198.51.100.4', 1), ...sent('ben', '10.0.0.2', 1)]),
      NOW,
    );
    expect(found).toMatchObject({ logins: [{ account: 'alice', failuresBefore: 80 }, { account: 'ben' }] });
  });

  it('does not call a password guessed because strangers tried it before its owner logs in from inside', () => {
    const found = evidenceOfLog(
      fold([
        ...Array.from({ length: 50 }, () => failed('198.51.100.9', 'alice', NOW - 2 * DAY)),
        ...sent('alice', '10.0.0.2', 1),
      ]),
      NOW,
    );
    expect(found).toMatchObject({ logins: [{ account: 'alice', failuresBefore: 0 }] });
  });

  it('counts what is relayed for strangers, and takes no forward, backup MX or mail for its own domains for it', () => {
    const stranger = (over: Partial<Extract<LogEvent, { kind: 'passed' }>>): LogEvent[] => {
      const id = `S${(next += 1)}`;
      return [
        { kind: 'taken', at: NOW - 60, id, origin: { kind: 'client', address: '198.51.100.77' } },
        {
          kind: 'passed',
          at: NOW - 60,
          id,
          recipient: 'x@foreign.example',
          way: { kind: 'away', relay: '192.0.2.1' },
          forwarded: false,
          ...over,
        },
      ];
    };
    const events = [
      ...stranger({}),
      ...stranger({ forwarded: true }),
      ...stranger({ way: { kind: 'home' } }),
      ...stranger({ recipient: 'me@example.com', way: { kind: 'away', relay: '10.0.0.9' } }),
    ];
    expect(evidenceOfLog(fold(events, ['example.com']), NOW)).toMatchObject({ relayedForStrangers: 1 });
    expect(evidenceOfLog(fold(events), NOW)).toMatchObject({ relayedForStrangers: 1 });
    const dead = stranger({ way: { kind: 'away', relay: undefined } });
    expect(evidenceOfLog(fold(dead, ['example.com']), NOW)).toMatchObject({ relayedForStrangers: 1 });
  });

  it('does not tell how many domains are reached while most messages were not tried yet', () => {
    const waiting = Array.from({ length: 9 }, () => sent('alice', '198.51.100.4', 1).slice(0, 1)).flat();
    const found = evidenceOfLog(fold([...waiting, ...sent('alice', '198.51.100.4', 3)]), NOW);
    expect(found).toMatchObject({ logins: [{ account: 'alice', messages: 10 }] });
    expect(JSON.stringify(found)).not.toContain('recipientDomains');
  });

  it('gives the rates of the busiest five minutes', () => {
    const wave = Array.from({ length: 600 }, (): LogEvent => ({ kind: 'unknown-recipient', at: NOW - 1000 }));
    const bounces = Array.from({ length: 100 }, (): LogEvent => ({ kind: 'bounce', at: NOW - 1000 }));
    expect(evidenceOfLog(fold([...wave, ...bounces, { kind: 'other', at: NOW }]), NOW)).toMatchObject({
      unknownRecipientsPerMinute: 120,
      bouncesPerMinute: 20,
    });
  });

  it('tells only what came since a moment, where one is asked for', () => {
    const events = [...sent('alice', '198.51.100.4', 1, NOW - 1500), ...sent('ben', '10.0.0.2', 1, NOW - 30)];
    expect(evidenceOfLog(fold(events), NOW, NOW - 600)).toMatchObject({ logins: [{ account: 'ben' }] });
    expect(evidenceOfLog(fold(events), NOW)).toMatchObject({ logins: [{ messages: 1 }, { messages: 1 }] });
  });

  it('says nothing about what came since a moment where its clock was set back: old mail would count as new', () => {
    const events = sent('alice', '198.51.100.4', 300, NOW + 3600);
    expect(evidenceOfLog(fold(events), NOW, NOW - 600)).toMatch(/^a line of it is from \d+ min in the future/);
    expect(evidenceOfLog(fold(events), NOW)).toMatchObject({ logins: [{ account: 'alice' }] });
  });

  it('says nothing about now where its last line is old, or no line is a mail server’s', () => {
    expect(evidenceOfLog(fold(sent('alice', '10.0.0.2', 1, NOW - 5 * 3600)), NOW)).toBe('its last line is 5 h old');
    expect(evidenceOfLog(fold([]), NOW)).toBe('no line of a mail server is in it');
  });

  it('goes on from what was kept, also where a message is passed on in a later look', () => {
    const [taken, ...rest] = sent('alice', '198.51.100.4', 4);
    const first = fold(taken ? [taken] : []);
    const kept = decodeLogState(encodeLogState(first));
    expect(kept).toEqual(first);
    expect(evidenceOfLog(fold(rest, [], kept), NOW)).toMatchObject({ logins: [{ messages: 1, recipientDomains: 4 }] });
    expect(decodeLogState('[7,{}]')).toBeUndefined();
    expect(decodeLogState('{')).toBeUndefined();
    expect(decodeLogState(encodeLogState(fold([])))).toEqual(fold([]));
  });

  it('stays bounded whatever is logged', () => {
    const many = Array.from({ length: 30_000 }, (_, index) => [
      failed(`198.51.${index >> 8}.${index & 255}`, `user${index}`),
      ...sent(`user${index}`, '198.51.100.4', 1, NOW - 60).slice(0, 1),
    ]).flat();
    const state = fold(many);
    expect(state.failures.size).toBeLessThanOrEqual(20_000);
    expect(state.messages.size).toBeLessThanOrEqual(20_000);
    expect(state.hours.size).toBeLessThanOrEqual(400);
    expect(encodeLogState(state).length).toBeLessThan(4_000_000);
  });
});
