/**
 * The nftables text of each measure.
 *
 * Owns: one table per measure, named by its tag, so that taking it back is deleting that table and nothing of anybody
 * else is ever touched. Does not own: loading it (driver.ts), which addresses are meant (orders.ts).
 * Rules, each found on a real kernel:
 * 1. Only what leaves through an outside interface is matched: without it, inbound mail to a published server is refused
 *    and its senders are accused.
 * 2. Counting and verdict are separate rules: in one rule, a full set lets the traffic pass.
 * 3. New connections (SYN) are counted, not packets; established ones are reset too, or they would resume afterwards.
 *    An update begins an element's timeout anew and tells the last attempt; an add does not, and tells the first.
 * 4. A lease is the timeout of a set's element: the kernel ends it by itself.
 * 5. Rules are written as `nft list` prints them, so that drift is found by comparing text.
 * 6. The plug holds the firewall's own traffic too (a proxy or resolver on it is a way out), but for answers to those who
 *    manage it and what keeps its link to the provider up (neighbour discovery, DHCP).
 * 7. Mail to the house's own servers goes on though one stands outside, or behind another router's translation.
 * 8. The block comes before the plug and the quarantine: what they drop first would not be counted, and read as silence.
 */
export interface BlockRules {
  readonly outside: readonly string[];
  readonly ports: readonly number[];
  /** May go on: canonical addresses or ranges, both families. */
  readonly allowed: readonly string[];
  /** May be sent to, and nobody is counted who does. */
  readonly servers: readonly string[];
  /** Whole seconds; without it the block has no end. */
  readonly leaseSeconds?: number;
}

export interface PlugRules {
  readonly outside: readonly string[];
  /** Addresses, inside or the firewall's own, that keep their way out (the bot's own way to the chat). */
  readonly keep: readonly string[];
  /** Outside addresses that the firewall is managed from. Empty: whoever reaches it today still does. */
  readonly manage: readonly string[];
  readonly leaseSeconds: number;
}

export interface QuarantineRules {
  readonly address: string;
  /** Catches the machine's other addresses, IPv6 privacy addresses among them. */
  readonly mac?: string;
}

export interface NamedSet {
  readonly name: string;
  readonly form: string;
  /** Elements that stay as they are, each as nft prints it. Left out: the set is filled by the kernel. */
  readonly members?: readonly string[];
  /** Whole seconds that each element lasts. */
  readonly seconds?: number;
}

export interface Chain {
  readonly name: string;
  readonly lines: readonly string[];
}

export interface Ruleset {
  readonly sets: readonly NamedSet[];
  readonly chains: readonly Chain[];
}

const SYN = 'tcp flags syn / syn,ack';

export function blockRuleset(rules: BlockRules): Ruleset {
  const leaving = `oifname ${anonymousSet(rules.outside)} tcp dport @ports`;
  const jump = `${leaving} jump smtp`;
  return {
    sets: [
      leased('ports', 'inet_service', rules.ports.map(String), rules.leaseSeconds),
      ...addresses('allowed', rules.allowed),
      ...(rules.servers.length > 0 ? addresses('servers', rules.servers) : []),
      counting('offenders4', 'ipv4_addr . ipv4_addr . inet_service'),
      counting('offenders6', 'ipv6_addr . ipv6_addr . inet_service'),
      counting('firsts4', 'ipv4_addr', '30d'),
      counting('firsts6', 'ipv6_addr', '30d'),
      counting('macs4', 'ipv4_addr . ether_addr'),
      counting('macs6', 'ipv6_addr . ether_addr'),
    ],
    chains: [
      {
        name: 'smtp',
        lines: [
          ...(rules.servers.length > 0 ? ['ip daddr @servers4 return', 'ip6 daddr @servers6 return'] : []),
          'ip saddr @allowed4 return',
          'ip6 saddr @allowed6 return',
          `${SYN} add @firsts4 { ip saddr }`,
          `${SYN} add @firsts6 { ip6 saddr }`,
          `${SYN} update @offenders4 { ip saddr . ip daddr . tcp dport counter }`,
          `${SYN} update @offenders6 { ip6 saddr . ip6 daddr . tcp dport counter }`,
          'reject with tcp reset',
        ],
      },
      {
        name: 'forward',
        lines: [
          'type filter hook forward priority -30; policy accept;',
          `${leaving} ${SYN} update @macs4 { ip saddr . ether saddr counter }`,
          `${leaving} ${SYN} update @macs6 { ip6 saddr . ether saddr counter }`,
          jump,
        ],
      },
      { name: 'output', lines: ['type filter hook output priority -30; policy accept;', jump] },
    ],
  };
}

export function plugRuleset(rules: PlugRules): Ruleset {
  const kept = (words: string): readonly string[] => [
    `${words}ip saddr @keep4 return`,
    `${words}ip6 saddr @keep6 return`,
  ];
  const own: Chain = {
    name: 'own',
    lines: [
      'ct direction reply return',
      'ct state related return',
      'icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } return',
      'udp dport { 67, 547 } return',
      'ip daddr @manage4 return',
      'ip6 daddr @manage6 return',
      ...kept(''),
      'counter drop',
    ],
  };
  const managed: Chain = {
    name: 'managed',
    lines: [
      'ct direction reply return',
      'ct state related return',
      'icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } return',
      'udp dport { 68, 546 } return',
      'ip saddr @manage4 return',
      'ip6 saddr @manage6 return',
      'counter drop',
    ],
  };
  const hook = (name: string, lines: readonly string[]): Chain => ({
    name,
    lines: [`type filter hook ${name} priority -20; policy accept;`, ...lines],
  });
  return {
    sets: [
      leased(
        'plugged',
        'ifname',
        rules.outside.map((name) => `"${name}"`),
        rules.leaseSeconds,
      ),
      ...addresses('keep', rules.keep),
      ...addresses('manage', rules.manage),
    ],
    chains: [
      { name: 'leaving', lines: [...kept(''), 'counter drop'] },
      {
        name: 'entering',
        lines: [
          'ct state established,related ip daddr @keep4 return',
          'ct state established,related ip6 daddr @keep6 return',
          'counter drop',
        ],
      },
      own,
      ...(rules.manage.length > 0 ? [managed] : []),
      hook('forward', ['oifname @plugged jump leaving', 'iifname @plugged jump entering']),
      hook('output', ['oifname @plugged jump own']),
      ...(rules.manage.length > 0 ? [hook('input', ['iifname @plugged jump managed'])] : []),
    ],
  };
}

export function quarantineRuleset(rules: QuarantineRules): Ruleset {
  const family = isV4(rules.address) ? 'ip' : 'ip6';
  const from = [
    ...(rules.mac === undefined ? [] : [`ether saddr ${rules.mac} counter drop`]),
    `${family} saddr ${rules.address} counter drop`,
  ];
  return {
    sets: [],
    chains: [
      {
        name: 'forward',
        lines: [
          'type filter hook forward priority -15; policy accept;',
          ...from,
          `${family} daddr ${rules.address} counter drop`,
        ],
      },
      // A proxy, a resolver or a mail relay on the firewall itself would be a way out.
      { name: 'input', lines: ['type filter hook input priority -15; policy accept;', ...from] },
    ],
  };
}

/** The whole table, as `nft -f -` reads it in one transaction. */
export function tableText(table: string, ruleset: Ruleset): string {
  const sets = ruleset.sets.map((set) => {
    const elements = (set.members ?? []).map((member) => element(member, set.seconds)).join(', ');
    return `  set ${set.name} { ${set.form}${elements === '' ? '' : ` elements = { ${elements} };`} }\n`;
  });
  const chains = ruleset.chains.map(
    ({ name, lines }) => `  chain ${name} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`,
  );
  return `table inet ${table} {\n${sets.join('')}${chains.join('')}}\n`;
}

/** Begins the lease anew in one transaction; portable, as re-adding an element changes nothing before Linux 6.12. */
export function renewText(table: string, set: NamedSet): string {
  const list = (set.members ?? []).map((member) => element(member, set.seconds)).join(', ');
  return `flush set inet ${table} ${set.name}\nadd element inet ${table} ${set.name} { ${list} }\n`;
}

function element(member: string, seconds: number | undefined): string {
  return seconds === undefined ? member : `${member} timeout ${seconds}s`;
}

function leased(name: string, type: string, members: readonly string[], seconds: number | undefined): NamedSet {
  return { name, form: `type ${type}; flags timeout;`, members, ...(seconds !== undefined && { seconds }) };
}

function addresses(name: string, members: readonly string[]): readonly NamedSet[] {
  return [
    { name: `${name}4`, form: 'type ipv4_addr; flags interval;', members: members.filter(isV4) },
    { name: `${name}6`, form: 'type ipv6_addr; flags interval;', members: members.filter((each) => !isV4(each)) },
  ];
}

function counting(name: string, type: string, kept = '1d'): NamedSet {
  return { name, form: `type ${type}; size 65535; flags dynamic,timeout; timeout ${kept};` };
}

/** nft prints a set of one as the bare value. */
function anonymousSet(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? (quoted[0] ?? '') : `{ ${quoted.join(', ')} }`;
}

function isV4(address: string): boolean {
  return !address.includes(':');
}
