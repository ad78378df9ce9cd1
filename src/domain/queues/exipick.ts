/**
 * `exipick -b --show-vars=…` (exipick(8)): one line per message, with exact size and time where `exim -bp` has ages only.
 *
 *   1xW1VK-000012-1H From: <a@b.example> To: c@d.example;e@f.example Vars: message_size='286';received_time='…';…
 *
 * The variables that nobody outside writes come first, so that an address with quotation marks can't stand in for them.
 */
import type { QueuedMessage } from './message.ts';

export const EXIPICK_VARS = 'message_size,received_time,deliver_freeze';

const LINE =
  /^([0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})) From: <(.*?)> To: (.*) Vars: message_size='(\d*)';received_time='(\d+)';deliver_freeze='(\d*)'$/;

/** The message of a line, or undefined where it is none of exipick's. `named`: the queue that is listed, where it has a name. */
export function readExipickLine(line: string, named?: string): QueuedMessage | undefined {
  const [, id, sender = '', to = '', size, received, frozen] = LINE.exec(line) ?? [];
  if (id === undefined) return undefined;
  return {
    id,
    queue: eximQueue(named, frozen !== undefined && frozen !== '' && frozen !== '0'),
    arrival: Number(received),
    bytes: Number(size),
    sender,
    recipients: to
      .split(';')
      .filter((address) => address !== '')
      .map((address) => ({ address })),
  };
}

/** Exim's own queue has no name: what is in it waits or is frozen. */
export function eximQueue(named: string | undefined, isFrozen: boolean): string {
  if (named === undefined) return isFrozen ? 'frozen' : 'queued';
  return isFrozen ? `${named}, frozen` : named;
}
