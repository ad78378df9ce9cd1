/**
 * A saved dump of a queue -> a snapshot.
 *
 * Rules: what the tool is may be left out and is seen from the first line; a line of more than four million characters
 * is counted as malformed and never held.
 */
import { readEximListing } from '../src/domain/queues/exim-bp.ts';
import { readExchangeObject } from '../src/domain/queues/exchange-json.ts';
import { startFold } from '../src/domain/queues/fold.ts';
import type { QueueFold } from '../src/domain/queues/fold.ts';
import { cutObjects } from '../src/domain/queues/json-objects.ts';
import type { ListingReader, Malformed } from '../src/domain/queues/message.ts';
import { readOpenSmtpd } from '../src/domain/queues/opensmtpd.ts';
import { readPostqueue } from '../src/domain/queues/postqueue.ts';
import { readSendmail } from '../src/domain/queues/sendmail.ts';
import type { Mta, Snapshot } from '../src/domain/queues/snapshot.ts';
import type { World } from '../src/ports/world.ts';

export interface ReadDump {
  readonly snapshot: Snapshot;
  readonly faults: readonly Malformed[];
  /** Ids of some messages, spread over the listing. */
  readonly sample: readonly string[];
}

const LONGEST_LINE = 4_000_000;

/** Throws an Error that names the file and the remedy where nothing of it can be read. */
export async function readDump(
  path: string,
  mta: Mta | undefined,
  server: string,
  world: Pick<World, 'files' | 'clock'>,
  progress: (lines: number) => void,
): Promise<ReadDump> {
  const written = (await world.files.writtenAt(path)) ?? world.clock.now();
  const at = Math.min(written, world.clock.now());
  return readListing(world.files.lines(path, LONGEST_LINE), mta, server, at, progress);
}

/** Folds a listing as it comes. `at`: when it was taken, milliseconds since 1970 UTC. */
export async function readListing(
  listing: AsyncIterable<readonly (string | undefined)[]>,
  mta: Mta | undefined,
  server: string,
  at: number,
  progress: (lines: number) => void,
): Promise<ReadDump> {
  const fold = startFold(Math.floor(at / 1000));
  let reader: ListingReader | undefined;
  let tool = mta;
  let number = 0;
  for await (const lines of listing) {
    for (const line of lines) {
      number += 1;
      if (line === undefined) {
        fold.malformed({ line: number, why: `it has more than ${LONGEST_LINE} characters` });
        continue;
      }
      if (!reader) {
        if (line.trim() === '') continue;
        tool ??= toolOf(line);
        reader = openReader(tool, fold, at / 1000);
      }
      reader.feed(line);
    }
    progress(number);
  }
  reader?.end();
  return { snapshot: fold.snapshot(server, tool ?? 'postfix'), faults: fold.faults, sample: fold.sample() };
}

/** Which tool printed it, from its first line. */
function toolOf(line: string): Mta {
  const text = line.replace(/^\u{FEFF}/u, '').trim();
  if (/^[0-9a-f]{16}\|/.test(text)) return 'opensmtpd';
  if (/^-----Q-ID-----|\(\d+ requests?\)$/.test(text)) return 'sendmail';
  if (text.startsWith('[')) return 'exchange';
  if (text.startsWith('{')) return /"(?:queue_id|queue_name)"/.test(text) ? 'postfix' : 'exchange';
  return text === 'Mail queue is empty' ? 'postfix' : 'exim';
}

function openReader(tool: Mta, fold: QueueFold, now: number): ListingReader {
  switch (tool) {
    case 'postfix':
      return readPostqueue(fold);
    case 'exim':
      return readEximListing(fold, now);
    case 'exchange':
      return openExchange(fold);
    case 'opensmtpd':
      return readOpenSmtpd(fold);
    case 'sendmail':
      return readSendmail(fold, { now, offsetMinutes: 0 });
    default:
      return tool satisfies never;
  }
}

function openExchange(fold: QueueFold): ListingReader {
  let number = 0;
  const cutter = cutObjects((text) => {
    number += 1;
    const value = text === undefined ? undefined : parse(text);
    if (value === undefined) fold.malformed({ line: number, why: 'it is not a whole JSON object' });
    else readExchangeObject(value, number, fold);
  });
  return {
    feed: (line) => cutter.feed(line),
    end: () => {
      if (cutter.end()) fold.malformed({ line: number + 1, why: 'it is not a whole JSON object' });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
