/**
 * Does a domain's SPF record permit an address (RFC 7208)?
 *
 * Followed are include, redirect, a, mx, ip4, ip6, all, within ten lookups. What depends on the single message (macros,
 * exists, ptr) or could not be looked up makes the answer unknown, never "lacks".
 */
import { parseIp } from '../../src/domain/address/ip.ts';
import type { Ip } from '../../src/domain/address/ip.ts';
import type { DnsEvidence } from '../../src/domain/diagnosis/evidence.ts';
import type { Ask } from '../../src/ports/dns.ts';

type Spf = NonNullable<NonNullable<DnsEvidence['domains']>[number]['spf']>;

const MOST_LOOKUPS = 10;

interface Walk {
  lookups: number;
  unsure: boolean;
}

/** `address`: the one that mail leaves from; undefined: only the record itself is judged. */
export async function judgeSpf(
  domain: string,
  texts: readonly string[],
  address: Ip | undefined,
  ask: Ask,
): Promise<Spf | undefined> {
  const records = texts.filter(isSpf);
  if (records.length === 0) return 'missing';
  if (records.length > 1) return 'several';
  const walk: Walk = { lookups: 0, unsure: false };
  const permits = await isPermitted(records[0] ?? '', domain, address, ask, walk);
  if (walk.lookups > MOST_LOOKUPS) return 'too-many-lookups';
  if (permits || address === undefined) return 'ok';
  return walk.unsure ? undefined : 'lacks-address';
}

function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

async function isPermitted(
  record: string,
  domain: string,
  address: Ip | undefined,
  ask: Ask,
  walk: Walk,
): Promise<boolean> {
  let found = false;
  for (const term of record.split(/\s+/).slice(1)) {
    if (walk.lookups > MOST_LOOKUPS) return found;
    const [, sign = '+', name = '', rest = ''] = /^([+?~-]?)([a-z0-9]+)(.*)$/i.exec(term) ?? [];
    const hit = await matches(name.toLowerCase(), rest, domain, address, ask, walk);
    if (hit && !found && (sign === '' || sign === '+')) found = true;
    if (hit && address !== undefined && sign !== '' && sign !== '+' && name.toLowerCase() !== 'all') return found;
  }
  return found;
}

async function matches(
  name: string,
  rest: string,
  domain: string,
  address: Ip | undefined,
  ask: Ask,
  walk: Walk,
): Promise<boolean> {
  const target = /^[:=]([^/]+)/.exec(rest)?.[1] ?? domain;
  if (target.includes('%')) {
    walk.unsure = true;
    return false;
  }
  switch (name) {
    case 'all':
      return true;
    case 'ip4':
    case 'ip6':
      return address !== undefined && isWithin(rest.slice(1), address);
    case 'include':
    case 'redirect': {
      const reply = await lookUp(target, 'TXT', ask, walk);
      const record = reply.find(isSpf);
      return record !== undefined && isPermitted(record.replace(/[?~-]all\b.*/i, ''), target, address, ask, walk);
    }
    case 'a':
      return hasAddress(target, rest, address, ask, walk);
    case 'mx': {
      const hosts = await lookUp(target, 'MX', ask, walk);
      // Their addresses are not counted among the ten (RFC 7208, 4.6.4), but one that can't be had leaves it open.
      const inner: Walk = { lookups: 0, unsure: false };
      const found = await Promise.all(
        hosts
          .slice(0, 10)
          .map((text) => hasAddress(text.split(' ').at(-1)?.replace(/\.$/, '') ?? '', rest, address, ask, inner)),
      );
      if (inner.unsure) walk.unsure = true;
      return found.includes(true);
    }
    case 'exists':
    case 'ptr':
      walk.lookups += 1;
      walk.unsure = true;
      return false;
    default:
      return false;
  }
}

async function hasAddress(name: string, rest: string, address: Ip | undefined, ask: Ask, walk: Walk): Promise<boolean> {
  if (address === undefined) {
    walk.lookups += 1;
    return false;
  }
  const [, four = '32', six = '128'] = /^[^/]*(?:\/(\d{1,2}))?(?:\/\/(\d{1,3}))?$/.exec(rest) ?? [];
  const texts = await lookUp(name, address.family === 4 ? 'A' : 'AAAA', ask, walk);
  return texts.some((text) => isWithin(`${text}/${address.family === 4 ? four : six}`, address));
}

async function lookUp(
  name: string,
  type: 'TXT' | 'MX' | 'A' | 'AAAA',
  ask: Ask,
  walk: Walk,
): Promise<readonly string[]> {
  walk.lookups += 1;
  if (walk.lookups > MOST_LOOKUPS) return [];
  const reply = await ask(name, type);
  if (reply.kind === 'answer') return reply.data;
  walk.unsure = true;
  return [];
}

/** A range is meant with whatever host bits it is written with. */
function isWithin(text: string, address: Ip): boolean {
  const [base = '', prefix] = text.split('/');
  const ip = parseIp(base);
  if (ip.kind === 'bad' || ip.value.family !== address.family) return false;
  const bits = Number(prefix ?? address.bytes.length * 8);
  return address.bytes.every((byte, index) => {
    const mask = (0xff << (8 - Math.min(8, Math.max(0, bits - index * 8)))) & 0xff;
    return (byte & mask) === ((ip.value.bytes[index] ?? 0) & mask);
  });
}
