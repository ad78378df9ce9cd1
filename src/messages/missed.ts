/** What happened elsewhere while a chat could not be reached. */
import { say } from '../domain/foreign.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import type { TimelineEntry } from './timeline.ts';

export function sayMissed(
  name: string,
  { since, until }: { readonly since: number; readonly until: number },
  missed: readonly TimelineEntry[],
): Message {
  const words = say`While ${name} could not be reached (${clock(since)} to ${clock(until)} UTC) this happened elsewhere:`;
  return message('neutral', words, {
    kind: 'table',
    columns: [{ name: 'UTC' }, { name: 'what' }],
    rows: missed.map((entry) => [[clock(entry.at)], entry.words]),
  });
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
