/** What is said to those who are called, and about the calling. */
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { actions, button, message, notice } from './message.ts';
import type { Button, Message } from './message.ts';

export function sayCall(incident: Incident, people: readonly string[], round: number): Message {
  const names = people.map((name) => name.replace(/^group:/, ''));
  const who = names.length === 0 ? say`nobody on duty` : say`${foreign(names.join(', '), 200)}`;
  const again = round === 0 ? '' : ' again';
  const words = say`${who}: incident ${incident.number} at ${incident.site} needs somebody${again}: ${incident.calledFor ?? incident.title}`;
  return { ...message('critical', words, notice('critical', words), actions(...answers(incident))), calls: people };
}

/** Calls whom the message calls once more, in one line; undefined where it calls nobody. */
export function sayCalled({ calls = [], tone, summary }: Message): Message | undefined {
  if (calls.length === 0) return undefined;
  const names = calls.map((name) => name.replace(/^group:/, ''));
  return { ...message(tone, [foreign(names.join(', '), 200), ': ', ...summary]), calls };
}

export function sayStillOnIt(incident: Incident, minutes: number): Message {
  const who = incident.acknowledgedBy?.shown ?? foreign('whoever has it');
  const words = say`${who}: still on incident ${incident.number}? Nothing was heard for a while. Without an answer within ${minutes} min others are called.`;
  const asked = message(
    'warning',
    words,
    notice('warning', words),
    actions({ ...button('Still on it', `ack ${incident.number}`), style: 'primary' }),
  );
  const person = incident.acknowledgedBy?.person;
  return { ...asked, ...(person !== undefined && { calls: [person] }) };
}

export function sayStale(incident: Incident): Message {
  const words = say`Nobody answered whether they still have incident ${incident.number}; people are called again.`;
  return message('critical', words, notice('critical', words), actions(...answers(incident)));
}

export function sayPageFailed(number: number, pager: string, why: string, instead: string | undefined): Message {
  const next = instead === undefined ? 'there is no other way to page' : `${instead} is tried instead`;
  const words = say`Paging for incident ${number} by ${pager} failed: ${foreign(why, 300)}; ${next}.`;
  return message('critical', words, notice('critical', words));
}

export function sayNobodyLeft(incident: Incident): Message {
  const words = say`Everybody was called about incident ${incident.number}, and nobody has it. The chain is at its end; it stays open.`;
  return message('critical', words, notice('critical', words), actions(...answers(incident)));
}

/** The one line that a paging service is given. */
export function pageLine(incident: Incident): Phrase {
  const verdict = incident.verdict ? say` (${incident.verdict.verdict})` : '';
  const why = incident.calledFor ? say`${incident.calledFor}; ` : [];
  return say`Incident ${incident.number} at ${incident.site}: ${why}${incident.title}${verdict}`;
}

function answers(incident: Incident): readonly Button[] {
  return [button('I have it', `ack ${incident.number}`, 'primary'), button('Show it', `incident ${incident.number}`)];
}
