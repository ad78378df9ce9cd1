/** iptables in a box, in one of its two forms: over the kernel's nftables, or the old tables of its own. */
import type { Box } from './box.ts';

export type Form = 'nft' | 'legacy';

/** Also lays one rule per family, as every gateway has some: the tables themselves are there then. */
export async function useIptables(box: Box, form: Form): Promise<void> {
  const program = form === 'legacy' ? 'xtables-legacy-multi' : 'xtables-nft-multi';
  for (const tool of ['iptables', 'ip6tables']) {
    for (const end of ['', '-save', '-restore']) await box.must(['ln', '-sf', program, `/usr/sbin/${tool}${end}`]);
    await box.must([tool, '-A', 'FORWARD', '-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED', '-j', 'ACCEPT']);
  }
}

/** All rules and sets, without what moves by itself: counters, remaining seconds, a set's random seed, comments. */
export async function rulesAndSets(box: Box): Promise<string> {
  const parts = await Promise.all(
    [['iptables-save'], ['ip6tables-save'], ['ipset', 'save']].map((argv) => box.must(argv)),
  );
  return parts
    .join('')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) =>
      line
        .replace(/\[\d+:\d+\]/, '[0:0]')
        .replace(/ timeout [1-9]\d*| packets \d+| bytes \d+| hashsize \d+| initval \S+/g, ''),
    )
    .toSorted()
    .join('\n');
}
