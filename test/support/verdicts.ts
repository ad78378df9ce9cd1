/** One list, one subject, one verdict: what the conformance rows are written with. */
import { readCatalogue } from '../../adapters/catalogue/read.ts';
import { openResolver, readServer } from '../../adapters/dns/resolver.ts';
import { sweep } from '../../jobs/blocklists/sweep.ts';
import type { Finding } from '../../jobs/blocklists/sweep.ts';
import { parseDomain } from '../../src/domain/address/domain.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import { sweepWorld } from './sweep-world.ts';

export const LISTED = '192.0.2.66';
export const OTHER = '192.0.2.1';
const CODES =
  '{"127.0.0.2": {meaning: spam}, "127.0.0.4": {meaning: infected, cause: compromised-workstation}, "127.0.0.10": {meaning: dynamic, nature: policy}}';

export function list(zone: string, more = ''): Blocklist {
  const codes = more.includes('codes:') ? '' : `, codes: ${CODES}`;
  const kind = more.includes('kind:') ? '' : ', kind: ip';
  const read = readCatalogue(
    `- {zone: ${zone}${kind}, weight: high${codes}${more === '' ? '' : `, ${more}`}}`,
    'row',
    {},
  );
  const [only] = read.lists;
  if (!only) throw new Error(`no list for ${zone}`);
  return only;
}

export function subject(text: string): Subject {
  const ip = parseIp(text);
  if (ip.kind === 'ok') return { kind: 'ip', ip: ip.value };
  const domain = parseDomain(text);
  if (domain.kind === 'bad') throw new Error(domain.why);
  return { kind: 'domain', domain: domain.value };
}

export async function ask(
  server: string | readonly string[],
  lists: readonly Blocklist[],
  who: string,
  questionMs = 1500,
): Promise<readonly Finding[]> {
  const resolver = openResolver([server].flat().map(readServer));
  const [findings] = await sweep(
    { subjects: [subject(who)], lists, questionMs, wholeMs: 10_000 },
    sweepWorld(resolver),
  );
  resolver.close();
  return findings ?? [];
}

export function short(finding: Finding | undefined): string {
  const verdict = finding?.verdict;
  switch (verdict?.state) {
    case 'listed':
      return `listed ${verdict.nature} ${verdict.codes.join(' ')}`;
    case 'unknown':
      return `unknown ${verdict.why}`;
    case 'clear':
    case 'not-covered':
    case undefined:
      return verdict?.state ?? 'nothing';
    default:
      return verdict satisfies never;
  }
}
