/**
 * What is said in the console's rooms: kept in the data folder, handed to the pages that look.
 *
 * Rules:
 * 1. An entry has a number that only grows; a later version of the same entry takes its place on every page.
 * 2. Each room keeps its newest 300 entries; a page that comes (again) is given all of them first.
 * 3. What is kept is the message, not its HTML: a newer version of the product shows it in its own way.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../../../src/messages/message.ts';

export interface Entry {
  readonly number: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly body: EntryBody;
}

export type EntryBody =
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: Message;
      readonly file?: { readonly name: string; readonly text: string };
    }
  | { readonly kind: 'person'; readonly who: string; readonly words: string };

export type RoomListener = (entry: Entry) => void;

export interface Rooms {
  /** The room's entries, oldest first. */
  entries(room: string): readonly Entry[];
  /** Adds one, or puts it in the place of `number`. Returns its number. */
  put(room: string, at: number, body: EntryBody, number?: number): number;
  /** Returns what ends the listening. */
  listen(room: string, listener: RoomListener): () => void;
}

const MOST = 300;
/** Lines of a room's file before it is written anew with what is kept. */
const MOST_LINES = 2000;

const ROOM = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The name of a room, from outside; undefined: it is none. */
export function parseRoom(text: string): string | undefined {
  return ROOM.test(text) ? text : undefined;
}

export function openRooms(folder: string): Rooms {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const rooms = new Map<string, Room>();
  const find = (name: string): Room => {
    const known = rooms.get(name);
    if (known) return known;
    const made = readRoom(join(folder, `${name}.jsonl`));
    rooms.set(name, made);
    return made;
  };
  return {
    entries: (name) => [...find(name).entries.values()],
    put(name, at, body, number) {
      const room = find(name);
      const entry = { number: number ?? room.next, at, body };
      room.next = Math.max(room.next, entry.number + 1);
      room.entries.set(entry.number, entry);
      const [oldest] = room.entries.keys();
      if (room.entries.size > MOST && oldest !== undefined) room.entries.delete(oldest);
      keep(room, entry);
      for (const listener of room.listeners) listener(entry);
      return entry.number;
    },
    listen(name, listener) {
      const { listeners } = find(name);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

interface Room {
  readonly file: string;
  readonly entries: Map<number, Entry>;
  readonly listeners: Set<RoomListener>;
  next: number;
  lines: number;
}

function readRoom(file: string): Room {
  const entries = new Map<number, Entry>();
  let lines = 0;
  let next = 1;
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const line of kept.split('\n')) {
    const entry = line === '' ? undefined : readEntry(line);
    if (!entry) continue;
    lines += 1;
    next = Math.max(next, entry.number + 1);
    entries.set(entry.number, entry);
  }
  for (const number of [...entries.keys()].slice(0, Math.max(0, entries.size - MOST))) entries.delete(number);
  // A half line at the end would spoil the next: then the file is written anew.
  const isWhole = kept === '' || kept.endsWith('\n');
  return { file, entries, listeners: new Set(), next, lines: isWhole ? lines : MOST_LINES };
}

/** The last line may be half written: it is passed over, and said anew by the outbox. */
function readEntry(line: string): Entry | undefined {
  try {
    const entry: Entry = JSON.parse(line);
    return entry;
  } catch {
    return undefined;
  }
}

function keep(room: Room, entry: Entry): void {
  room.lines += 1;
  if (room.lines > MOST_LINES) {
    const lines = [...room.entries.values()].map((each) => JSON.stringify(each));
    writeFileSync(room.file, `${lines.join('\n')}\n`, { mode: 0o600 });
    room.lines = lines.length;
    return;
  }
  appendFileSync(room.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
}
