/** What a real morning says: the drill's first scenario, played by itself, for pictures of what people will see. */
import { playAuto } from '../jobs/drill/auto.ts';
import { headlineKey } from '../jobs/incidents/tell.ts';
import { loadScenarios, pickScenario } from '../src/compose/drill/scenarios.ts';
import { openDrillWorld } from '../src/compose/drill/world.ts';
import type { Message } from '../src/messages/message.ts';

/** One line that was said, its answer, and how the incident's headline stood after it. */
interface Moment {
  readonly line: string;
  readonly answer: Message;
  readonly headline: Message | undefined;
}

export async function playMorning(): Promise<readonly Moment[]> {
  const scenario = pickScenario(loadScenarios(), 'infected-workstation', 1);
  const drill = await openDrillWorld({ scenario, seed: 1, speak: async () => {}, overheard: () => {} });
  const moments: Moment[] = [];
  const death = new Promise<void>(() => {});
  const { world, clock, said } = drill;
  await playAuto(
    {
      said,
      carry: (work) => clock.carry(work),
      pass: (ms) => clock.pass(ms),
      begin: () => ({ world, isDead: () => false, death }),
      isDelivered: () => 'once',
    },
    ({ line, message }) => {
      const headline = said.findLast((each) => each.key === headlineKey(1) && !each.loud)?.message;
      moments.push({ line, answer: bare(message), headline: headline && bare(headline) });
    },
  );
  return moments;
}

/** Shown as it is for real: the picture says itself that it is one. */
function bare({ drill: _drill, ...said }: Message): Message {
  return said;
}
