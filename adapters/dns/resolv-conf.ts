/**
 * The system's resolvers (resolv.conf(5)). Only `nameserver` lines are taken: a search list or `ndots` would turn one
 * question into several, and a wildcard behind a search domain into a listing.
 */
import { readFileSync } from 'node:fs';
import { parseIp } from '../../src/domain/address/ip.ts';
import { readServer } from './resolver.ts';
import type { NamedServer } from './resolver.ts';

/** At most three, as the C library takes; 127.0.0.1 where the file is missing or names none. */
export function systemResolvers(file = '/etc/resolv.conf'): readonly NamedServer[] {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // The C library asks the local host then, and so do we.
  }
  const found = text.split('\n').flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    const read = address === undefined ? undefined : parseIp(address.replace(/%.*$/, ''));
    return read?.kind === 'ok'
      ? [readServer(read.value.family === 6 ? `[${read.value.text}]:53` : `${read.value.text}:53`)]
      : [];
  });
  return found.length === 0 ? [readServer('127.0.0.1:53')] : found.slice(0, 3);
}
