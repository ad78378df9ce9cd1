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
  if (arrival < 0) return 'its arrival time is negative';
  const sender = textOf(value, 'sender');
  if (sender === undefined) return 'it has no sender';
  const queue = textOf(value, 'queue_name');
  if (queue === undefined || queue === '') return 'it has no queue name';
  const bytes = numberOf(value, 'message_size');
  if (bytes === undefined || bytes < 0) return 'it has no message size';
  const listed: unknown = Reflect.get(value, 'recipients');
  const recipients = Array.isArray(listed) ? listed.map(recipientOf) : [undefined];
  if (recipients.includes(undefined)) return 'its recipients are no list of addresses';
  return {
    id,
    queue,
    arrival,
    bytes,
    sender: sender === 'MAILER-DAEMON' ? '' : sender,
    recipients: recipients.filter((each) => each !== undefined),
  };
}

function recipientOf(value: unknown): QueuedMessage['recipients'][number] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const address = textOf(value, 'address');
  if (address === undefined) return undefined;
  const reason = textOf(value, 'delay_reason');
  return reason === undefined || reason === '' ? { address } : { address, reason };
}

function textOf(value: object, key: string): string | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' ? found : undefined;
}

function numberOf(value: object, key: string): number | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
