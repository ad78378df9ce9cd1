/** Addresses that no public blocklist can say anything about (RFC 6890 and the IANA special-purpose registries). */
import { cidrContains, parseCidr } from './cidr.ts';
import type { Cidr } from './cidr.ts';
import { parseIp } from './ip.ts';
import type { Ip } from './ip.ts';

const SPECIAL: readonly (readonly [range: string, what: string])[] = [
  ['0.0.0.0/8', 'the "this network" range'],
  ['10.0.0.0/8', 'a private address (RFC 1918)'],
  ['100.64.0.0/10', 'a carrier-grade NAT address (RFC 6598)'],
  ['127.0.0.0/8', 'a loopback address'],
  ['169.254.0.0/16', 'a link-local address'],
  ['172.16.0.0/12', 'a private address (RFC 1918)'],
  ['192.0.0.0/24', 'a protocol assignment (RFC 6890)'],
  ['192.0.2.0/24', 'a documentation address (RFC 5737)'],
  ['192.168.0.0/16', 'a private address (RFC 1918)'],
  ['198.18.0.0/15', 'a benchmarking address (RFC 2544)'],
  ['198.51.100.0/24', 'a documentation address (RFC 5737)'],
  ['203.0.113.0/24', 'a documentation address (RFC 5737)'],
  ['224.0.0.0/4', 'a multicast address'],
  ['240.0.0.0/4', 'a reserved address'],
  ['::/128', 'the unspecified address'],
  ['::1/128', 'the loopback address'],
  ['64:ff9b::/96', 'a NAT64 address'],
  ['100::/64', 'a discard-only address'],
  ['2001:db8::/32', 'a documentation address (RFC 3849)'],
  ['3fff::/20', 'a documentation address (RFC 9637)'],
  ['fc00::/7', 'a unique local address (RFC 4193)'],
  ['fe80::/10', 'a link-local address'],
  ['ff00::/8', 'a multicast address'],
];

const RANGES: readonly (readonly [range: Cidr, what: string])[] = SPECIAL.flatMap(([text, what]) => {
  const parsed = parseCidr(text);
  return parsed.kind === 'ok' ? [[parsed.value, what] as const] : [];
});

/** What is special about this address, or undefined where it is an ordinary public one. */
export function specialPurpose(address: Ip): string | undefined {
  return RANGES.find(([range]) => cidrContains(range, address))?.[1];
}

/** Whether it comes from outside: a public address. Documentation addresses stand for public ones in examples. */
export function isOutside(text: string): boolean {
  const ip = parseIp(text);
  if (ip.kind === 'bad') return false;
  const special = specialPurpose(ip.value);
  return special === undefined || special.startsWith('a documentation');
}

/** Why no machine of the house can have this address; undefined where one may. */
export function noMachine(address: Ip): string | undefined {
  const special = specialPurpose(address);
  return special !== undefined && /loopback|multicast|reserved|unspecified|"this network"/.test(special)
    ? special
    : undefined;
}

/** Whether it is the machine itself. What is no address (`unknown`, a socket) counts as that. */
export function isLoopback(text: string): boolean {
  const ip = parseIp(text);
  return ip.kind === 'bad' || /loopback/.test(specialPurpose(ip.value) ?? '');
}
