/** Who has tried port 25 at a site's firewall, where a block counts it. */
import type { BlockedAttempts } from '../../src/domain/diagnosis/evidence.ts';
import { plain } from '../../src/domain/foreign.ts';
import { blockedAttempts, findingsOf } from '../../src/domain/hunt/findings.ts';
import { addLook, beginHunt } from '../../src/domain/hunt/hunt.ts';
import { taskOf } from '../../src/domain/measures/record.ts';
import type { World } from '../../src/ports/world.ts';
import { blockOf, knownOf } from '../hunt/hunt.ts';
import { standingMeasures } from '../measures/ledger.ts';

export type AttemptNeeds = Pick<World, 'clock' | 'grounds' | 'ledger' | 'watches'>;

/** Undefined: nothing is blocked there, so that nothing is counted. Throws an Error where the firewall can't be looked at. */
export async function lookAtAttempts(site: string, world: AttemptNeeds): Promise<BlockedAttempts | undefined> {
  const ground = world.grounds.find(site);
  if ('refused' in ground) return undefined;
  const standing = await standingMeasures(world);
  const block = blockOf(ground.firewall, standing);
  const watch = world.watches.find(ground.firewall);
  if (!block || 'refused' in watch) return undefined;
  const known = knownOf(ground, standing, await watch.ownAddresses(), block);
  const look = await watch.attempts(taskOf(block));
  if (look.kind === 'unknown') throw new Error(plain(look.why));
  return blockedAttempts(findingsOf(addLook(beginHunt(block.since ?? look.at), look), known));
}
