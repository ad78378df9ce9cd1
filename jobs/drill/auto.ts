/** A drill that plays itself: the recommended press each time, through the real commands, until the incident is closed. */
import { parseLine } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import { foreign, plain } from '../../src/domain/foreign.ts';
import { sayMisheard } from '../../src/messages/help.ts';
import type { Message } from '../../src/messages/message.ts';
import type { Utterance } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, Status } from '../answer.ts';
import { carryOut } from '../carry-out.ts';
import { inviteColleagues } from './colleague.ts';
import { startHouse } from './house.ts';
import { headlineOf, nextMove } from './policy.ts';

/** The company of a drill as the player stands in it. */
export interface Stage {
  readonly world: World;
  /** Everything that was said. */
  readonly said: readonly Utterance[];
  /** Lets time pass until the work is done. */
  carry<T>(work: Promise<T>): Promise<T>;
  pass(ms: number): Promise<void>;
}

export interface AutoStep {
  /** Milliseconds since the person came in. */
  readonly afterMs: number;
  readonly line: string;
  readonly status: Status;
  readonly message: Message;
}

export const PLAYER = { surface: 'terminal', id: 'drill-player', shown: foreign('you') } as const;
export const ROOM = { surface: 'terminal', id: 'drill' } as const;

/** A person needs a moment to read and to decide. */
const READ_MS = 20_000;
const WAIT_MS = 30_000;
/** What a person does by hand takes so long. */
const BY_HAND_MS = 4 * 60_000;
const MOST_STEPS = 120;
const MOST_WAITS = 40;

/** Plays to the end. `show` is called after each step. */
export async function playAuto(stage: Stage, show: (step: AutoStep) => void): Promise<readonly AutoStep[]> {
  const { world } = stage;
  const begin = world.clock.monotonic();
  const colleagues = inviteColleagues(world, ROOM);
  const house = startHouse(world);
  const steps: AutoStep[] = [];
  let waits = 0;
  while (steps.length < MOST_STEPS) {
    const move = nextMove({
      lines: steps.map((step) => step.line),
      answer: steps.at(-1)?.message,
      headline: headlineOf(stage.said),
    });
    if (move.kind === 'over') break;
    if (move.kind === 'wait' && waits < MOST_WAITS) {
      waits += 1;
      await stage.pass(WAIT_MS);
      if (!isDecided(stage.said, steps.at(-1)?.message)) continue;
    }
    const line = move.kind === 'say' ? move.line : 'next';
    await stage.pass(line.startsWith('done') ? BY_HAND_MS : READ_MS);
    const afterMs = world.clock.monotonic() - begin;
    const answer = await stage.carry(sayLine(line, steps.length, world));
    const step = { afterMs, line, status: answer.status, message: answer.message };
    steps.push(step);
    show(step);
  }
  colleagues.leave();
  house.stop();
  return steps;
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
  );
}

/** The card of the proposal that is waited for no longer asks. */
function isDecided(said: readonly Utterance[], answer: Message | undefined): boolean {
  const card = answer?.blocks.find((block) => block.kind === 'approval');
  if (card?.kind !== 'approval') return true;
  const latest = said.findLast((each) =>
    plain(each.message.summary).includes(`Measure ${card.id.replace('measure-', '')}:`),
  );
  return latest !== undefined && !latest.message.blocks.some((block) => block.kind === 'approval');
}
