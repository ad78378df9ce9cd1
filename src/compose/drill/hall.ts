/**
 * The drills that are played in this process, one per conversation.
 *
 * Rules:
 * 1. A drill's time runs by the real clock times its speed, in small steps; what waits in it is woken by these.
 * 2. What is said in a conversation with a drill goes to the drill's world, but for drill and hint themselves; so does
 *    what is pressed on the drill's messages, or said beneath them.
 */
import { randomInt } from 'node:crypto';
import { truthOf } from '../../../adapters/simulated/truth.ts';
import type { Scenario } from '../../../adapters/simulated/scenario.ts';
import type { SimulatedWorld } from '../../../adapters/simulated/world.ts';
import { inviteColleagues } from '../../../jobs/drill/colleague.ts';
import { hintFrom } from '../../../jobs/drill/policy.ts';
import { readRecord } from '../../../jobs/drill/record.ts';
import { startHouse } from '../../../jobs/drill/house.ts';
import { inDrill, placeOf, placesOf } from '../../domain/drill/place.ts';
import { scoreDrill } from '../../domain/drill/score.ts';
import type { DrillScore } from '../../domain/drill/score.ts';
import { sayOverheard } from '../../messages/drill.ts';
import type { Conversation, Utterance } from '../../ports/conversation.ts';
import type { Drills, PlayedDrill } from '../../ports/drills.ts';
import type { People } from '../../ports/people.ts';
import { concludedIn } from './play.ts';
import { loadScenarios, pickScenario } from './scenarios.ts';
import { openDrillWorld } from './world.ts';

export interface DrillHall extends Drills {
  /** The world of the drill that is played in this conversation. */
  worldOf(conversation: Conversation): SimulatedWorld | undefined;
  /** The name of the drill that is played here, or would be. */
  placeOf(conversation: Conversation): string;
  close(): void;
}

interface Played extends PlayedDrill {
  readonly world: SimulatedWorld;
  stop(): Promise<DrillScore>;
}

const STEP_MS = 100;

export interface HallNeeds {
  /** Hands what is said in a drill to the conversation. */
  speak(utterance: Utterance): Promise<void>;
  /** Scenarios of one's own. */
  readonly file: string | undefined;
  /** The players are called in a drill as they are in earnest. */
  readonly personOf: People['personOf'];
}

export function openDrillHall(needs: HallNeeds): DrillHall {
  const { file } = needs;
  const played = new Map<string, Played>();
  let loaded: readonly Scenario[] | undefined;
  const scenarios = (): readonly Scenario[] => (loaded ??= loadScenarios(file));
  const placeHere = (conversation: Conversation): string =>
    placesOf(conversation).find((place) => played.has(place)) ?? placeOf(conversation);
  return {
    list: async () => scenarios().map(({ name, title, expert }) => ({ name, title, expert })),
    find: (conversation) => played.get(placeHere(conversation)),
    worldOf: (conversation) => played.get(placeHere(conversation))?.world,
    placeOf: placeHere,
    start: async (order, conversation) => {
      const seed = order.seed ?? randomInt(1, 10_000);
      const scenario = pickScenario(scenarios(), order.scenario, seed);
      const drill = await play(scenario, seed, order.speed, conversation, needs);
      played.set(placeOf(conversation), drill);
      return drill;
    },
    stop: async (conversation) => {
      const place = placeHere(conversation);
      const drill = played.get(place);
      if (!drill) return undefined;
      played.delete(place);
      return { drill, score: await drill.stop() };
    },
    close: () => {
      for (const drill of played.values()) void drill.stop();
      played.clear();
    },
  };
}

async function play(
  scenario: Scenario,
  seed: number,
  speed: number,
  conversation: Conversation,
  needs: HallNeeds,
): Promise<Played> {
  const speak = (utterance: Utterance): Promise<void> => needs.speak(inDrill(placeOf(conversation), utterance));
  let words = 0;
  const drill = await openDrillWorld({
    scenario,
    seed,
    speak,
    personOf: needs.personOf,
    overheard: (who, said) => {
      words += 1;
      const key = `drill-overheard-${seed}-${words}`;
      speak({ conversation, key, message: sayOverheard(who, said), loud: true }).catch(() => {});
    },
  });
  const { world, clock, company } = drill;
  const begin = clock.now();
  const colleagues = inviteColleagues(world, conversation);
  const house = startHouse(world);
  const pace = keepPace(speed, (ms) => clock.pass(ms));
  return {
    scenario: { name: scenario.name, title: scenario.title, expert: scenario.expert },
    seed,
    speed,
    world,
    hint: async () => hintFrom(drill.said, speed),
    join: () => colleagues.keepStill(),
    stop: async () => {
      pace.stop();
      colleagues.leave();
      house.stop();
      return scoreDrill(
        scenario.cause,
        scenario.also,
        truthOf(company),
        await readRecord(world, begin, concludedIn(drill)),
      );
    },
  };
}

/** Lets simulated time pass with the real one. */
function keepPace(speed: number, pass: (ms: number) => Promise<void>): { stop(): void } {
  let last = performance.now();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    const now = performance.now();
    const ms = (now - last) * speed;
    last = now;
    pass(ms).then(
      () => (isBusy = false),
      () => (isBusy = false),
    );
  }, STEP_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
