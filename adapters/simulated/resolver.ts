/**
 * The name system of a drill: the blocklists with their test points, and the company's own names.
 *
 * It is asked the same names as a real one, so that the real sweep and the real verdict are at work. Answers take their
 * time on the drill's clock; a list that is dead takes the whole deadline.
 */
import type { DnsReply, Question, Resolver } from '../../src/ports/dns.ts';
import type { VirtualClock } from './clock.ts';
import type { Lists } from './lists.ts';
import { COMPANY, MAIL_SERVER, RELAY } from './names.ts';
import type { SeededRandom } from './random.ts';

export interface ResolverNeeds {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly lists: Lists;
  readonly publicAddress: string;
}

const SERVER = 'drill:53';
/** Names that every resolver with a way out knows (jobs/looks/resolver.ts asks for them). */
const KNOWN_TO_ALL = ['example.com', 'iana.org', 'ietf.org'] as const;
const MAIL_NAME = `${MAIL_SERVER}.${COMPANY}`;

export function makeResolver(needs: ResolverNeeds): Resolver {
  const { clock, random, lists } = needs;
  const zones = lists.catalogue.lists.map((list) => list.zone);
  const reversed = needs.publicAddress.split('.').toReversed().join('.');
  const names = new Map<string, readonly string[]>([
    [`A ${COMPANY}`, [needs.publicAddress]],
    [`A ${MAIL_NAME}`, [needs.publicAddress]],
    [`MX ${COMPANY}`, [`10 ${MAIL_NAME}`]],
    ...[COMPANY, ...KNOWN_TO_ALL].map((name): [string, readonly string[]] => [`NS ${name}`, [`ns1.${name}`]]),
    [`TXT ${COMPANY}`, [`v=spf1 ip4:${needs.publicAddress} include:${RELAY} -all`]],
    [`TXT _dmarc.${COMPANY}`, ['v=DMARC1; p=quarantine']],
    [`PTR ${reversed}.in-addr.arpa`, [MAIL_NAME]],
    [`A ${RELAY}`, ['192.0.2.25']],
  ]);
  const find = (question: Question): readonly string[] => {
    const name = question.name.toLowerCase();
    const zone = zones.find((each) => name.endsWith(`.${each}`));
    if (zone === undefined) return names.get(`${question.type} ${name}`) ?? [];
    const labels = name.slice(0, -zone.length - 1);
    if (labels === '2.0.0.127' || labels === 'test')
      return question.type === 'A' ? [testCode(lists, zone)] : [`${zone} test entry`];
    if (labels !== reversed) return [];
    const listed = lists.says(zone, clock.monotonic());
    if (!listed) return [];
    return question.type === 'TXT' ? [listed.reason] : [listed.code];
  };
  return {
    servers: [SERVER],
    close: () => {},
    ask: async (question, deadlineMs): Promise<DnsReply> => {
      if (lists.silent !== undefined && question.name.toLowerCase().endsWith(`.${lists.silent}`)) {
        await clock.wait(deadlineMs);
        return { kind: 'failed', why: 'timeout', detail: 'no answer', resolver: SERVER, ms: deadlineMs };
      }
      const ms = random.between(8, 60);
      await clock.wait(Math.min(ms, deadlineMs));
      if (ms > deadlineMs)
        return { kind: 'failed', why: 'timeout', detail: 'no answer', resolver: SERVER, ms: deadlineMs };
      const data = find(question);
      return { kind: 'answer', rcode: data.length > 0 ? 'NOERROR' : 'NXDOMAIN', data, ttl: 300, resolver: SERVER, ms };
    },
  };
}

function testCode(lists: Lists, zone: string): string {
  const list = lists.catalogue.lists.find((each) => each.zone === zone);
  return [...(list?.codes.keys() ?? [])][0] ?? '127.0.0.2';
}
