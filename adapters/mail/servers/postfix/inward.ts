/**
 * Which agents of smtp(8) carry mail inward, to a server inside or to a content filter that hands it back, and which of
 * them outbound mail takes too: the default one, and what transport_maps or the sender leads outside mail to.
 */
import type { Tools } from './tools.ts';

export interface InwardWay {
  readonly parameter: string;
  readonly service: string;
}

const INWARD = ['content_filter', 'virtual_transport', 'local_transport', 'mailbox_transport', 'fallback_transport'];
/** Lists of domains whose mail comes in. */
const OWN = ['relay_domains', 'mydestination', 'virtual_mailbox_domains'];
const MOST_DOMAINS = 50;
const MOST_SHOWN = 6;
/** Of nobody here (RFC 2606); `*` is what transport(5) asks for in the end. */
const OUTSIDE = ['example.com', '*'];

/** `apart` from outbound mail, or `shared` with it. */
export async function inwardWays(
  tools: Tools,
  folder: string,
  clones: ReadonlySet<string>,
): Promise<Readonly<Record<'apart' | 'shared', readonly InwardWay[]>>> {
  const names = ['relay_domains', 'relay_transport', ...INWARD];
  const [relayDomains = '', relayTransport = '', ...others] = await tools.values(folder, ...names);
  // Of single services, such as `submission/inet/content_filter = scan:[127.0.0.1]:10026`.
  const overrides = (await tools.overrides(folder)).flatMap((line) => {
    const [, parameter = '', value = ''] = /^[^/]+\/[^/]+\/(\w+) = (.*)$/.exec(line) ?? [];
    return INWARD.includes(parameter) ? [[parameter, value] as const] : [];
  });
  const ways = [
    ...(relayDomains === '' ? [] : [['relay_transport', relayTransport] as const]),
    ...INWARD.map((parameter, at) => [parameter, others[at] ?? ''] as const),
    ...overrides,
    ...(await mappedDomains(tools, folder)),
  ].map(([parameter, value]): InwardWay => ({ parameter, service: transportOf(value) }));
  const ofSmtp = ways.filter(({ service }) => clones.has(service));
  if (ofSmtp.length === 0) return { apart: [], shared: [] };
  const outward = await outwardServices(tools, folder);
  const isShared = ({ service }: InwardWay): boolean => outward.has(service);
  return { apart: ofSmtp.filter((each) => !isShared(each)), shared: ofSmtp.filter(isShared) };
}

/** relay_transport (relay), content_filter (scan) */
export function shownWays(ways: readonly InwardWay[]): string {
  const all = [...new Set(ways.map(({ parameter, service }) => `${parameter} (${service})`))];
  const more = all.length - MOST_SHOWN;
  return more > 0 ? `${all.slice(0, MOST_SHOWN).join(', ')} … ${more} more` : all.join(', ');
}

/** Where transport_maps leads mail for domains of ours. */
async function mappedDomains(tools: Tools, folder: string): Promise<readonly (readonly [string, string])[]> {
  const [byDomain = '', ...lists] = await tools.values(folder, 'transport_maps', ...OWN);
  const maps = mapsOf(byDomain);
  if (maps.length === 0) return [];
  const domains: string[] = [];
  for (const each of lists.flatMap(mapsOf)) {
    if (!each.includes(':')) domains.push(each);
    else domains.push(...(await entriesOf(tools, folder, each)).map(([domain]) => domain));
  }
  const found: (readonly [string, string])[] = [];
  for (const domain of [...new Set(domains)].filter((each) => /^[\w.-]+$/.test(each)).slice(0, MOST_DOMAINS))
    for (const map of maps) {
      const { out } = await tools.run(['postmap', '-c', folder, '-q', domain, map]);
      if (out.trim() !== '') found.push([`transport_maps for ${domain}`, out.trim()]);
    }
  return found;
}

/** Of a map that can be listed; of others none. */
async function entriesOf(tools: Tools, folder: string, map: string): Promise<readonly (readonly [string, string])[]> {
  const { out } = await tools.run(['postmap', '-c', folder, '-s', map]);
  return out.split('\n').map((line) => {
    const [key = '', value = ''] = line.trim().split(/\s+/);
    return [key, value] as const;
  });
}

async function outwardServices(tools: Tools, folder: string): Promise<ReadonlySet<string>> {
  const names = ['default_transport', 'transport_maps', 'sender_dependent_default_transport_maps'];
  const [byDefault = '', byDomain = '', bySender = ''] = await tools.values(folder, ...names);
  const found = [byDefault];
  for (const map of mapsOf(byDomain))
    for (const key of OUTSIDE) found.push((await tools.run(['postmap', '-c', folder, '-q', key, map])).out.trim());
  for (const map of mapsOf(bySender)) found.push(...(await entriesOf(tools, folder, map)).map(([, value]) => value));
  return new Set(found.filter((each) => each !== '').map(transportOf));
}

/** Lists of maps have commas or white space between; an inline one has both within its braces. */
function mapsOf(value: string): readonly string[] {
  return value.match(/[^\s,{]+(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g) ?? [];
}

/** `relay:[inner.example]` -> relay */
function transportOf(value: string): string {
  return value.split(':')[0] ?? value;
}
