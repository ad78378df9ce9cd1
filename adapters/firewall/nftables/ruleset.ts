/**
 * The nftables text of each measure.
 *
 * Owns: one table per measure, named by its tag, so that taking it back is deleting that table and nothing of anybody
 * else is ever touched. Does not own: loading it (driver.ts).
 * Rules, each found on a real kernel:
 * 1. Only what leaves through an outside interface is matched: without it, inbound mail to a published server is refused
 *    and its senders are accused.
 * 2. Counting and verdict are separate rules: in one rule, a full set lets the traffic pass.
 * 3. New connections (SYN) are counted, not packets; established ones are reset too, or they would resume afterwards.
 * 4. A lease is the timeout of a set's element: the kernel ends it by itself.
 * 5. Rules are written as `nft list` prints them, so that drift is found by comparing text.
 */
export interface BlockRules {
  readonly outside: readonly string[];
  readonly ports: readonly number[];
  /** May go on: canonical addresses or ranges, both families. */
  readonly allowed: readonly string[];
  /** Whole seconds; without it the block has no end. */
  readonly leaseSeconds?: number;
}

export interface PlugRules {
  readonly outside: readonly string[];
  /** Inside addresses that keep their way out (the bot's own way to the chat). */
  readonly keep: readonly string[];
  readonly leaseSeconds: number;
}

export interface QuarantineRules {
  readonly address: string;
  /** Catches the machine's other addresses, IPv6 privacy addresses among them. */
  readonly mac?: string;
}

export interface Chain {
  readonly name: string;
  readonly lines: readonly string[];
}

export interface Ruleset {
  readonly sets: readonly string[];
  readonly chains: readonly Chain[];
}

const SYN = 'tcp flags syn / syn,ack';

export function blockRuleset(rules: BlockRules): Ruleset {
  const jump = `oifname ${anonymousSet(rules.outside)} tcp dport @ports jump smtp`;
  return {
    sets: [
      leasedPorts(rules),
      addresses('allowed4', 'ipv4_addr', rules.allowed.filter(isV4)),
      addresses(
        'allowed6',
        'ipv6_addr',
        rules.allowed.filter((address) => !isV4(address)),
      ),
      counting('offenders4', 'ipv4_addr . ipv4_addr . inet_service'),
      counting('offenders6', 'ipv6_addr . ipv6_addr . inet_service'),
      counting('macs4', 'ipv4_addr . ether_addr'),
      counting('macs6', 'ipv6_addr . ether_addr'),
    ],
    chains: [
      {
        name: 'smtp',
        lines: [
          'ip saddr @allowed4 return',
          'ip6 saddr @allowed6 return',
          `${SYN} update @offenders4 { ip saddr . ip daddr . tcp dport counter }`,
          `${SYN} update @offenders6 { ip6 saddr . ip6 daddr . tcp dport counter }`,
          'reject with tcp reset',
        ],
      },
      {
        name: 'forward',
        lines: [
          'type filter hook forward priority filter - 10; policy accept;',
          `oifname ${anonymousSet(rules.outside)} tcp dport @ports ${SYN} update @macs4 { ip saddr . ether saddr counter }`,
          `oifname ${anonymousSet(rules.outside)} tcp dport @ports ${SYN} update @macs6 { ip6 saddr . ether saddr counter }`,
          jump,
        ],
      },
      { name: 'output', lines: ['type filter hook output priority filter - 10; policy accept;', jump] },
    ],
  };
}

export function plugRuleset(rules: PlugRules): Ruleset {
  const elements = rules.outside.map((name) => `"${name}" timeout ${rules.leaseSeconds}s`).join(', ');
  return {
    sets: [
      `set plugged { type ifname; flags timeout; elements = { ${elements} }; }`,
      addresses('keep4', 'ipv4_addr', rules.keep.filter(isV4)),
      addresses(
        'keep6',
        'ipv6_addr',
        rules.keep.filter((address) => !isV4(address)),
      ),
    ],
    chains: [
      { name: 'leaving', lines: ['ip saddr @keep4 return', 'ip6 saddr @keep6 return', 'counter drop'] },
      {
        name: 'entering',
        lines: [
          'ct state established ip daddr @keep4 return',
          'ct state established ip6 daddr @keep6 return',
          'counter drop',
        ],
      },
      {
        name: 'forward',
        lines: [
          'type filter hook forward priority -20; policy accept;',
          'oifname @plugged jump leaving',
          'iifname @plugged jump entering',
        ],
      },
    ],
  };
}

export function quarantineRuleset(rules: QuarantineRules): Ruleset {
  const family = isV4(rules.address) ? 'ip' : 'ip6';
  return {
    sets: [],
    chains: [
      {
        name: 'forward',
        lines: [
          'type filter hook forward priority -15; policy accept;',
          ...(rules.mac === undefined ? [] : [`ether saddr ${rules.mac} counter drop`]),
          `${family} saddr ${rules.address} counter drop`,
          `${family} daddr ${rules.address} counter drop`,
        ],
      },
    ],
  };
}

/** The whole table, as `nft -f -` reads it in one transaction. */
export function tableText(table: string, ruleset: Ruleset): string {
  const chains = ruleset.chains.map(
    ({ name, lines }) => `  chain ${name} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`,
  );
  return `table inet ${table} {\n${ruleset.sets.map((set) => `  ${set}\n`).join('')}${chains.join('')}}\n`;
}

/** Begins the lease anew in one transaction; portable, as re-adding an element changes nothing before Linux 6.12. */
export function renewText(
  table: string,
  set: 'ports' | 'plugged',
  elements: readonly string[],
  seconds: number,
): string {
  const list = elements.map((element) => `${element} timeout ${seconds}s`).join(', ');
  return `flush set inet ${table} ${set}\nadd element inet ${table} ${set} { ${list} }\n`;
}

function leasedPorts(rules: BlockRules): string {
  const lease = rules.leaseSeconds === undefined ? '' : ` timeout ${rules.leaseSeconds}s`;
  const elements = rules.ports.map((port) => `${port}${lease}`).join(', ');
  return `set ports { type inet_service; flags timeout; elements = { ${elements} }; }`;
}

function addresses(name: string, type: string, members: readonly string[]): string {
  const elements = members.length === 0 ? '' : ` elements = { ${members.join(', ')} };`;
  return `set ${name} { type ${type}; flags interval; auto-merge;${elements} }`;
}

function counting(name: string, type: string): string {
  return `set ${name} { type ${type}; size 65535; flags dynamic,timeout; timeout 1d; }`;
}

/** nft prints a set of one as the bare value. */
function anonymousSet(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? (quoted[0] ?? '') : `{ ${quoted.join(', ')} }`;
}

function isV4(address: string): boolean {
  return !address.includes(':');
}
