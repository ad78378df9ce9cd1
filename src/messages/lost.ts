/** What is told elsewhere, when a chat can't be reached or can't take a message. */
import { foreign, plain, say } from '../domain/foreign.ts';
import type { Utterance } from '../ports/conversation.ts';
import { message, notice, text } from './message.ts';
import type { Message } from './message.ts';

export function sayLost(utterance: Utterance, why: string): Message {
  const where = utterance.conversation.surface;
  return message(
    'warning',
    say`A message could not be delivered in ${where}: ${foreign(why, 300)}`,
    text(say`It said: ${foreign(plain(utterance.message.summary), 400)}`),
  );
}

export function sayReachability(name: string, reachable: boolean, why: string): Message {
  if (reachable) return message('good', `${name} can be reached again; what waited is being delivered.`);
  const words = say`${name} can’t be reached (${foreign(why, 200)}). What is to be said there waits, in order; go on here.`;
  return message('warning', words, notice('warning', words));
}
