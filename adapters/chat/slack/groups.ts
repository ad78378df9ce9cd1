/**
 * Which of the user groups that tourniquet.yaml names somebody is in, as Slack itself tells it.
 *
 * Rules:
 * 1. A group's members are asked for once a minute at most, and what was told counts for five: a person who was taken out
 *    of a group loses its role within that time.
 * 2. What isn't known is said to be unknown, with why; nobody is in a group because Slack doesn't answer.
 */
import type { Clock } from '../../../src/ports/clock.ts';
import type { Actor } from '../../../src/ports/conversation.ts';
import { listAt } from './record.ts';
import { SlackTrouble } from './web.ts';
import type { SlackWeb } from './web.ts';

export interface Groups {
  /** Never throws; takes 0.8 s at most. */
  of(user: string): Promise<Pick<Actor, 'groups' | 'groupsUnknown'>>;
}

const FRESH_MS = 60_000;
const GOOD_MS = 300_000;
const AGAIN_MS = 5000;
const ASK_MS = 800;

interface Kept {
  members?: { readonly users: ReadonlySet<string>; readonly at: number };
  why?: string;
  /** Not asked again before. */
  next: number;
  asking?: Promise<void>;
}

/** `ids`: of the groups that have a role. */
export function openGroups(web: SlackWeb, ids: readonly string[], clock: Clock): Groups {
  const kept = new Map<string, Kept>(ids.map((id) => [id, { next: 0 }]));
  const ask = (id: string, group: Kept): Promise<void> => {
    group.asking ??= web
      .call('usergroups.users.list', { usergroup: id })
      .then(
        (answer) => {
          const users = listAt(answer, 'users').flatMap((each) => (typeof each === 'string' ? [each] : []));
          group.members = { users: new Set(users), at: clock.monotonic() };
          group.next = clock.monotonic() + FRESH_MS;
          delete group.why;
        },
        (error: unknown) => {
          group.why = error instanceof SlackTrouble ? error.code : 'unreachable';
          group.next = clock.monotonic() + AGAIN_MS;
        },
      )
      .finally(() => delete group.asking);
    return group.asking;
  };
  const isGood = ({ members }: Kept): boolean => members !== undefined && clock.monotonic() - members.at < GOOD_MS;
  return {
    of: async (user) => {
      if (kept.size === 0) return {};
      const asked = [...kept].map(([id, group]) =>
        clock.monotonic() >= group.next ? ask(id, group) : Promise.resolve(),
      );
      if (![...kept.values()].every(isGood)) await within(Promise.all(asked), ASK_MS);
      const groups = [...kept].flatMap(([id, group]) => (isGood(group) && group.members?.users.has(user) ? [id] : []));
      const unknown = [...kept].find(([, group]) => !isGood(group));
      return {
        ...(groups.length > 0 && { groups }),
        ...(unknown && { groupsUnknown: `${unknown[0]}: ${unknown[1].why ?? 'no answer yet'}` }),
      };
    },
  };
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
