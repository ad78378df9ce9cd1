/** What ipset and iptables-restore read, and what their listings say. */
import { chainOf, setOf } from './rules.ts';
import type { Family, IpSet, Rule } from './rules.ts';

const CHAINS = chainOf('');
const PORTS = setOf('', 'ports');

/** Makes and fills the sets; with -exist, what is there already is no fault. */
export function makeSets(sets: readonly IpSet[]): string {
  return (
    sets.flatMap((set) => [`create ${set.name} ${set.type}`, ...fillLines(set)]).join('\n') +
    (sets.length > 0 ? '\n' : '')
  );
}

/** Begins the lease anew: adding again with -exist sets an entry's timeout. */
export function fillLines(set: IpSet): readonly string[] {
  const lease = set.seconds === undefined ? '' : ` timeout ${set.seconds}`;
  return (set.members ?? []).map((member) => `add ${set.name} ${member}${lease}`);
}

export function destroySets(names: readonly string[]): string {
  return names.map((name) => `destroy ${name}\n`).join('');
}

/**
 * One family's rules, all or none (iptables-restore commits a table at once). The jumps come to stand first, but for those
 * of a block that stands in `listing`: what a plug drops before them would not be counted.
 */
export function layRules(family: Family, listing: readonly Rule[]): string {
  const placeIn = (hook: string): number =>
    family.jumps.some(({ rule }) => isCounting(rule))
      ? 1
      : listing.filter(({ chain }) => chain === hook).findLastIndex(({ rule }) => isCounting(rule)) + 2;
  return restore([
    ...chainsOf(family).map((chain) => `:${chain} - [0:0]`),
    ...family.own.map(({ chain, rule }) => `-A ${chain} ${rule}`),
    ...family.jumps.toReversed().map(({ chain, rule }) => `-I ${chain} ${placeIn(chain)} ${rule}`),
  ]);
}

/** Takes away our chains and every jump into them, as the listing has them. */
export function takeRules(listing: readonly Rule[], chains: readonly string[]): string {
  const jumps = listing.filter(({ chain, rule }) => !chains.includes(chain) && chains.includes(targetOf(rule) ?? ''));
  return restore([
    ...jumps.map(({ chain, rule }) => `-D ${chain} ${rule}`),
    ...chains.map((chain) => `-F ${chain}`),
    ...chains.map((chain) => `-X ${chain}`),
  ]);
}

export function chainsOf(family: Family): readonly string[] {
  return [...new Set(family.own.map(({ chain }) => chain))];
}

interface Listing {
  readonly chains: readonly string[];
  readonly rules: readonly Rule[];
}

/** `iptables-save -t filter`. */
export function readListing(text: string): Listing {
  const lines = text.split('\n').map((line) => line.trim());
  return {
    chains: lines.flatMap((line) => /^:(\S+) /.exec(line)?.[1] ?? []),
    rules: lines.flatMap((line) => {
      const [, chain, rule] = /^(?:\[\d+:\d+\] )?-A (\S+) (.*)$/.exec(line) ?? [];
      return chain === undefined || rule === undefined ? [] : [{ chain, rule }];
    }),
  };
}

/** Entries of `ipset save NAME`: the member, and the seconds that are left of it. */
export function readEntries(text: string): readonly { readonly member: string; readonly left?: number }[] {
  return text.split('\n').flatMap((line) => {
    const member = /^add \S+ (\S+)/.exec(line)?.[1];
    const left = / timeout (\d+)/.exec(line)?.[1];
    return member === undefined ? [] : [{ member, ...(left !== undefined && left !== '0' && { left: Number(left) }) }];
  });
}

export function targetOf(rule: string): string | undefined {
  return / -j (\S+)/.exec(` ${rule}`)?.[1];
}

/** Of any measure. */
export function isOurs(target: string | undefined): boolean {
  return target?.startsWith(CHAINS) ?? false;
}

/** A block's jump. */
function isCounting(rule: string): boolean {
  return isOurs(targetOf(rule)) && rule.includes(`--match-set ${PORTS}`);
}

function restore(lines: readonly string[]): string {
  return `*filter\n${lines.join('\n')}\nCOMMIT\n`;
}
