/**
 * Before a new listing may wake anybody: a second sample of ours, with the list's own proof, and then somebody else's
 * look through other resolvers. Only where both say it again it is confirmed; a contradiction is not, nor what could not
 * be asked.
 */
import { parseDomain } from '../../src/domain/address/domain.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import type { Difference, ListNews } from '../../src/domain/blocklists/compare.ts';
import { askedOf } from '../../src/domain/blocklists/query-name.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import type { World } from '../../src/ports/world.ts';
import { sweep } from '../blocklists/sweep.ts';
import type { SweepWorld } from '../blocklists/sweep.ts';

const QUESTION_MS = 5000;
const WHOLE_MS = 12_000;

/** The lists whose new listings are confirmed, as shown. */
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
  const read = subjects.flatMap(readSubject);
  if (!list || read.length === 0) return false;
  const again = await sweep({ subjects: read, lists: [list], questionMs: QUESTION_MS, wholeMs: WHOLE_MS }, world);
  const still = read.filter((_subject, index) => again[index]?.[0]?.verdict.state === 'listed');
  const opinions = await Promise.all(
    still.map((subject) => world.secondOpinion.confirm(askedOf(subject, list), list.zone)),
  );
  return opinions.includes('confirmed');
}

function readSubject(text: string): readonly Subject[] {
  const ip = parseIp(text);
  if (ip.kind === 'ok') return [{ kind: 'ip', ip: ip.value }];
  const domain = parseDomain(text);
  return domain.kind === 'ok' ? [{ kind: 'domain', domain: domain.value }] : [];
}
