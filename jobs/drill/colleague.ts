/**
 * The simulated colleagues: who agrees to what the player proposes, after a while, so that a drill can be played alone.
 *
 * They say `approve N`, as a person would; what they may do is decided where it always is.
 */
import { foreign } from '../../src/domain/foreign.ts';
import type { Actor, Conversation } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import { NO_TIMERS, carryOut } from '../carry-out.ts';
import { openMeasures } from '../measures/ledger.ts';

export interface Colleagues {
  /** A person approves from now on. */
  keepStill(): void;
  /** Ends with the drill. */
  leave(): void;
}

/** How long they think, in milliseconds: they read the plan first. */
const THINK_MS = 60_000;
const LOOK_EVERY_MS = 15_000;

const COLLEAGUES: readonly Actor[] = [
  { surface: 'terminal', id: 'drill-colleague', shown: foreign('your colleague') },
  { surface: 'terminal', id: 'drill-manager', shown: foreign('your manager') },
];

/** `conversation`: where they read along. */
export function inviteColleagues(world: World, conversation: Conversation): Colleagues {
  let isHere = true;
  let isStill = false;
  /** When they saw each proposal first: a wall clock that is set doesn't make them think for an hour. */
  const seenAt = new Map<number, number>();
  const agree = async (): Promise<void> => {
    for (const record of await openMeasures(world)) {
      const now = world.clock.monotonic();
      const since = seenAt.get(record.number) ?? now;
      seenAt.set(record.number, since);
      if (record.state !== 'proposed' || now - since < THINK_MS - LOOK_EVERY_MS) continue;
      const before = new Set(record.approvedBy.map((who) => who.person));
      const actor = COLLEAGUES.find((each) => !before.has(world.people.personOf(each)));
      if (!actor) continue;
      await carryOut(
        {
          id: `drill-approve-${record.number}-${before.size}`,
          command: { name: 'approve', words: [String(record.number)], options: {} },
          actor,
          conversation,
          at: world.clock.now(),
          files: {},
        },
        world,
        undefined,
        NO_TIMERS,
      );
    }
  };
  const live = async (): Promise<void> => {
    while (isHere) {
      await world.clock.wait(LOOK_EVERY_MS);
      // A journal that is away for a moment is no reason never to look again.
      if (isHere && !isStill) await agree().catch(() => {});
    }
  };
  live().catch(() => {});
  return {
    keepStill: () => {
      isStill = true;
    },
    leave: () => {
      isHere = false;
    },
  };
}
