/** The records of a site: reverse names, the greeting's name, MX, SPF, DMARC. What can't be looked up is left out. */
import { parseIp } from '../../src/domain/address/ip.ts';
import type { Ip } from '../../src/domain/address/ip.ts';
import { queryName, reversedLabels } from '../../src/domain/blocklists/query-name.ts';
import type { DnsEvidence } from '../../src/domain/diagnosis/evidence.ts';
import type { Ask, Resolver } from '../../src/ports/dns.ts';
import type { Place } from '../../src/ports/sites.ts';
import { judgeSpf } from './spf.ts';

/** Throws an Error where nothing could be looked up. */
export async function lookAtRecords(
  place: Place,
  helos: readonly string[],
  resolver: Resolver,
  deadlineMs: number,
): Promise<DnsEvidence> {
  let answered = 0;
  let failure = '';
  const ask: Ask = async (name, type) => {
    const reply = await resolver.ask({ name, type }, Math.min(5000, deadlineMs));
    if (reply.kind === 'answer') answered += 1;
    else failure = reply.why;
    return reply;
  };
  const [reverse, helo, domains] = await Promise.all([
    Promise.all(place.addresses.map((address) => lookReverse(address, ask))),
    lookHelo(helos[0], place.addresses, ask),
    Promise.all(place.domains.map((domain) => lookDomain(domain, place, ask))),
  ]);
  if (answered === 0) throw new Error(`no name could be looked up (${failure || 'nothing to look up is configured'})`);
  const known = reverse.filter((each) => each !== undefined);
  return { ...(known.length > 0 && { reverse: known }), ...(helo && { helo }), domains };
}

async function lookReverse(address: Ip, ask: Ask) {
  const reversed = queryName(reversedLabels(address), address.family === 4 ? 'in-addr.arpa' : 'ip6.arpa');
  const names = reversed === undefined ? undefined : await ask(reversed, 'PTR');
  if (names?.kind !== 'answer') return undefined;
  if (names.data.length === 0) return { address: address.text, state: 'missing' as const };
  const back = await Promise.all(
    names.data.slice(0, 5).map((name) => leadsTo(name.replace(/\.$/, ''), [address], ask)),
  );
  if (back.includes('yes')) return { address: address.text, state: 'ok' as const };
  return back.includes('unknown') ? undefined : { address: address.text, state: 'mismatch' as const };
}

async function lookHelo(name: string | undefined, addresses: readonly Ip[], ask: Ask) {
  if (name === undefined || addresses.length === 0) return undefined;
  const found = await leadsTo(name, addresses, ask);
  if (found === 'unknown') return undefined;
  return {
    name,
    state: found === 'yes' ? ('ok' as const) : found === 'no' ? ('mismatch' as const) : ('missing' as const),
  };
}

async function leadsTo(
  name: string,
  addresses: readonly Ip[],
  ask: Ask,
): Promise<'yes' | 'no' | 'nothing' | 'unknown'> {
  const families = [...new Set(addresses.map((address) => address.family))];
  const replies = await Promise.all(families.map((family) => ask(name, family === 4 ? 'A' : 'AAAA')));
  const texts = replies.flatMap((reply) => (reply.kind === 'answer' ? reply.data : []));
  const found = texts.flatMap((text) => {
    const ip = parseIp(text);
    return ip.kind === 'ok' ? [ip.value.text] : [];
  });
  if (addresses.some((address) => found.includes(address.text))) return 'yes';
  if (replies.some((reply) => reply.kind === 'failed')) return 'unknown';
  return found.length === 0 ? 'nothing' : 'no';
}

async function lookDomain(domain: string, place: Place, ask: Ask) {
  const [mx, text, dmarc, dkim] = await Promise.all([
    ask(domain, 'MX'),
    ask(domain, 'TXT'),
    ask(`_dmarc.${domain}`, 'TXT'),
    lookDkim(domain, place.dkimSelectors ?? [], ask),
  ]);
  const direct = place.usesSmartHost === true ? undefined : place.addresses[0];
  const spf = text.kind === 'answer' ? await judgeSpf(domain, text.data, direct, ask) : undefined;
  return {
    domain,
    ...(mx.kind === 'answer' && { mx: mx.data.length > 0 ? ('ok' as const) : ('missing' as const) }),
    ...(spf !== undefined && { spf }),
    ...(dkim !== undefined && { dkim }),
    ...(dmarc.kind === 'answer' && {
      dmarc: dmarc.data.some((each) => /^v=DMARC1\b/i.test(each)) ? ('ok' as const) : ('missing' as const),
    }),
  };
}

/**
 * The keys under the site's selectors (RFC 6376, 3.6.1): one that can be used is enough. Undefined where no selector is
 * configured, or one without an answer could be it.
 */
async function lookDkim(
  domain: string,
  selectors: readonly string[],
  ask: Ask,
): Promise<'ok' | 'revoked' | 'missing' | undefined> {
  if (selectors.length === 0) return undefined;
  const replies = await Promise.all(selectors.map((selector) => ask(`${selector}._domainkey.${domain}`, 'TXT')));
  const keys = replies
    .flatMap((reply) => (reply.kind === 'answer' ? reply.data : []))
    .flatMap((record) => /(?:^|;)\s*p=([^;]*)/i.exec(record)?.[1]?.trim() ?? []);
  if (keys.some((key) => key !== '')) return 'ok';
  if (replies.some((reply) => reply.kind === 'failed')) return undefined;
  return keys.length > 0 ? 'revoked' : 'missing';
}
