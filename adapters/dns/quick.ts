/**
 * The common case on the wire, by hand: a question for one name, and the reply that has A records of that very name, or
 * nothing. A sweep's time goes into these; the whole codec (message.ts) reads whatever is not exactly that.
 *
 * Rules:
 * 1. `readQuick` claims a reply only where every octet is as expected; else it gives undefined and the whole codec
 *    judges. Both say the same of every message that this one claims (test/adapters/dns/quick.test.ts).
 * 2. The reply's question must be ours octet by octet, letters compared without case (RFC 4343).
 */
import type { Question, RecordType } from '../../src/ports/dns.ts';
import { UDP_PAYLOAD, clampTtl } from './message.ts';
import type { WireReply } from './message.ts';
import { afterName, long, short } from './records.ts';

const HEADER = 12;
/** Owner name that points to the question's (RFC 1035 section 4.1.4), and the size of an A record under it. */
const POINTER = 0xc00c;
const RECORD = 12;
const TYPE_A = 1;
const TYPE_SOA = 6;
const TYPES: Readonly<Record<RecordType, number>> = { A: 1, NS: 2, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28 };
/** The OPT record: root, type 41, our payload size, no extended rcode, version 0, no flags, no data (RFC 6891). */
const OPT = Uint8Array.of(0, 0, 41, UDP_PAYLOAD >> 8, UDP_PAYLOAD & 255, 0, 0, 0, 0, 0, 0);

/** The question on the wire, or undefined where its name is none: a label empty or of more than 63 octets, or not ASCII. */
export function writeQuestion(question: Question, id: number, edns: boolean): Uint8Array | undefined {
  const { name } = question;
  const end = HEADER + name.length + 2;
  if (name.length > 253) return undefined;
  const wire = Buffer.allocUnsafe(end + 4 + (edns ? OPT.length : 0));
  wire[0] = id >> 8;
  wire[1] = id & 255;
  wire[2] = 1;
  wire[3] = 0;
  wire[4] = 0;
  wire[5] = 1;
  wire[6] = 0;
  wire[7] = 0;
  wire[8] = 0;
  wire[9] = 0;
  wire[10] = 0;
  wire[11] = edns ? 1 : 0;
  let lengthAt = HEADER;
  for (let index = 0; index <= name.length; index += 1) {
    const at = HEADER + 1 + index;
    const octet = index === name.length ? 0x2e : name.charCodeAt(index);
    if (octet !== 0x2e) {
      if (octet > 127) return undefined;
      wire[at] = octet;
      continue;
    }
    const length = at - lengthAt - 1;
    if (length < 1 || length > 63) return undefined;
    wire[lengthAt] = length;
    lengthAt = at;
  }
  wire[end - 1] = 0;
  wire[end] = 0;
  wire[end + 1] = TYPES[question.type];
  wire[end + 2] = 0;
  wire[end + 3] = 1;
  if (edns) wire.set(OPT, end + 4);
  return wire;
}

/** `sent`: the question as it was written, its id included. undefined: not the common case. */
export function readQuick(wire: Uint8Array, sent: Uint8Array, question: Question): WireReply | undefined {
  const end = HEADER + question.name.length + 6;
  if (wire.length < end || !isPlainReply(wire) || !hasSameQuestion(wire, sent, end)) return undefined;
  const rcode = (wire[3] ?? 0) & 15;
  if (rcode !== 0 && rcode !== 3) return undefined;
  const answers = short(wire, 6);
  if (answers === 0) {
    const ttl = negativeTtl(wire, end);
    return ttl === undefined ? undefined : nothing(rcode === 0 ? 'NOERROR' : 'NXDOMAIN', ttl);
  }
  if (rcode !== 0 || question.type !== 'A' || wire.length < end + answers * (RECORD + 4)) return undefined;
  const data: string[] = [];
  let ttl = Number.POSITIVE_INFINITY;
  for (let index = 0; index < answers; index += 1) {
    const at = end + index * (RECORD + 4);
    if (short(wire, at) !== POINTER || short(wire, at + 2) !== TYPE_A || short(wire, at + 4) !== 1) return undefined;
    if (short(wire, at + 10) !== 4) return undefined;
    ttl = Math.min(ttl, long(wire, at + 6));
    data.push(`${wire[at + 12]}.${wire[at + 13]}.${wire[at + 14]}.${wire[at + 15]}`);
  }
  return { kind: 'answer', rcode: 'NOERROR', data, ttl: clampTtl(ttl) };
}

/** Most of a sweep is the same nothing; it is made once. */
let lastNothing: Extract<WireReply, { kind: 'answer' }> = { kind: 'answer', rcode: 'NXDOMAIN', data: [], ttl: 0 };

function nothing(rcode: 'NOERROR' | 'NXDOMAIN', ttl: number): WireReply {
  if (lastNothing.rcode !== rcode || lastNothing.ttl !== ttl)
    lastNothing = { kind: 'answer', rcode, data: lastNothing.data, ttl };
  return lastNothing;
}

/** A response (QR) to a query (opcode 0), whole (no TC), with one question. */
function isPlainReply(wire: Uint8Array): boolean {
  return ((wire[2] ?? 0) & 0b1111_1010) === 0b1000_0000 && short(wire, 4) === 1;
}

function hasSameQuestion(wire: Uint8Array, sent: Uint8Array, end: number): boolean {
  if (wire[0] !== sent[0] || wire[1] !== sent[1]) return false;
  for (let at = HEADER; at < end; at += 1) {
    const theirs = wire[at] ?? 0;
    const ours = sent[at] ?? 0;
    if (theirs !== ours && (theirs < 0x41 || theirs > 0x5a || theirs + 32 !== ours)) return false;
  }
  return true;
}

/** RFC 2308: of the SOA, the lower of its own TTL and its minimum; the lowest bound without one; undefined: look whole. */
function negativeTtl(wire: Uint8Array, from: number): number | undefined {
  if (short(wire, 8) === 0) return clampTtl(0);
  const at = afterName(wire, from);
  if (at === undefined) return undefined;
  const size = short(wire, at + 8);
  if (wire.length < at + 10 + size || size < 22 || short(wire, at) !== TYPE_SOA) return undefined;
  return clampTtl(Math.min(long(wire, at + 4), long(wire, at + 10 + size - 4)));
}
