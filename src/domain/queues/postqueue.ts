/**
 * `postqueue -j` (postqueue(1)): one JSON object per line, nothing at all when the queue is empty.
 *
 * It prints MAILER-DAEMON for the null sender. "Mail queue is empty", which `postqueue -p` prints, is no fault.
 */
import type { ListingReader, ListingSink, QueuedMessage } from './message.ts';

export function readPostqueue(sink: ListingSink): ListingReader {
  let number = 0;
  return {
    feed(line) {
      number += 1;
      const text = line.trim();
      if (text === '' || text === 'Mail queue is empty') return;
      const read = readLine(text);
      if (text.startsWith('-Queue ID-'))
        sink.malformed({ line: number, why: 'it is what postqueue -p prints; save postqueue -j' });
      else if (typeof read === 'string') sink.malformed({ line: number, why: read });
      else sink.message(read);
    },
    end: () => {},
  };
}

/** Wider than the ids that may go into a command (queue-id.ts): here it is only counted. */
const COUNTABLE_ID = /^(?!ALL$)[0-9A-Za-z]{1,40}$/;

function readLine(text: string): QueuedMessage | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not a whole JSON object';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not a JSON object';
  const id = textOf(value, 'queue_id');
  if (id === undefined || !COUNTABLE_ID.test(id)) return 'it has no queue id that Postfix would give';
  const arrival = numberOf(value, 'arrival_time');
  if (arrival === undefined) return 'it has no arrival time';
  const sender = textOf(value, 'sender');
  if (sender === undefined) return 'it has no sender';
  const recipients: unknown = Reflect.get(value, 'recipients');
  return {
    id,
    queue: textOf(value, 'queue_name') ?? 'unknown',
    arrival,
    bytes: Math.max(0, numberOf(value, 'message_size') ?? 0),
    sender: sender === 'MAILER-DAEMON' ? '' : sender,
    recipients: Array.isArray(recipients) ? recipients.flatMap(recipientOf) : [],
  };
}

function recipientOf(value: unknown): QueuedMessage['recipients'] {
  if (typeof value !== 'object' || value === null) return [];
  const address = textOf(value, 'address');
  if (address === undefined) return [];
  const reason = textOf(value, 'delay_reason');
  return [reason === undefined || reason === '' ? { address } : { address, reason }];
}

function textOf(value: object, key: string): string | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' ? found : undefined;
}

function numberOf(value: object, key: string): number | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
