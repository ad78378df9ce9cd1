/** What is told elsewhere, when a chat can't be reached or can't take a message. */
import { say } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import type { SurfaceName, Utterance } from '../ports/conversation.ts';
import { message, notice, text } from './message.ts';
import type { Message } from './message.ts';

const NAMES: Readonly<Record<SurfaceName, string>> = {
  slack: 'Slack',
  teams: 'Teams',
  terminal: 'the terminal',
  web: 'the console',
  shell: 'the shell',
};

export function sayLost(utterance: Utterance, why: string): Message {
  const where = NAMES[utterance.conversation.surface];
  return message(
    'warning',
    say`A message could not be delivered in ${where}: ${worded(why, 300)}`,
    text(say`It said: ${utterance.message.summary}`),
  );
}

export function sayReachability(name: string, reachable: boolean, why: string): Message {
  if (reachable) return message('good', `${name} can be reached again; what waited is being delivered.`);
  const words = say`${name} can’t be reached (${worded(why, 200)}). What is to be said there waits, in order; go on here.`;
  return message('warning', words, notice('warning', words));
}
