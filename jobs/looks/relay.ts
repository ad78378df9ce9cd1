/**
 * Whether a site's servers relay for anybody, tried from outside up to the recipient.
 *
 * Rules:
 * 1. Where the site names a vantage (`relayTest`), the public addresses are tried from there: who configured it vouches
 *    that it stands outside.
 * 2. Where it names none, a server whose trusted networks are known (Postfix) is tried from here, and only if this
 *    machine's address, as the server sees it, is in none of them: from inside, a server that takes all is no open relay.
 *    With a table among them it can't be told, and nothing is tried.
 * 3. One that accepts is enough. "Refused" takes a clear refusal by every one; else it is left out, with why.
 */
import { cidrContains, parseCidr } from '../../src/domain/address/cidr.ts';
import type { Cidr } from '../../src/domain/address/cidr.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import type { Place } from '../../src/ports/sites.ts';
import type { RelayPlan, RelayProbe } from '../../src/ports/relay-probe.ts';

const PORT = 25;
const MOST_TARGETS = 3;
/** Reserved for such uses, and nobody's (RFC 2606). */
const NOBODYS = ['example.com', 'example.net', 'example.org'] as const;

type RelayLook = (deadlineMs: number) => Promise<'accepted' | 'refused'>;

interface Target {
  readonly host: string;
  readonly standsOutside: RelayPlan['standsOutside'];
}

/** `trusted`: of each of the place's servers, where known. Undefined: nobody said from where, and it can't be told. */
export function relayTestOf(
  place: Place,
  trusted: readonly (readonly string[] | undefined)[],
  probe: RelayProbe,
): RelayLook | undefined {
  const vantage = place.relayTest;
  const targets = vantage ? publicTargets(place) : targetsFromHere(place, trusted);
  if (targets.length === 0) return undefined;
  const via = vantage === undefined || vantage.from === 'here' ? undefined : vantage.from;
  const plan = planOf(place);
  return async (deadlineMs) => {
    const answers = await Promise.all(
      targets.map(async ({ host, standsOutside }) => ({
        host,
        ...(await probe.try(host, { ...plan, standsOutside }, deadlineMs, via)),
      })),
    );
    if (answers.some((each) => each.kind === 'accepted')) return 'accepted';
    const unclear = answers.find((each) => each.kind === 'unclear');
    if (!unclear) return 'refused';
    throw new Error(
      `${unclear.host} answers ${JSON.stringify(unclear.answer)}, which does not tell whether it relays${vantage?.recipient === undefined ? '; name a mailbox of yours elsewhere as relayTest.recipient' : ''}`,
    );
  };
}

function publicTargets(place: Place): readonly Target[] {
  const own = place.servers.flatMap((server) => server.addresses);
  const addresses = place.addresses.length > 0 ? place.addresses : own;
  return addresses.slice(0, MOST_TARGETS).map(({ text }) => ({ host: text, standsOutside: () => undefined }));
}

function targetsFromHere(place: Place, trusted: readonly (readonly string[] | undefined)[]): readonly Target[] {
  return place.servers
    .flatMap((server, index) => {
      const [address] = server.addresses;
      const networks = trusted[index];
      if (address === undefined || networks === undefined) return [];
      const standsOutside = (from: string): string | undefined => insideOf(from, server.name, networks);
      return [{ host: address.text, standsOutside }];
    })
    .slice(0, MOST_TARGETS);
}

function insideOf(from: string, server: string, networks: readonly string[]): string | undefined {
  const remedy = 'Name an outside vantage in tourniquet.yaml (relayTest)';
  const ip = parseIp(from);
  const ranges = networks.map(readRange);
  if (ip.kind === 'bad' || ranges.some((each) => each === undefined))
    return `it can't be told whether ${from} is among the networks that ${server} trusts (${networks.join(' ')}). ${remedy}`;
  return ranges.some((each) => each !== undefined && cidrContains(each, ip.value))
    ? `this machine (${from}) is among the networks that ${server} trusts, so that its answer would prove nothing. ${remedy}`
    : undefined;
}

/** `10.0.0.0/24`, `[::1]/128`, `[::ffff:127.0.0.0]/104`, a single address (postconf(5), mynetworks). */
function readRange(text: string): Cidr | undefined {
  const [, mapped, bits] = /^\[::ffff:([\d.]+)\]\/(\d+)$/i.exec(text) ?? [];
  const bare = mapped === undefined ? text.replace(/^\[(.*)\](?=\/|$)/, '$1') : `${mapped}/${Number(bits) - 96}`;
  const read = parseCidr(bare.includes('/') ? bare : `${bare}/${bare.includes(':') ? 128 : 32}`);
  return read.kind === 'ok' ? read.value : undefined;
}

/** A sender of nobody, then one of the site's own: some servers relay for whoever claims to be of the house. */
function planOf(place: Place): Omit<RelayPlan, 'standsOutside'> {
  const own: readonly string[] = place.domains;
  const [away = 'example.com', other = 'example.net'] = NOBODYS.filter((each) => !own.includes(each));
  const senders = [away, ...own.slice(0, 1)].map((domain) => `relay-test@${domain}`);
  return { port: PORT, senders, recipient: place.relayTest?.recipient ?? `relay-test@${other}` };
}
