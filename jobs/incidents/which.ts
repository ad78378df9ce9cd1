/**
 * Which incident is meant: the one that was named, else that of the conversation, else the only open one, else the
 * person is asked.
 */
import { lineOf } from '../../src/commands/words.ts';
import { say } from '../../src/domain/foreign.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import { actions, button, message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { Conversation } from '../../src/ports/conversation.ts';
import type { Answer, CommandRequest } from '../answer.ts';
import { headlineKey } from './tell.ts';
import { openIncidents, viewIncident } from './view.ts';
import type { Seen, Viewing } from './view.ts';

export type Which =
  | { readonly kind: 'this'; readonly seen: Seen }
  | { readonly kind: 'asked'; readonly answer: Answer };

/** How many may be offered as buttons. */
const MOST_OFFERED = 8;
/** How far back a conversation's closed incident is looked for. */
const MOST_CLOSED = 20;

/** `closedToo`: one that is over may be meant as well (a report). */
export async function whichIncident(
  request: CommandRequest,
  world: Viewing,
  named: number | undefined,
  closedToo: 'open' | 'closed-too' = 'open',
): Promise<Which> {
  if (named !== undefined) {
    const seen = await viewIncident(world, named);
    if (seen) return { kind: 'this', seen };
    return refused(`there is no incident ${named}`, 'say incidents for those there are');
  }
  const open = await openIncidents(world);
  const here = open.filter((seen) => isBound(seen.incident, request.conversation));
  const [only] = here.length > 0 ? here : open;
  if (only && (here.length === 1 || open.length === 1)) return { kind: 'this', seen: only };
  if (!only && closedToo === 'closed-too') {
    const closed = await lastClosedHere(request, world);
    if (closed) return { kind: 'this', seen: closed };
  }
  if (!only) return refused('no incident is open', 'say open to begin one');
  return { kind: 'asked', answer: ask(request, here.length > 0 ? here : open) };
}

/** The number of the incident that this conversation belongs to, if exactly one does. */
export async function incidentHere(conversation: Conversation, world: Viewing): Promise<number | undefined> {
  const here = (await openIncidents(world)).filter((seen) => isBound(seen.incident, conversation));
  return here.length === 1 ? here[0]?.incident.number : undefined;
}

/** In the conversation itself, or in the thread beneath its headline. */
export function isBound(incident: Incident, conversation: Conversation): boolean {
  if (conversation.beneath === headlineKey(incident.number)) return true;
  return incident.conversations.some(
    (each) => each.surface === conversation.surface && each.conversation === conversation.id,
  );
}

async function lastClosedHere(request: CommandRequest, world: Viewing): Promise<Seen | undefined> {
  const numbers = (await world.incidents.numbers('all')).slice(0, MOST_CLOSED);
  const seen = (await Promise.all(numbers.map((number) => viewIncident(world, number)))).filter(
    (each) => each !== undefined,
  );
  return seen.find((each) => isBound(each.incident, request.conversation)) ?? (seen.length === 1 ? seen[0] : undefined);
}

function ask(request: CommandRequest, open: readonly Seen[]): Answer {
  const words = say`Which incident? ${open.length} are open.`;
  return {
    status: 'refused',
    message: message(
      'unknown',
      words,
      notice('unknown', say`${words} Press one, or add --incident N.`),
      actions(
        ...open.slice(0, MOST_OFFERED).map(({ incident }) =>
          button(
            `${incident.number} ${incident.site}`,
            lineOf({
              ...request.command,
              options: { ...request.command.options, incident: [String(incident.number)] },
            }),
          ),
        ),
      ),
    ),
  };
}

function refused(why: string, remedy: string): Which {
  return { kind: 'asked', answer: { status: 'refused', message: sayRefused(why, remedy) } };
}
