/** `digest`: what the last days have brought; posted by itself once a week. */
import { digestSpec } from '../../src/commands/specs/shift.ts';
import { readArguments } from '../../src/commands/parse.ts';
import { foldIncident } from '../../src/domain/incidents/incident.ts';
import { foldMeasure } from '../../src/domain/measures/record.ts';
import { summarize } from '../../src/domain/shift/week.ts';
import type { Records, Span, Week } from '../../src/domain/shift/week.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import { sayWeek } from '../../src/messages/shift.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandJob } from '../answer.ts';

export type Digesting = Pick<World, 'clock' | 'incidents' | 'ledger' | 'listingHistory' | 'mornings' | 'sites'>;

const DAY_MS = 86_400_000;

export const runDigest: CommandJob<keyof Digesting> = async (request, world) => {
  const args = readArguments(digestSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const to = world.clock.now();
  const week = await lookBack(world, { from: to - args.value.days * DAY_MS, to });
  return {
    status: 'ok',
    message: sayWeek(week, timezoneOf(world)),
    data: {
      schema: 'tourniquet.digest/1',
      from: new Date(week.span.from).toISOString(),
      to: new Date(to).toISOString(),
      incidents: week.incidents.map(({ title, ...each }) => ({ ...each, title: title.foreign })),
      stillOpen: [...week.stillOpen],
      listings: week.listings.map((each) => ({ ...each })),
      drifted: week.drifted.map(({ measure, order, at, seen }) => ({
        measure,
        kind: order.kind,
        at: new Date(at).toISOString(),
        seen,
      })),
      ...(week.medianMinutesToContain !== undefined && { medianMinutesToContain: week.medianMinutesToContain }),
    },
  };
};

export async function lookBack(world: Digesting, span: Span): Promise<Week> {
  const [incidents, measures, histories] = await Promise.all([
    readIncidents(world),
    readMeasures(world),
    readHistories(world),
  ]);
  return summarize({ incidents, measures, histories }, span);
}

/** Where the week's days begin and end: as the first site's clock shows them. */
export function timezoneOf({ mornings, sites }: Pick<World, 'mornings' | 'sites'>): string {
  const [first] = sites.names;
  return mornings.digest?.timezone ?? (first === undefined ? undefined : sites.find(first)?.timezone) ?? 'UTC';
}

async function readIncidents({ incidents }: Digesting): Promise<Records['incidents']> {
  const numbers = await incidents.numbers('all');
  const read = numbers.map(async (number) => foldIncident(number, (await incidents.read(number)).events) ?? []);
  return (await Promise.all(read)).flat();
}

async function readMeasures({ ledger }: Digesting): Promise<Records['measures']> {
  const numbers = await ledger.numbers('all');
  const read = numbers.map(async (number) => {
    const { events } = await ledger.read(number);
    const record = foldMeasure(number, events);
    return record ? [{ record, events }] : [];
  });
  return (await Promise.all(read)).flat();
}

async function readHistories({ sites, listingHistory }: Digesting): Promise<Records['histories']> {
  const subjects = [...new Set(sites.subjects().map((each) => (each.kind === 'ip' ? each.ip.text : each.domain)))];
  const read = subjects.map(async (subject) =>
    [...(await listingHistory.read(subject))].map(([list, changes]) => ({ subject, list, changes })),
  );
  return (await Promise.all(read)).flat();
}
