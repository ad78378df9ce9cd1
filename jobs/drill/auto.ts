/**
 * A drill that plays itself: the recommended press each time, through the real commands, until the incident is closed.
 *
 * Where the stage lets the process die, it is started again after a while, and what it was carrying out is carried out
 * again, as the queue would have it (a stalled job goes on elsewhere after about six seconds).
 */
import { parseLine } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import { foreign, plain } from '../../src/domain/foreign.ts';
import { sayMisheard } from '../../src/messages/help.ts';
import type { Message } from '../../src/messages/message.ts';
import type { Utterance } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, Status } from '../answer.ts';
import { NO_TIMERS, carryOut } from '../carry-out.ts';
import { inviteColleagues } from './colleague.ts';
import { startHouse } from './house.ts';
import { headlineOf, nextMove } from './policy.ts';
import type { Move } from './policy.ts';

/** The company of a drill as the player stands in it. */
export interface Stage {
  /** Everything that was said. */
  readonly said: readonly Utterance[];
  /** Lets time pass until the work is done. */
  carry<T>(work: Promise<T>): Promise<T>;
  pass(ms: number): Promise<void>;
  /** A process begins: the world as it has it, and what becomes of it. */
  begin(): { readonly world: World; isDead(): boolean; readonly death: Promise<void> };
  /** The same line is delivered twice at once, now and then. */
  isDelivered(): 'once' | 'twice';
}

export interface AutoStep {
  /** Milliseconds since the person came in. */
  readonly afterMs: number;
  readonly line: string;
  readonly status: Status;
  readonly message: Message;
}

export interface AutoRun {
  readonly steps: readonly AutoStep[];
  /** Lines to which no answer came, however often they were carried out. */
  readonly unanswered: readonly string[];
}

export const PLAYER = { surface: 'terminal', id: 'drill-player', shown: foreign('you') } as const;
export const ROOM = { surface: 'terminal', id: 'drill' } as const;

/** A person needs a moment to read and to decide. */
const READ_MS = 20_000;
const WAIT_MS = 30_000;
/** What a person does by hand takes so long. */
const BY_HAND_MS = 4 * 60_000;
const MOST_STEPS = 200;
/** For one decision: longer than a proposal is open. */
const MOST_WAITS = 40;
const RESTART_MS = 6000;
const MOST_ATTEMPTS = 8;

/** Plays to the end. `show` is called after each step. */
export async function playAuto(stage: Stage, show: (step: AutoStep) => void): Promise<AutoRun> {
  const process = openProcess(stage);
  const begin = process.world().clock.monotonic();
  const steps: AutoStep[] = [];
  const unanswered: string[] = [];
  let waits = 0;
  while (steps.length < MOST_STEPS) {
    const move = nextMove({
      said: steps.map((step) => ({ line: step.line, answer: step.message })),
      headline: headlineOf(stage.said),
    });
    if (move.kind === 'over') break;
    if (move.kind === 'wait' && waits < MOST_WAITS) {
      waits += 1;
      await process.pass(WAIT_MS);
      if (!isDecided(stage.said, steps.at(-1)?.message)) continue;
    }
    waits = 0;
    const line = move.kind === 'wait' ? 'next' : move.line;
    await process.pass(timeFor(move, steps.at(-1)?.message));
    const afterMs = process.world().clock.monotonic() - begin;
    const answer = await process.carry((world) => sayLine(line, steps.length, world));
    if (!answer) unanswered.push(line);
    const step: AutoStep = answer
      ? { afterMs, line, status: answer.status, message: answer.message }
      : { afterMs, line, status: 'unknown', message: sayMisheard('no answer came', 'say it again') };
    steps.push(step);
    show(step);
  }
  process.end();
  return { steps, unanswered };
}

/** Reading takes a moment, work by hand some minutes. */
function timeFor(move: Exclude<Move, { kind: 'over' }>, answer: Message | undefined): number {
  if (move.kind === 'later') return move.minutes * 60_000 + READ_MS;
  const isByHand =
    move.kind === 'say' && move.line.startsWith('done') && plain(answer?.summary ?? '').endsWith('it is yours.');
  return isByHand ? BY_HAND_MS : READ_MS;
}

/** The process of the bot, started again when it dies. */
function openProcess(stage: Stage) {
  const start = () => {
    const life = stage.begin();
    return { life, colleagues: inviteColleagues(life.world, ROOM), house: startHouse(life.world) };
  };
  let running = start();
  /** Also while a person is away for an hour, a process that died is started again. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; ; left -= RESTART_MS) {
      await stage.pass(Math.min(left, RESTART_MS));
      while (running.life.isDead()) {
        await stage.pass(RESTART_MS);
        running = start();
        await stage.pass(0);
      }
      if (left <= RESTART_MS) return;
    }
  };
  return {
    world: () => running.life.world,
    pass,
    /** Undefined: it was carried out as often as may be, and the process died each time. */
    carry: async <T>(work: (world: World) => Promise<T>): Promise<T | undefined> => {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const { life } = running;
        const works = stage.isDelivered() === 'twice' ? [work(life.world), work(life.world)] : [work(life.world)];
        const done = await stage.carry(
          Promise.race([Promise.all(works).then(([value]) => ({ value })), life.death.then(() => undefined)]),
        );
        if (done) return done.value;
        await pass(0);
      }
      return undefined;
    },
    end: (): void => {
      running.colleagues.leave();
      running.house.stop();
    },
  };
}

async function sayLine(line: string, number: number, world: World): Promise<Answer> {
  const command = parseLine(line, registry);
  if (command.kind === 'misheard')
    return { status: 'refused', message: sayMisheard(command.why, command.remedy, command.nearest) };
  return carryOut(
    {
      id: `drill-say-${number}`,
      command: command.spoken,
      actor: PLAYER,
      conversation: ROOM,
      at: world.clock.now(),
      files: {},
    },
    world,
    undefined,
    NO_TIMERS,
  );
}

/** The card of the proposal that is waited for no longer asks. */
function isDecided(said: readonly Utterance[], answer: Message | undefined): boolean {
  const card = answer?.blocks.find((block) => block.kind === 'approval');
  if (card?.kind !== 'approval') return true;
  const name = `Measure ${card.id.replace('measure-', '')}:`;
  const latest = said.findLast((each) => plain(each.message.summary).includes(name));
  return latest !== undefined && !latest.message.blocks.some((block) => block.kind === 'approval');
}
