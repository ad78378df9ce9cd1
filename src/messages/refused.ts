import { say } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import { message, notice } from './message.ts';
import type { Message } from './message.ts';

/** A call that can't be carried out as it was said: what is wrong with it, and what to do (empty: `why` says it). `rule`: the one that refuses. */
export function sayRefused(why: string, remedy: string, rule?: string): Message {
  const ended = /[.?!]$/.test(why.trim());
  const named = rule === undefined ? '' : ` (rule: ${rule})`;
  const then = remedy === '' ? [] : say`${ended ? ' ' : '; '}${worded(ended ? capital(remedy) : remedy, 400)}`;
  const words = say`${worded(why.trim(), 2000)}${then}${named}`;
  return message('unknown', words, notice('unknown', words));
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
