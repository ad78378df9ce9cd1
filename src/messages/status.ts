import type { HouseholdLook } from '../ports/household.ts';
import { message } from './message.ts';
import type { Message, Tone } from './message.ts';

/** How Tourniquet itself is, first in one line. */
export function sayStatus(look: HouseholdLook): Message {
  const { tone, line } = judgeHousehold(look);
  return message(tone, line, {
    kind: 'facts',
    facts: [
      { name: 'version', value: [look.version] },
      ...look.configured.map(({ name, value }) => ({ name, value: [value] })),
      {
        name: 'redis',
        value: [`${look.redis.kind}${look.redis.version === undefined ? '' : `, version ${look.redis.version}`}`],
      },
      { name: 'queue', value: [look.queue ? queueLine(look.queue) : 'unknown'] },
      { name: 'measures', value: [look.measures ? measuresLine(look.measures) : 'unknown'] },
      {
        name: 'workers',
        value: [
          look.workers.length === 0
            ? 'none seen'
            : look.workers.map((worker) => `${worker.id} (${worker.roles})`).join(', '),
        ],
      },
      {
        name: 'last canary',
        value: [look.canarySecondsAgo === undefined ? 'none yet' : `${look.canarySecondsAgo} s ago`],
      },
      ...look.resolvers.map((resolver) => ({
        name: `resolver ${resolver.address}`,
        value: [`${resolver.state}${resolver.note && `: ${resolver.note}`}`],
      })),
    ],
  });
}

/** A canary is due every quarter of a minute. */
const CANARY_LATE_S = 60;

/** The worst of it, in one line. */
export function judgeHousehold(look: HouseholdLook): { readonly tone: Tone; readonly line: string } {
  const { queue, canarySecondsAgo, measures, resolvers } = look;
  if (queue === undefined)
    return { tone: 'critical', line: 'The job queue does not answer: nothing can be carried out.' };
  if (canarySecondsAgo !== undefined && canarySecondsAgo > CANARY_LATE_S)
    return {
      tone: 'critical',
      line: `Jobs are not carried out: the last canary was ${canarySecondsAgo} s ago. Is a worker running?`,
    };
  if (measures && measures.unknown > 0)
    return {
      tone: 'unknown',
      line: `Tourniquet runs; of ${many(measures.unknown)} it is not known how it stands: say ledger.`,
    };
  if (measures && measures.changed > 0)
    return {
      tone: 'warning',
      line: `Tourniquet runs; ${many(measures.changed)} not as we left it: say ledger.`,
    };
  if (resolvers.length > 0 && resolvers.every((resolver) => resolver.state !== 'answers'))
    return { tone: 'warning', line: 'Tourniquet runs, but no resolver answers: blocklists can not be checked.' };
  return { tone: 'good', line: 'Tourniquet runs.' };
}

function many(measures: number): string {
  return measures === 1 ? 'one measure' : `${measures} measures`;
}

function queueLine(queue: NonNullable<HouseholdLook['queue']>): string {
  return `${queue.waiting} waiting, ${queue.active} running, ${queue.delayed} for later, ${queue.failed} failed`;
}

function measuresLine(measures: NonNullable<HouseholdLook['measures']>): string {
  if (measures.standing === 0) return 'none in force';
  const odd = [
    ...(measures.changed > 0 ? [`${measures.changed} changed by somebody else`] : []),
    ...(measures.unknown > 0 ? [`${measures.unknown} not known how`] : []),
  ];
  return `${measures.standing} in force${odd.length > 0 ? `, of these ${odd.join(', ')}` : ''}; say ledger`;
}
