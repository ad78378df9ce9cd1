import { foreign, say } from '../domain/foreign.ts';
import { message, notice } from './message.ts';
import type { Message } from './message.ts';

/** A call that can't be carried out as it was said: what is wrong with it, and what to do. */
export function sayRefused(why: string, remedy: string): Message {
  const words = say`${foreign(why, 2000)}; ${foreign(remedy, 400)}`;
  return message('unknown', words, notice('unknown', words));
}
