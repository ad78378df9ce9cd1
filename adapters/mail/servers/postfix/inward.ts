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
  ].map(([parameter, value]): InwardWay => ({ parameter, service: transportOf(value) }));
  const ofSmtp = ways.filter(({ service }) => clones.has(service));
  if (ofSmtp.length === 0) return { apart: [], shared: [] };
  const outward = await outwardServices(tools, folder);
  const isShared = ({ service }: InwardWay): boolean => outward.has(service);
  return { apart: ofSmtp.filter((each) => !isShared(each)), shared: ofSmtp.filter(isShared) };
}

/** relay_transport (relay), content_filter (scan) */
export function shownWays(ways: readonly InwardWay[]): string {
  return [...new Set(ways.map(({ parameter, service }) => `${parameter} (${service})`))].join(', ');
}

async function outwardServices(tools: Tools, folder: string): Promise<ReadonlySet<string>> {
  const names = ['default_transport', 'transport_maps', 'sender_dependent_default_transport_maps'];
  const [byDefault = '', byDomain = '', bySender = ''] = await tools.values(folder, ...names);
  const found = [byDefault];
  for (const map of mapsOf(byDomain))
    for (const key of OUTSIDE) found.push((await tools.run(['postmap', '-c', folder, '-q', key, map])).out.trim());
  for (const map of mapsOf(bySender)) {
    // Each line a key and its value; a map that can't be listed gives none.
    const { out } = await tools.run(['postmap', '-c', folder, '-s', map]);
    found.push(...out.split('\n').map((line) => line.trim().split(/\s+/)[1] ?? ''));
  }
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
