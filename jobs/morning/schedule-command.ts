/** `schedule`: what runs when and what ran last; `schedule run morning`: now, whatever the time. */
import { readArguments } from '../../src/commands/parse.ts';
import { scheduleSpec } from '../../src/commands/specs/schedule.ts';
import { wallTime } from '../../src/domain/calendar/zone.ts';
import { say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { nextSlot } from '../../src/domain/morning/plan.ts';
import type { MorningPlan } from '../../src/domain/morning/plan.ts';
import { message, notice } from '../../src/messages/message.ts';
import type { Block, Message } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob } from '../answer.ts';
import { lookAtSite } from './look.ts';
import type { Looking } from './look.ts';
import { tellMorning } from './morning.ts';
import type { Mornings } from './morning.ts';

type Scheduling = Mornings & Looking;

export const runScheduleCommand: CommandJob<keyof Scheduling> = async (request, world, tell) => {
  const args = readArguments(scheduleSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const { run } = args.value;
  if (!run) return timetable(world);
  const { names } = world.sites;
  const sites = run.site === undefined ? names : names.filter((name) => name === run.site);
  if (sites.length === 0)
    return {
      status: 'refused',
      message: sayRefused(
        run.site === undefined ? 'no site is configured' : `there is no site ${JSON.stringify(run.site)}`,
        names.length === 0 ? 'put one into tourniquet.yaml' : `say one of ${names.join(', ')}`,
      ),
    };
  const said: Message[] = [];
  for (const name of sites) {
    const place = world.sites.find(name);
    if (!place) continue;
    tell(message('neutral', say`looking at ${name} …`));
    const look = await lookAtSite(world, place);
    const { date } = wallTime(look.now, place.timezone);
    said.push(await tellMorning(world, { site: name, date }, look, { again: false }));
    await world.mornings.byHand(name, look.now).catch(() => {});
  }
  return together(said);
};

async function timetable(world: Pick<World, 'mornings' | 'clock'>): Promise<Answer> {
  const { plans, watches } = world.mornings;
  const now = world.clock.now();
  const rows = await Promise.all(
    plans.map(async (plan) => {
      const last = await lastLook(world, plan).catch(() => 'not remembered');
      const next = nextSlot(plan, now);
      return [[`morning of ${plan.site}`], [next ? `${next.date} ${next.time} ${plan.timezone}` : 'never'], [last]];
    }),
  );
  const watched = watches.map((watch) => [
    [`queues of ${watch.site}`],
    [`every ${Math.round(watch.everyMs / 60_000)} min`],
    [''],
  ]);
  const line =
    plans.length === 0 && watches.length === 0
      ? 'No morning is configured: write morning into tourniquet.yaml (docs/morning.md).'
      : `${count(plans.length, 'morning')}, ${count(watches.length, 'site')} watched in between.`;
  return {
    status: 'ok',
    message: message('neutral', line, ...table([...rows, ...watched])),
    data: {
      schema: 'tourniquet.schedule/1',
      mornings: plans.map((plan) => {
        const next = nextSlot(plan, now);
        return { site: plan.site, ...(next && { next: new Date(next.at).toISOString() }) };
      }),
      watches: watches.map(({ site, everyMs }) => ({ site, everyMinutes: Math.round(everyMs / 60_000) })),
    },
  };
}

function table(rows: readonly (readonly Phrase[])[]): readonly Block[] {
  return rows.length === 0
    ? []
    : [{ kind: 'table', columns: [{ name: 'what' }, { name: 'next' }, { name: 'last' }], rows }];
}

async function lastLook({ mornings }: Pick<World, 'mornings'>, plan: MorningPlan): Promise<string> {
  const [slot, hand] = await Promise.all([mornings.last(plan.site), mornings.lastByHand(plan.site)]);
  if (hand !== undefined && hand > (slot?.at ?? 0)) return `${shown(hand, plan)} (by hand)`;
  return slot ? `${shown(slot.at, plan)} (for ${slot.time})` : 'not yet';
}

function shown(at: number, { timezone }: MorningPlan): string {
  const { date, time } = wallTime(at, timezone);
  return `${date} ${time}`;
}

function together(said: readonly Message[]): Answer {
  const worst = (['critical', 'warning', 'unknown', 'good'] as const).find((tone) =>
    said.some((each) => each.tone === tone),
  );
  const [only] = said;
  const status = worst === 'good' || worst === undefined ? 'ok' : worst;
  if (said.length === 1 && only) return { status, message: only };
  const words = say`${count(said.length, 'site')} looked at.`;
  return {
    status,
    message: message(
      worst ?? 'neutral',
      words,
      ...said.flatMap((each) => [notice(each.tone, each.summary), ...each.blocks]),
    ),
  };
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
