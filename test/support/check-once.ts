/** One `check` through its own job, with lists and a resolver of the test, and nothing else of the world. */
import { systemRandom } from '../../adapters/clock/system.ts';
import { openResolver, readServer } from '../../adapters/dns/resolver.ts';
import { makeJournal } from '../../adapters/simulated/journal.ts';
import type { Answer } from '../../jobs/answer.ts';
import { runCheck } from '../../jobs/blocklists/check.ts';
import { parseLine } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import type { World } from '../../src/ports/world.ts';
import { sweepWorld } from './sweep-world.ts';

/** `address`: of the resolvers, one or more; `words`: what follows `check`. */
export async function checkOnce(
  address: string | readonly string[],
  lists: readonly Blocklist[],
  words: string,
  over: Partial<World> = {},
): Promise<Answer> {
  const needed: Partial<World> = {
    ...sweepWorld(openResolver([address].flat().map(readServer))),
    random: systemRandom,
    incidents: makeJournal<IncidentEvent>(),
    catalogue: { read: async () => ({ lists, left: [] }) },
    listingHistory: { read: async () => new Map(), note: async () => new Map() },
    secondOpinion: { confirm: async () => 'unconfirmed' },
    sites: { names: [], servers: [], find: () => undefined, subjects: () => [] },
    ...over,
  };
  const world = needed as World;
  const command = parseLine(`check ${words}`, registry);
  if (command.kind === 'misheard') throw new Error(command.why);
  const answer = await runCheck(
    {
      id: 'event',
      command: command.spoken,
      actor: { surface: 'shell', id: 'ana', shown: { foreign: 'ana' } },
      conversation: { surface: 'shell', id: '1' },
      at: 0,
      deadlineMs: 3000,
      files: {},
    },
    world,
    () => {},
  );
  world.resolver.close();
  return answer;
}
