/** `close`: refused while something of the incident is in force that nobody chose to keep, or may still come into force. */
import { readArguments } from '../../src/commands/parse.ts';
import { closeSpec } from '../../src/commands/specs/incidents.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { stateInWords } from '../../src/domain/measures/decision.ts';
import { isOpen } from '../../src/domain/measures/record.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import { isFinished, viewSteps } from '../../src/domain/playbook/state.ts';
import { orderInWords } from '../../src/messages/measure.ts';
import { leftButtons } from '../../src/messages/incident.ts';
import { actions, button, message, notice, text } from '../../src/messages/message.ts';
import type { Block, Button } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob } from '../answer.ts';
import { whoIs } from '../measures/who.ts';
import { changeIncident } from './change.ts';
import type { Decided } from './change.ts';
import { incidentJson } from './open.ts';
import { reportOf } from './report.ts';
import { conversationsOf, headlineKey, tellIncident } from './tell.ts';
import type { TellingIncident } from './tell.ts';
import type { Seen } from './view.ts';
import { whichIncident } from './which.ts';

type Closing = TellingIncident & Pick<World, 'clock' | 'people'>;

type Outcome =
  | { readonly kind: 'closed'; readonly words: Phrase; readonly justNow: boolean }
  | { readonly kind: 'stays'; readonly words: Phrase; readonly buttons: readonly Button[] };

/** A step that was taken up this recently may be about to propose a measure, in milliseconds. */
const JUST_BEGUN_MS = 10_000;

export const runClose: CommandJob<keyof Closing> = async (request, world) => {
  const args = readArguments(closeSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const which = await whichIncident(request, world, args.value.incident);
  if (which.kind === 'asked') return which.answer;
  const { number } = which.seen.incident;
  const by = whoIs(world, request.actor);
  const { reason } = args.value;
  const at = world.clock.now();
  const changed = await changeIncident<Outcome>(world, number, (seen) => {
    const stays = staysOpen(seen, at);
    if (stays) return stays;
    const why = reason === undefined ? {} : { reason: foreign(reason, 400) };
    return {
      events: [{ kind: 'closed', at, by, ...why }],
      result: {
        kind: 'closed',
        words: say`Incident ${number} is closed. Nothing of it is in force that nobody chose to keep.`,
        justNow: true,
      },
    };
  });
  if (!changed) return { status: 'refused', message: sayRefused('that incident is gone', 'say incidents') };
  // A paging service that was used is told that it is over; the tick settles it then.
  const { state, pages } = changed.seen.incident;
  if (state === 'closed' && pages.length === 0) await world.incidents.settle(number);
  await tellIncident(world, number);
  if (changed.result.kind === 'closed' && changed.result.justNow) await postReport(world, changed.seen);
  return answer(changed.result, changed.seen);
};

/** Beneath the headline, as a document; a terminal prints it when it is asked for. Never throws: `report` has it always. */
async function postReport(world: Closing, seen: Seen): Promise<void> {
  const { number } = seen.incident;
  const words = say`The report of incident ${number}.`;
  const places = conversationsOf(seen.incident).filter(({ surface }) => surface !== 'terminal');
  if (places.length === 0) return;
  const file = await reportOf(world, seen).catch(() => undefined);
  if (!file) return;
  const said = { key: headlineKey(number), message: message('neutral', words), loud: true as const, file };
  await Promise.all(places.map((conversation) => world.outbox.put({ ...said, conversation }).catch(() => {})));
}

function staysOpen({ incident, measures, playbook }: Seen, now: number): Decided<Outcome> | undefined {
  const { number } = incident;
  const stays = (words: Phrase, ...buttons: readonly Button[]): Decided<Outcome> => ({
    events: [],
    result: { kind: 'stays', words, buttons },
  });
  if (incident.state === 'closed') {
    const by = incident.closedBy ? say` by ${incident.closedBy.shown}` : [];
    const words = say`Incident ${number} is closed already${by}.`;
    return { events: [], result: { kind: 'closed', words, justNow: false } };
  }
  const open = measures.filter((record) => isOpen(record) && record.kept === undefined);
  if (open.length > 0)
    return stays(
      say`Incident ${number} stays open: ${listed(open)}. Take it back, or say keep N and why.`,
      ...open.flatMap(buttonsOf),
    );
  const begun = viewSteps(playbook).find(
    ({ step, mark }) => step.does.kind === 'measure' && mark?.outcome === 'begun' && now - mark.at < JUST_BEGUN_MS,
  );
  if (begun?.mark)
    return stays(say`Incident ${number} stays open: ${begun.mark.by.shown} has just taken up ${begun.step.title}.`);
  return undefined;
}

/** Closing is free; that a machine was never wiped is not forgotten for it. */
function left({ playbook }: Seen): readonly Block[] {
  const titles = viewSteps(playbook).flatMap(({ step, status }) => (isFinished(status) ? [] : [step.title]));
  if (titles.length === 0) return [];
  return [text(say`Not done: ${foreign(titles.join('; '), 600)}.`)];
}

function listed(open: readonly MeasureRecord[]): Phrase {
  return open.flatMap((record, index) => {
    const state = record.state === 'proposed' ? 'asks for approval' : `is ${stateInWords(record)}`;
    return [index === 0 ? '' : '; ', ...say`measure ${record.number} (${orderInWords(record.order)}) ${state}`];
  });
}

function buttonsOf(record: MeasureRecord): readonly Button[] {
  if (record.state === 'proposed' || record.state === 'approved')
    return [button(`Deny ${record.number}`, `deny ${record.number}`)];
  return leftButtons(record);
}

function answer(outcome: Outcome, seen: Seen): Answer {
  switch (outcome.kind) {
    case 'closed':
      return {
        status: 'ok',
        message: message(
          'good',
          outcome.words,
          notice('good', outcome.words),
          ...left(seen),
          actions(button('Report', `report ${seen.incident.number}`)),
        ),
        data: incidentJson(seen),
      };
    case 'stays':
      return {
        status: 'warning',
        message: message('warning', outcome.words, notice('warning', outcome.words), actions(...outcome.buttons)),
        about: seen.incident.number,
        data: incidentJson(seen),
      };
    default:
      return outcome satisfies never;
  }
}
