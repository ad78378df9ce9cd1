/**
 * Replies on the wire (RFC 1035, RFC 6891), by dns-packet.
 *
 * Owns: reading any reply into what the house may believe. Does not own: questions, and the common reply (quick.ts).
 * Rules:
 * 1. A reply counts only when its id and its whole question match (name compared without case, RFC 4343).
 * 2. Data counts only when its owner is the asked name or the end of the CNAME chain from it.
 * 3. NXDOMAIN that carries data, data under another owner, or a record that isn't whole is malformed: not an answer at all.
 */
import dnsPacket from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import type { Question } from '../../src/ports/dns.ts';
import { hasWholeRecords } from './records.ts';

/** Largest UDP reply we ask for: 1232 octets pass every path unfragmented (DNS flag day 2020). */
export const UDP_PAYLOAD = 1232;

export type WireReply =
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'rcode'; readonly rcode: string }
  | {
      readonly kind: 'answer';
      readonly rcode: 'NOERROR' | 'NXDOMAIN';
      readonly data: readonly string[];
      readonly ttl: number;
    };

/** Lowest and highest seconds that an answer may be kept, whatever it says. */
const TTL_BOUNDS = [1, 86_400] as const;

export function decodeReply(wire: Uint8Array, question: Question, id: number): WireReply {
  let packet: DecodedPacket;
  try {
    packet = dnsPacket.decode(Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength));
  } catch {
    return unreadable(wire, question, id);
  }
  if (!isOurs(packet, question, id)) return { kind: 'not-ours' };
  if (packet.flag_tc) return { kind: 'truncated' };
  const rcode = rcodeOf(packet);
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { kind: 'rcode', rcode };
  if (!hasWholeRecords(wire)) return NOT_WHOLE;
  return readAnswers(packet, question, rcode);
}

const NOT_WHOLE: WireReply = { kind: 'malformed', detail: 'a record is not whole, or has not the size of its kind' };

function isOurs(packet: DecodedPacket, question: Question, id: number): boolean {
  const asked = packet.questions?.[0];
  if (packet.type !== 'response' || packet.id !== id || packet.questions?.length !== 1) return false;
  return asked?.name.toLowerCase() === question.name && asked.type === question.type;
}

/** What the codec can't read is ours all the same where its head and its question are. */
function unreadable(wire: Uint8Array, question: Question, id: number): WireReply {
  const head = Buffer.from(wire);
  head.fill(0, 6, 12);
  try {
    const packet = dnsPacket.decode(head);
    if (!isOurs(packet, question, id)) return { kind: 'not-ours' };
    return packet.flag_tc ? { kind: 'truncated' } : NOT_WHOLE;
  } catch {
    return { kind: 'not-ours' };
  }
}

function rcodeOf(packet: DecodedPacket): string {
  const rcode: unknown = Reflect.get(packet, 'rcode');
  return typeof rcode === 'string' ? rcode : 'NOERROR';
}

function readAnswers(packet: DecodedPacket, question: Question, rcode: 'NOERROR' | 'NXDOMAIN'): WireReply {
  const answers = packet.answers ?? [];
  let owner = question.name;
  for (let hops = 0; hops < 16; hops += 1) {
    const alias = answers.find((each) => each.type === 'CNAME' && each.name.toLowerCase() === owner);
    if (alias?.type !== 'CNAME') break;
    owner = alias.data.toLowerCase();
  }
  const wanted = answers.filter((each) => each.type === question.type);
  const own = wanted.filter((each) => each.name.toLowerCase() === owner);
  if (own.length < wanted.length) return { kind: 'malformed', detail: 'the answer is for another name' };
  if (rcode === 'NXDOMAIN' && own.length > 0)
    return { kind: 'malformed', detail: 'the name does not exist, yet there is data' };
  const data = own.flatMap((each) => textOf(each));
  return {
    kind: 'answer',
    rcode,
    data,
    ttl: own.length > 0 ? clampTtl(Math.min(...own.map(ttlOf))) : negativeTtl(packet),
  };
}

function ttlOf(answer: Answer): number {
  return 'ttl' in answer && typeof answer.ttl === 'number' ? answer.ttl : 0;
}

/** RFC 2308: the lower of the SOA's own TTL and its minimum field. */
function negativeTtl(packet: DecodedPacket): number {
  const soa = packet.authorities?.find((each) => each.type === 'SOA');
  return soa?.type === 'SOA' ? clampTtl(Math.min(ttlOf(soa), soa.data.minimum ?? 0)) : TTL_BOUNDS[0];
}

export function clampTtl(seconds: number): number {
  return Math.min(TTL_BOUNDS[1], Math.max(TTL_BOUNDS[0], seconds));
}

/** Longest TXT that is kept, in octets; what is longer is cut (it is display text only). */
const LONGEST_TXT = 2000;

function textOf(answer: Answer): readonly string[] {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'NS':
      return [answer.data];
    case 'TXT': {
      const parts = Array.isArray(answer.data) ? answer.data : [answer.data];
      return [
        Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
          .subarray(0, LONGEST_TXT)
          .toString('utf8'),
      ];
    }
    case 'MX':
      return [`${answer.data.preference ?? 0} ${answer.data.exchange}`];
    case 'SOA':
      return [`${answer.data.mname} ${answer.data.serial ?? 0}`];
    default:
      return [];
  }
}
