/** What the benches of blocklist lookups share: the lists' data, our sweep over them, the count of what was wrong. */
import { readCatalogue } from '../adapters/catalogue/read.ts';
import { openResolver, readServer } from '../adapters/dns/resolver.ts';
import { sweep } from '../jobs/blocklists/sweep.ts';
import { parseIp } from '../src/domain/address/ip.ts';
import type { Subject } from '../src/domain/blocklists/query-name.ts';
import type { RblZones } from '../test/lab/dns.ts';
import { sweepWorld } from '../test/support/sweep-world.ts';

export const ADDRESSES = 1000;
export const LISTS = 50;
export const ZONES: readonly string[] = Array.from({ length: LISTS }, (_, index) => `l${index}.bl.test`);

/** Every tenth address is listed. */
export const isListed = (index: number): boolean => index % 10 === 0;
export const addressOf = (index: number): string => `10.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

export function rblZones(addresses: number): RblZones {
  const listed = Array.from({ length: addresses }, (_, index) => (isListed(index) ? `${addressOf(index)}\n` : ''));
  const data = `127.0.0.2\n${listed.join('')}`;
  return Object.fromEntries(ZONES.map((zone) => [zone, [{ type: 'ip4set' as const, data }]]));
}

export interface Round {
  readonly seconds: number;
  readonly wrong: number;
  readonly unknown: number;
}

/** One check as the product makes it: proof of every list, reason of every listing. */
export async function sweepOnce(address: string, addresses: number): Promise<Round> {
  const { lists } = readCatalogue(
    ZONES.map((zone) => `- {zone: ${zone}, kind: ip, weight: high, codes: {"127.0.0.2": {meaning: spam}}}\n`).join(''),
    'bench',
    {},
  );
  const subjects = Array.from({ length: addresses }, (_, index): Subject => {
    const ip = parseIp(addressOf(index));
    if (ip.kind === 'bad') throw new Error(ip.why);
    return { kind: 'ip', ip: ip.value };
  });
  const resolver = openResolver([readServer(address)]);
  const began = performance.now();
  const findings = await sweep({ subjects, lists, questionMs: 2000, wholeMs: 60_000 }, sweepWorld(resolver));
  const seconds = (performance.now() - began) / 1000;
  resolver.close();
  let wrong = 0;
  let unknown = 0;
  findings.forEach((row, index) => {
    for (const { verdict } of row) {
      if (verdict.state === 'unknown') unknown += 1;
      else if ((verdict.state === 'listed') !== isListed(index)) wrong += 1;
    }
  });
  return { seconds, wrong, unknown };
}

/**
 * Run as a process of its own, `node bench/dns-world.ts HOST:PORT ADDRESSES TIMES`: as many sweeps one after the other,
 * and the peak memory in MiB.
 */
if (process.argv[1] === import.meta.filename) {
  const [address = '', addresses = '', times = '1'] = process.argv.slice(2);
  let wrong = 0;
  let unknown = 0;
  for (let time = 0; time < Number(times); time += 1) {
    const round = await sweepOnce(address, Number(addresses));
    wrong += round.wrong;
    unknown += round.unknown;
  }
  process.stdout.write(`${JSON.stringify({ wrong, unknown, peakMiB: process.resourceUsage().maxRSS / 1024 })}\n`);
}
