import { describe, expect, it } from 'vitest';
import { relayTestOf } from '../../../jobs/looks/relay.ts';
import { parseDomain } from '../../../src/domain/address/domain.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import { parseMailbox } from '../../../src/domain/address/mailbox.ts';
import type { Parsed } from '../../../src/domain/parsed.ts';
import type { Place } from '../../../src/ports/sites.ts';
import type { RelayAnswer, RelayPlan, RelayProbe } from '../../../src/ports/relay-probe.ts';

function sure<T>(read: Parsed<T>): T {
  if (read.kind === 'bad') throw new Error(read.why);
  return read.value;
}

const SERVER = { name: 'mx1', addresses: [sure(parseIp('10.0.0.5'))], reach: 'ssh' } as const;
const PLACE: Place = {
  name: 'hq',
  addresses: [sure(parseIp('198.51.100.10')), sure(parseIp('198.51.100.11'))],
  domains: [sure(parseDomain('example.com'))],
  servers: [SERVER],
  timezone: 'UTC',
};

interface Asked {
  readonly host: string;
  readonly plan: RelayPlan;
  readonly via: string | undefined;
}

/** `from`: the address that this end has. */
function probe(answers: Readonly<Record<string, RelayAnswer>>, from = '10.0.0.9'): RelayProbe & { asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    try: async (host, plan, _deadlineMs, via) => {
      const why = via === undefined ? plan.standsOutside(from) : undefined;
      if (why !== undefined) throw new Error(why);
      asked.push({ host, plan, via });
      return answers[host] ?? { kind: 'refused', answer: '554 Relay access denied' };
    },
  };
}

describe('the test for open relaying', () => {
  it('is not made where nobody names a vantage and nobody knows whom the server trusts', () => {
    expect(relayTestOf(PLACE, [undefined], probe({}))).toBeUndefined();
    expect(relayTestOf({ ...PLACE, servers: [{ ...SERVER, addresses: [] }] }, [['127.0.0.0/8']], probe({}))).toBe(
      undefined,
    );
  });

  it('is made from the vantage that the site names, at its public addresses', async () => {
    const asked = probe({});
    const place = { ...PLACE, relayTest: { from: 'mx9' } };
    expect(await relayTestOf(place, [undefined], asked)?.(1000)).toBe('refused');
    expect(asked.asked.map(({ host, via }) => [host, via])).toEqual([
      ['198.51.100.10', 'mx9'],
      ['198.51.100.11', 'mx9'],
    ]);
    expect(asked.asked[0]?.plan).toMatchObject({
      port: 25,
      senders: ['relay-test@example.net', 'relay-test@example.com'],
      recipient: 'relay-test@example.org',
    });
  });

  it('takes the mailbox that the site names', async () => {
    const asked = probe({});
    const recipient = sure(parseMailbox('me@elsewhere.example'));
    await relayTestOf({ ...PLACE, relayTest: { from: 'here', recipient } }, [undefined], asked)?.(1000);
    expect(asked.asked[0]?.plan.recipient).toBe('me@elsewhere.example');
  });

  it('finds the one address that accepts', async () => {
    const place = { ...PLACE, relayTest: { from: 'here' } };
    const accepted = { kind: 'accepted', answer: '250 ok' } as const;
    const unclear = { kind: 'unclear', answer: '450 greylisted' } as const;
    const both = probe({ '198.51.100.10': unclear, '198.51.100.11': accepted });
    expect(await relayTestOf(place, [undefined], both)?.(1000)).toBe('accepted');
    await expect(relayTestOf(place, [undefined], probe({ '198.51.100.11': unclear }))?.(1000)).rejects.toThrow(
      '198.51.100.11 answers "450 greylisted", which does not tell whether it relays; name a mailbox of yours elsewhere as relayTest.recipient',
    );
  });

  it.each([
    ['10.0.0.9', ['127.0.0.0/8', '[::1]/128', '[::ffff:127.0.0.0]/104'], 'refused'],
    ['10.0.0.9', ['127.0.0.0/8', '10.0.0.0/24'], 'this machine (10.0.0.9) is among the networks that mx1 trusts'],
    ['10.0.0.9', ['10.0.0.9'], 'is among the networks'],
    ['127.0.0.1', ['[::ffff:127.0.0.0]/104'], 'is among the networks'],
    ['2001:db8::9', ['[2001:db8::]/64'], 'is among the networks'],
    ['10.0.0.9', ['127.0.0.0/8', 'hash:/etc/postfix/trusted'], "it can't be told whether 10.0.0.9 is among"],
    ['10.0.0.9', ['!10.0.0.9', '10.0.0.0/24'], "it can't be told"],
  ] as const)('from %s at a server that trusts %j: %s', async (from, trusted, expected) => {
    const asked = probe({}, from);
    const look = relayTestOf(PLACE, [trusted], asked);
    const said = await look?.(1000).catch((error: unknown) => String(error));
    expect(said).toContain(expected);
    expect(asked.asked.map(({ host }) => host)).toEqual(expected === 'refused' ? ['10.0.0.5'] : []);
  });
});
