import type { HouseholdLook } from '../ports/household.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';

/** How Tourniquet itself is, first in one line. */
export function sayStatus(look: HouseholdLook): Message {
  const blind = look.resolvers.length > 0 && look.resolvers.every((resolver) => resolver.state !== 'answers');
  const tone = look.queue === undefined ? 'critical' : blind ? 'warning' : 'good';
  const line =
    look.queue === undefined
      ? 'The job queue does not answer: nothing can be carried out.'
      : blind
        ? 'Tourniquet runs, but no resolver answers: blocklists can not be checked.'
        : 'Tourniquet runs.';
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
