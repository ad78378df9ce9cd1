/** `open`, `ack`, `note`, `assign`: what people write into an incident. */
import { readArguments } from '../../src/commands/parse.ts';
import { ackSpec, assignSpec, noteSpec, openSpec } from '../../src/commands/specs/incidents.ts';
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import { LONGEST_LINE } from '../../src/commands/words.ts';
import { nearestWord } from '../../src/domain/nearest.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { sayIncident } from '../../src/messages/incident.ts';
import { actions, button, message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob, CommandRequest } from '../answer.ts';
import { whoIs } from '../measures/who.ts';
import { changeIncident } from './change.ts';
import type { Changed } from './change.ts';
import { tellIncident } from './tell.ts';
import type { TellingIncident } from './tell.ts';
import type { Seen, Viewing } from './view.ts';
import { openIncidents, viewIncident } from './view.ts';
import { verdictEvent } from './verdict.ts';
import { isBound, whichIncident } from './which.ts';

type Writing = TellingIncident & Pick<World, 'clock' | 'people'>;

/** A house without any site has this one. */
const NO_SITE = 'here';

const MOST_NAMED = 12;

/** A verdict older than this is found anew, in milliseconds. */
const FRESH_MS = 15 * 60_000;

export const runOpen: CommandJob<keyof Writing | 'evidence' | 'holds'> = async (request, world) => {
  const args = readArguments(openSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const [first, ...rest] = args.value.words;
  const { names } = world.sites;
  const named = names.find((name) => name === first?.toLowerCase());
  const site = named ?? (names.length === 1 ? names[0] : names.length === 0 ? NO_SITE : undefined);
  if (site === undefined) return refused('there are several sites', `say open SITE, one of ${names.join(', ')}`);
  const title = (named === undefined ? args.value.words : rest).join(' ').trim();
  const at = world.clock.now();
  const key = `said/${request.id}`;
  const isHere = ({ incident }: Seen): boolean => incident.site === site && isBound(incident, request.conversation);
  const already = (await openIncidents(world)).find((each) => each.incident.key !== key && isHere(each));
  if (already && title === '') return openAlready(already);
  const events: IncidentEvent[] = [
    {
      kind: 'opened',
      at,
      key,
      by: whoIs(world, request.actor),
      site,
      title: foreign(title === '' ? 'something is wrong with mail' : title, 120),
    },
    ...boundHere(request, at),
    ...(await foundAlready(site, at, world)),
  ];
  const { surface, id } = request.conversation;
  const order: OpeningOrder =
    title === ''
      ? { name: `open/${site}/${surface}/${id}`, isIts: (each) => each.incident.key === key || isHere(each) }
      : { name: key, isIts: (each) => each.incident.key === key };
  const number = await beginOnce(world, order, events);
  const seen = await viewIncident(world, number);
  if (seen && seen.incident.key !== key) return openAlready(seen);
  await tellIncident(world, number);
  const verdict = seen?.incident.verdict;
  const ending = verdict ? say`, with what was seen just now: ${verdict.said}` : '; what is said here belongs to it.';
  return spoken(request, seen, say`Incident ${number} is open${ending}`);
};

interface OpeningOrder {
  /** Under one name one incident is opened at a time. */
  readonly name: string;
  /** It has been opened already. */
  readonly isIts: (seen: Seen) => boolean;
}

/**
 * The same order delivered twice, also at once or after a death half way, opens one incident; so do two people who press
 * the same button at once.
 */
async function beginOnce(
  world: Viewing & Pick<World, 'holds'>,
  { name, isIts }: OpeningOrder,
  events: readonly IncidentEvent[],
): Promise<number> {
  const mine = await world.incidents.reserve();
  const number = await world.holds.take(name, mine);
  const before = (await openIncidents(world)).find(isIts)?.incident.number;
  if (before === undefined && (await world.incidents.read(number)).version === 0)
    await world.incidents.begin(events, number);
  await world.holds.free(name, number);
  return before ?? number;
}

/** Two presses on the same button, or the same words again after an answer that was lost, are one incident. */
function openAlready({ incident }: Seen): Answer {
  const { number, site } = incident;
  const words = say`Incident ${number} is open for ${site} already. For another one say open ${site} and what it is about.`;
  const next = actions(button('What is next', `next --incident ${number}`, 'primary'));
  return { status: 'refused', message: message('neutral', words, notice('neutral', words), next) };
}

/** Whoever opens an incident has mostly just heard the verdict: what was seen then counts, and isn't asked for again. */
async function foundAlready(
  site: string,
  now: number,
  { evidence }: Pick<World, 'evidence'>,
): Promise<readonly IncidentEvent[]> {
  const last = await evidence.latest(site, now).catch(() => undefined);
  if (!last || now - last.at > FRESH_MS) return [];
  const diagnosis = diagnose(last.evidence);
  return diagnosis.verdict === 'healthy' ? [] : [verdictEvent(last.evidence, diagnosis, last.at)];
}

export const runAck: CommandJob<keyof Writing> = async (request, world) => {
  const args = readArguments(ackSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const which = await whichIncident(request, world, args.value.incident);
  if (which.kind === 'asked') return which.answer;
  const by = whoIs(world, request.actor);
  const at = world.clock.now();
  const { text } = args.value;
  const beside: readonly IncidentEvent[] =
    text === undefined ? [] : [{ kind: 'noted', at, by, text: foreign(text, 1000) }];
  const changed = await changeIncident<Phrase>(world, which.seen.incident.number, ({ incident }) => {
    const { number, acknowledgedBy, askedAt } = incident;
    if (incident.state === 'closed')
      return { events: [], result: say`Incident ${number} is closed${byWhom(incident.closedBy?.shown)}.` };
    if (acknowledgedBy?.person === by.person && askedAt === undefined)
      return { events: beside, result: say`You have incident ${number} already.` };
    const before = acknowledgedBy && acknowledgedBy.person !== by.person;
    return {
      events: [{ kind: 'acknowledged', at, by }, ...beside],
      result: before
        ? say`You have incident ${number} now; ${acknowledgedBy.shown} had it before.`
        : say`You have incident ${number}; nobody else is called.`,
    };
  });
  return told(request, world, changed);
};

export const runNote: CommandJob<keyof Writing> = async (request, world) => {
  const args = readArguments(noteSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const which = await whichIncident(request, world, args.value.incident, 'closed-too');
  if (which.kind === 'asked') return which.answer;
  const { number } = which.seen.incident;
  const changed = await changeIncident<Phrase>(world, number, () => ({
    events: [
      {
        kind: 'noted',
        at: world.clock.now(),
        by: whoIs(world, request.actor),
        text: foreign(args.value.text, LONGEST_LINE),
      },
    ],
    result: say`Noted in incident ${number}.`,
  }));
  return told(request, world, changed);
};

export const runAssign: CommandJob<keyof Writing> = async (request, world) => {
  const args = readArguments(assignSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const which = await whichIncident(request, world, args.value.incident);
  if (which.kind === 'asked') return which.answer;
  const by = whoIs(world, request.actor);
  const to = args.value.person === 'me' ? by.person : knownAs(args.value.person, world);
  if (typeof to !== 'string') return refused(to.why, to.remedy);
  const changed = await changeIncident<Phrase>(world, which.seen.incident.number, ({ incident }) =>
    incident.state === 'closed' || incident.owner === to
      ? {
          events: [],
          result:
            incident.state === 'closed'
              ? say`Incident ${incident.number} is closed${byWhom(incident.closedBy?.shown)}.`
              : say`Incident ${incident.number} is ${foreign(to, 80)}’s already.`,
        }
      : {
          events: [{ kind: 'assigned', at: world.clock.now(), by, to }],
          result: say`Incident ${incident.number} is ${foreign(to, 80)}’s.`,
        },
  );
  return told(request, world, changed);
};

/** A slip of the pen must not leave an incident with nobody, while everybody reads that somebody has it. */
function knownAs(
  said: string,
  { people: { names = [] } }: Writing,
): string | { readonly why: string; readonly remedy: string } {
  if (names.length === 0) return said;
  const known = names.find((name) => name.toLowerCase() === said.toLowerCase());
  if (known !== undefined) return known;
  const nearest = nearestWord(said, names);
  return {
    why: `nobody under people in tourniquet.yaml is called ${JSON.stringify(said)}`,
    remedy: `${nearest === undefined ? `say one of ${names.slice(0, MOST_NAMED).join(', ')}` : `did you mean ${nearest}?`}; whoever is here may say assign me`,
  };
}

/** The event that makes this conversation follow the incident; none for a shell, which is gone when it has answered. */
export function boundHere(request: CommandRequest, at: number): readonly IncidentEvent[] {
  const { surface, id, reference } = request.conversation;
  if (surface === 'shell') return [];
  return [{ kind: 'bound', at, surface, conversation: id, ...(reference !== undefined && { reference }) }];
}

async function told(request: CommandRequest, world: Writing, changed: Changed<Phrase> | undefined): Promise<Answer> {
  if (!changed) return refused('that incident is gone', 'say incidents for those there are');
  await tellIncident(world, changed.seen.incident.number);
  return spoken(request, changed.seen, changed.result);
}

/** One line where the headline stands in this chat; the whole of it in a shell. */
function spoken(request: CommandRequest, seen: Seen | undefined, words: Phrase): Answer {
  const line = message('good', words, notice('good', words));
  const whole = request.conversation.surface === 'shell' && seen ? sayIncident(seen).blocks : [];
  return {
    status: 'ok',
    message: { ...line, blocks: [...line.blocks, ...whole] },
    ...(seen && { data: incidentJson(seen) }),
  };
}

export function incidentJson({ incident, measures, playbook }: Seen) {
  return {
    schema: 'tourniquet.incident/1',
    number: incident.number,
    state: incident.state,
    site: incident.site,
    title: incident.title.foreign,
    openedAt: new Date(incident.openedAt).toISOString(),
    ...(incident.acknowledgedBy && { acknowledgedBy: incident.acknowledgedBy.person }),
    ...(incident.owner !== undefined && { owner: incident.owner }),
    ...(incident.verdict && { verdict: incident.verdict.verdict, confidence: incident.verdict.confidence }),
    playbook: playbook.playbook.id,
    measures: measures.map(({ number, state, order }) => ({ number, state, kind: order.kind })),
    ...(incident.closedAt !== undefined && { closedAt: new Date(incident.closedAt).toISOString() }),
  };
}

function byWhom(shown: Phrase[number] | undefined): Phrase {
  return shown === undefined ? [] : [' by ', shown];
}

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
