/**
 * Before a new listing may wake anybody: a second sample of ours, with the list's own proof, and then somebody else's
 * look through other resolvers. Only where both say it again it is confirmed; a contradiction is not, nor what could not
 * be asked.
 */
import { parseIp } from '../../src/domain/address/ip.ts';
import type { Ip } from '../../src/domain/address/ip.ts';
import type { Difference, ListNews } from '../../src/domain/blocklists/compare.ts';
import type { World } from '../../src/ports/world.ts';
import { sweep } from '../blocklists/sweep.ts';
import type { SweepWorld } from '../blocklists/sweep.ts';

const QUESTION_MS = 5000;
const WHOLE_MS = 12_000;

/** The lists whose new listings are confirmed, as shown. Lists of domains never are: others' look is at addresses alone. */
export async function confirmNew(
  world: SweepWorld & Pick<World, 'catalogue' | 'secondOpinion'>,
  { appeared }: Pick<Difference, 'appeared'>,
): Promise<readonly string[]> {
  const grave = appeared.filter((each) => each.nature === 'abuse' && each.weight !== 'low');
  const seen = await Promise.all(grave.map((news) => isConfirmed(world, news)));
  return grave.flatMap(({ list }, index) => (seen[index] ? [list] : []));
}

async function isConfirmed(
  world: SweepWorld & Pick<World, 'catalogue' | 'secondOpinion'>,
  { list: shown, subjects }: ListNews,
): Promise<boolean> {
  const list = (await world.catalogue.read()).lists.find((each) => each.shown === shown);
  const addresses = subjects.flatMap((subject): readonly Ip[] => {
    const ip = parseIp(subject);
    return ip.kind === 'ok' ? [ip.value] : [];
  });
  if (!list || addresses.length === 0) return false;
  const again = await sweep(
    {
      subjects: addresses.map((ip) => ({ kind: 'ip', ip })),
      lists: [list],
      questionMs: QUESTION_MS,
      wholeMs: WHOLE_MS,
    },
    world,
  );
  const still = addresses.filter((_ip, index) => again[index]?.[0]?.verdict.state === 'listed');
  const opinions = await Promise.all(still.map((ip) => world.secondOpinion.confirm(ip, list.zone)));
  return opinions.includes('confirmed');
}
