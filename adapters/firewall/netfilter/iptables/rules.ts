/**
 * The rules of each measure for iptables, ip6tables and ipset: for gateways that have no nftables.
 *
 * Owns: chains and sets of our own, named by the measure's tag, and the jumps into them. Does not own: loading (driver.ts).
 * Rules, each found on a real kernel:
 * 1. A source that was seen is matched before it is added: adding with --exist would set its counter back each time. When
 *    it tried last is kept in a set beside, where --exist begins its timeout anew.
 * 2. Adding to a set that is full ends nothing; the REJECT below still comes. A set that packets fill never grows its hash
 *    (12,222 of 20,000 sources were kept with the usual 1,024 buckets), so it has its whole size from the beginning.
 * 3. A lease is the timeout of a set's entries. The plug's set is "every address" in two halves, as /0 is refused.
 * 4. Rules are written as iptables-save prints them (1.8, nft and legacy alike), so that drift is found by comparing text.
 */
import type { MeasureTask } from '../../../../src/domain/measures/plan.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import { leaseSeconds, portsOf, readPrior } from '../resolved.ts';
import type { Resolved } from '../resolved.ts';

export interface IpSet {
  readonly name: string;
  readonly type: string;
  /** Entries that stay as they are, as `ipset save` prints them. Left out: the kernel fills it. */
  readonly members?: readonly string[];
  /** Whole seconds that each entry lasts. */
  readonly seconds?: number;
}

export interface Rule {
  readonly chain: string;
  /** What follows `-A CHAIN`. */
  readonly rule: string;
}

export interface Family {
  readonly own: readonly Rule[];
  /** Into our chains, from those of the kernel; each stands first. */
  readonly jumps: readonly Rule[];
}

export interface Rules {
  readonly sets: readonly IpSet[];
  readonly four: Family;
  readonly six: Family;
}

const SYN = '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN';
const EVERY: Readonly<Record<'four' | 'six', readonly string[]>> = {
  four: ['0.0.0.0/1', '128.0.0.0/1'],
  six: ['::/1', '8000::/1'],
};

export function chainOf(tag: string, what = ''): string {
  return `TOURNIQUET_${what}${tag}`;
}

export function setOf(tag: string, what: string): string {
  return `tourniquet_${what}_${tag}`;
}

/** Throws MeasureRefused where the task is no firewall's, or its `prior` isn't what a plan gave. */
export function rulesOf(task: MeasureTask, firewall: string): Rules {
  const { order } = task;
  const resolved = readPrior(task.prior, firewall);
  const lease = leaseSeconds(order);
  switch (order.kind) {
    case 'block-port-25':
      return block(task.tag, resolved, portsOf(order.submissionToo), lease);
    case 'unplug':
      return unplug(task.tag, resolved, lease ?? 60);
    case 'quarantine-host':
      return quarantine(task.tag, order.address, resolved.mac);
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${firewall} is a firewall.`);
    default:
      return order satisfies never;
  }
}

function block(tag: string, resolved: Resolved, ports: readonly number[], lease: number | undefined): Rules {
  const chain = chainOf(tag);
  const family = (v6: string): Family => ({
    own: [
      ...(resolved.servers.length > 0 ? [`-m set --match-set ${setOf(tag, `servers${v6}`)} dst -j RETURN`] : []),
      `-m set --match-set ${setOf(tag, `allow${v6}`)} src -j RETURN`,
      `${SYN} -j SET --add-set ${setOf(tag, `last${v6}`)} src --exist`,
      `${SYN} -m set --match-set ${setOf(tag, `tried${v6}`)} src,dst,dst -j REJECT --reject-with tcp-reset`,
      `${SYN} -j SET --add-set ${setOf(tag, `tried${v6}`)} src,dst,dst`,
      '-p tcp -j REJECT --reject-with tcp-reset',
    ].map((rule) => ({ chain, rule })),
    jumps: ['FORWARD', 'OUTPUT'].flatMap((hook) =>
      resolved.outside.map((way) => ({
        chain: hook,
        rule: `-o ${way} -p tcp -m set --match-set ${setOf(tag, 'ports')} dst -j ${chain}`,
      })),
    ),
  });
  const noting = 'timeout 86400 hashsize 65536 maxelem 65536';
  const counting = `${noting} counters`;
  return {
    sets: [
      leased(setOf(tag, 'ports'), 'bitmap:port range 0-1023 timeout 0', ports.map(String), lease),
      ...addresses(tag, 'allow', resolved.allowed),
      ...(resolved.servers.length > 0 ? addresses(tag, 'servers', resolved.servers) : []),
      { name: setOf(tag, 'tried'), type: `hash:ip,port,ip family inet ${counting}` },
      { name: setOf(tag, 'tried6'), type: `hash:ip,port,ip family inet6 ${counting}` },
      { name: setOf(tag, 'last'), type: `hash:ip family inet ${noting}` },
      { name: setOf(tag, 'last6'), type: `hash:ip family inet6 ${noting}` },
    ],
    four: family(''),
    six: family('6'),
  };
}

function unplug(tag: string, resolved: Resolved, lease: number): Rules {
  const [out, into, own, managed] = ['out_', 'in_', 'own_', 'man_'].map((what) => chainOf(tag, what));
  const family = (v6: '' | '6'): Family => {
    const on = `-m set --match-set ${setOf(tag, `on${v6}`)} src`;
    const [keep, manage] = [setOf(tag, `keep${v6}`), setOf(tag, `man${v6}`)];
    const link =
      v6 === '6' ? [133, 134, 135, 136].map((type) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j RETURN`) : [];
    const addressLease = (outward: boolean): string =>
      `-p udp -m udp --dport ${v6 === '6' ? (outward ? 547 : 546) : outward ? 67 : 68} -j RETURN`;
    const chain = (name: string | undefined, rules: readonly string[]): readonly Rule[] =>
      rules.map((rule) => ({ chain: name ?? '', rule }));
    const jump = (hook: string, way: string, target: string | undefined): Rule => ({
      chain: hook,
      rule: `${way} ${on} -j ${target ?? ''}`,
    });
    const isManaged = resolved.manage.length > 0;
    return {
      own: [
        ...chain(out, [`-m set --match-set ${keep} src -j RETURN`, '-j DROP']),
        ...chain(into, [
          `-m conntrack --ctstate RELATED,ESTABLISHED -m set --match-set ${keep} dst -j RETURN`,
          '-j DROP',
        ]),
        ...chain(own, [
          '-m conntrack --ctdir REPLY -j RETURN',
          '-m conntrack --ctstate RELATED -j RETURN',
          ...link,
          addressLease(true),
          `-m set --match-set ${manage} dst -j RETURN`,
          `-m set --match-set ${keep} src -j RETURN`,
          '-j DROP',
        ]),
        ...(isManaged
          ? chain(managed, [
              '-m conntrack --ctdir REPLY -j RETURN',
              '-m conntrack --ctstate RELATED -j RETURN',
              ...link,
              addressLease(false),
              `-m set --match-set ${manage} src -j RETURN`,
              '-j DROP',
            ])
          : []),
      ],
      jumps: resolved.outside.flatMap((way) => [
        jump('FORWARD', `-o ${way}`, out),
        jump('FORWARD', `-i ${way}`, into),
        jump('OUTPUT', `-o ${way}`, own),
        ...(isManaged ? [jump('INPUT', `-i ${way}`, managed)] : []),
      ]),
    };
  };
  return {
    sets: [
      leased(setOf(tag, 'on'), 'hash:net family inet timeout 0', EVERY.four, lease),
      leased(setOf(tag, 'on6'), 'hash:net family inet6 timeout 0', EVERY.six, lease),
      ...addresses(tag, 'keep', resolved.allowed),
      ...addresses(tag, 'man', resolved.manage),
    ],
    four: family(''),
    six: family('6'),
  };
}

function quarantine(tag: string, address: string, mac: string | undefined): Rules {
  const chain = chainOf(tag);
  const family = (isMine: boolean, whole: string): Family => {
    const own = [
      ...(mac === undefined ? [] : [`-m mac --mac-source ${mac} -j DROP`]),
      ...(isMine ? [`-s ${address}/${whole} -j DROP`, `-d ${address}/${whole} -j DROP`] : []),
    ];
    const hooks = own.length === 0 ? [] : ['FORWARD', 'INPUT'];
    return {
      own: own.map((rule) => ({ chain, rule })),
      jumps: hooks.map((hook) => ({ chain: hook, rule: `-j ${chain}` })),
    };
  };
  return { sets: [], four: family(!address.includes(':'), '32'), six: family(address.includes(':'), '128') };
}

function leased(name: string, type: string, members: readonly string[], seconds: number | undefined): IpSet {
  return { name, type, members, ...(seconds !== undefined && { seconds }) };
}

function addresses(tag: string, what: string, members: readonly string[]): readonly IpSet[] {
  return [
    { name: setOf(tag, what), type: 'hash:net family inet', members: members.filter((each) => !each.includes(':')) },
    {
      name: setOf(tag, `${what}6`),
      type: 'hash:net family inet6',
      members: members.filter((each) => each.includes(':')),
    },
  ];
}
