/**
 * A saved dump of a queue -> a snapshot.
 *
 * Rules:
 * 1. What the tool is may be left out. It is seen from the first line that only one of them prints: a dump may begin with
 *    half a line, or with a banner.
 * 2. A line of more than four million octets is counted as malformed and never held.
 * 3. That a queue is empty is only believed where nothing is there, or the tool says so in its own words. Where nothing is
 *    there it is said that a command which failed leaves as much.
 */
import { readEximListing } from '../../src/domain/queues/exim-bp.ts';
import { readExchangeObject } from '../../src/domain/queues/exchange-json.ts';
import { startFold } from '../../src/domain/queues/fold.ts';
import { cutObjects } from '../../src/domain/queues/json-objects.ts';
import type { ListingReader, ListingSink, Malformed } from '../../src/domain/queues/message.ts';
import { readOpenSmtpd } from '../../src/domain/queues/opensmtpd.ts';
import { readPostqueue } from '../../src/domain/queues/postqueue.ts';
import { readSendmail } from '../../src/domain/queues/sendmail.ts';
import type { Mta, Snapshot } from '../../src/domain/queues/snapshot.ts';
import { savedLongAgo } from '../../src/messages/age.ts';
import type { World } from '../../src/ports/world.ts';

export interface Listing {
  readonly snapshot: Snapshot;
  readonly faults: readonly Malformed[];
  /** Ids of some messages, spread over the listing. */
  readonly sample: readonly string[];
  /** Nothing could be read as what it was said to be, and it looks like this tool's. */
  readonly looksLike?: Mta;
  /** Not one line has anything in it. */
  readonly isBlank: boolean;
}

export interface ReadDump extends Listing {
  /** What is to be known beside the figures, in words. */
  readonly remarks: readonly string[];
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
  const listing = refuseOwn(world.files.lines(path, LONGEST_LINE), path);
  const read = await readListing(listing, mta, server, at, progress);
  const old = savedLongAgo('The listing', at, world.clock.now());
  return { ...read, remarks: [...(read.isBlank ? [NOTHING_THERE] : []), ...(old === undefined ? [] : [old])] };
}

const NOTHING_THERE =
  'There is nothing in the listing. postqueue -j and exim -bp print nothing where a queue is empty, but a command that failed leaves nothing either: make sure that it ran.';

/** What tq itself has printed is no listing; read as one it would be nothing but lines that can't be read. */
async function* refuseOwn(
  listing: AsyncIterable<readonly (string | undefined)[]>,
  path: string,
): AsyncGenerator<readonly (string | undefined)[]> {
  let begun = false;
  for await (const lines of listing) {
    const own = begun
      ? undefined
      : /^\uFEFF?\s*\{\s*"schema"\s*:\s*"(tourniquet\.[a-z]+\/\d+)"/.exec(lines.join('\n').slice(0, 1000))?.[1];
    if (own !== undefined)
      throw new Error(
        `${path} is what tq itself has printed (${own}), no listing of a mail server. Hand it to tq triage ${own.includes('check') ? '--listings' : own.includes('evidence') ? '--evidence' : '--queue'}.`,
      );
    begun = true;
    yield lines;
  }
}

/** Folds a listing as it comes. `at`: when it was taken, milliseconds since 1970 UTC. */
export async function readListing(
  listing: AsyncIterable<readonly (string | undefined)[]>,
  mta: Mta | undefined,
  server: string,
  at: number,
  progress: (lines: number) => void,
): Promise<Listing> {
  const taken = Math.floor(at / 1000);
  const fold = startFold(taken);
  let number = 0;
  let current = '';
  let isBlank = true;
  const sink: ListingSink = {
    message: (message) => fold.message(message),
    malformed: ({ why }) => fold.malformed({ line: number, why: SAID.test(current) ? JUST_SAID : why }),
  };
  let reader: ListingReader | undefined;
  let tool = mta;
  let looksLike: Mta | undefined;
  let looked = 0;
  /** What came before the tool was known. */
  let early: string[] = [];
  const begin = (known: Mta): ListingReader => {
    const begun = openReader(known, sink, taken);
    const now = number;
    number -= early.length;
    for (const line of early) {
      number += 1;
      current = line;
      begun.feed(line);
    }
    number = now;
    early = [];
    return begun;
  };
  for await (const lines of listing) {
    for (const line of lines) {
      number += 1;
      if (line === undefined) {
        isBlank = false;
        fold.malformed({ line: number, why: `it has more than ${LONGEST_LINE} octets` });
        continue;
      }
      isBlank &&= line.trim() === '';
      current = line;
      if (isEmptyWords(line, tool)) continue;
      if (mta !== undefined && looksLike === undefined && looked < UNDECIDED_LINES) {
        looked += 1;
        looksLike = toolOf(line);
      }
      if (!reader) {
        tool ??= toolOf(line);
        early.push(line);
        if (tool !== undefined || early.length >= UNDECIDED_LINES || line.length > LONG_LINE)
          reader = begin((tool ??= guessOf(early)));
      } else reader.feed(line);
    }
    progress(number);
  }
  if (!reader && early.some((line) => line.trim() !== '')) reader = begin((tool ??= guessOf(early)));
  reader?.end();
  const snapshot = fold.snapshot(server, tool ?? 'postfix');
  const isOther = snapshot.messages === 0 && snapshot.malformed > 0 && looksLike !== undefined && looksLike !== mta;
  const told = isOther && looksLike ? { looksLike } : {};
  return { snapshot, faults: fold.faults, sample: fold.sample(), ...told, isBlank };
}

/** What a shell or the tool itself says when it can't do what it is asked. */
const SAID = /^\S*(?:sudo|su|sh|ssh|postqueue|exim4?|exipick|mailq|sendmail|smtpctl|Get-\w+)\s*(?:\[\d+\])?: /i;
const JUST_SAID = 'it is what the command said, and no listing: look at what it says, and run it again';

/** Lines that are kept until one tells the tool. */
const UNDECIDED_LINES = 40;
const LONG_LINE = 100_000;

/** What a tool says of an empty queue: Postfix and Sendmail in words, PowerShell's JSON as null. */
function isEmptyWords(line: string, tool: Mta | undefined): boolean {
  if (line.trim() === 'null') return tool === undefined || tool === 'exchange';
  return /^\s*(?:Mail queue is empty|\/\S+ is empty|Total requests: 0)\s*$/.test(line);
}

/** Which tool printed this line; undefined where several may have. */
function toolOf(line: string): Mta | undefined {
  const text = line.replace(/^\u{FEFF}/u, '').trim();
  if (/^[0-9a-f]{16}\|/.test(text)) return 'opensmtpd';
  if (/^-----Q-ID-----|\(\d+ requests?\)$/.test(text)) return 'sendmail';
  if (/^\{.*"(?:queue_id|queue_name)"/.test(text) || text.startsWith('-Queue ID-')) return 'postfix';
  if (/^[[{]\s*$|^\[\s*[{\]]|^"?[[{].*"(?:Identity|FromAddress|DateReceived|recipients|received)"/.test(text))
    return 'exchange';
  if (/^\d+[smhdw]\s.*<.*>|^[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} From: </.test(text)) return 'exim';
  return undefined;
}

/** No line told it: what the first ones look like most. */
function guessOf(lines: readonly string[]): Mta {
  return lines.some((line) => /^\s*[[{]/.test(line)) ? 'postfix' : 'exim';
}

function openReader(tool: Mta, fold: ListingSink, now: number): ListingReader {
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

function openExchange(fold: ListingSink): ListingReader {
  const cutter = cutObjects((text) => {
    const value = text === undefined ? undefined : parse(text);
    if (value === undefined) fold.malformed({ line: 0, why: 'it is not a whole JSON object' });
    else readExchangeObject(value, 0, fold);
  });
  return {
    feed: (line) => {
      if (cutter.feed(line) === 'stray') fold.malformed({ line: 0, why: 'it is no JSON of Exchange’s messages' });
    },
    end: () => {
      if (cutter.end()) fold.malformed({ line: 0, why: 'it is not a whole JSON object' });
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
