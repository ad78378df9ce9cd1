/**
 * The console: a page on the LAN that drives the same incidents as the chats, for when they are cut off.
 *
 * Owns: a server of its own, who may enter, what its rooms show. Does not own: what a command does, who may say it.
 * Rules:
 * 1. What a person says is shown in the room to everybody there, as in any chat.
 * 2. What is handed in twice under one id is heard once (the page tries again where no answer came).
 * 3. It needs nothing from outside the machine.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { foreign } from '../../../src/domain/foreign.ts';
import type { Message } from '../../../src/messages/message.ts';
import type { Conversation, Gateway, Heard, Surface, Utterance } from '../../../src/ports/conversation.ts';
import { addressFile } from './address.ts';
import { openPasses } from './passes.ts';
import { openRooms } from './rooms.ts';
import type { Rooms } from './rooms.ts';
import type { FromPage } from './said.ts';
import { PATH, makeConsoleServer } from './server.ts';

export interface ConsolePlan {
  /** Names this console among those over one Redis: small letters and digits. */
  readonly id: string;
  readonly dataFolder: string;
  /** Signs links and sessions. */
  readonly key: Buffer;
  readonly host: string;
  /** 0, or one that is taken: any free one. */
  readonly port: number;
  /** The name by which it is reached, where it isn't this machine's. */
  readonly name?: string;
  readonly commands: readonly string[];
  readonly gateway: Gateway;
  readonly now: () => number;
  readonly firstTime: (id: string) => Promise<boolean>;
  board(): Promise<Message>;
}

export interface RunningConsole {
  readonly surface: Surface;
  /** Where it is reached, such as http://127.0.0.1:3980/console */
  readonly address: string;
  /** The conversation of a room, for what is said without being asked. */
  conversation(room: string): Conversation;
  close(): Promise<void>;
}

/** Answers that are kept for pages that did not get them. */
const MOST_ANSWERS = 300;

export async function openConsole(plan: ConsolePlan): Promise<RunningConsole> {
  const rooms = openRooms(join(plan.dataFolder, 'console'));
  const conversation = (room: string): Conversation => ({ surface: 'web', id: `${plan.id}/${room}` });
  const server = makeConsoleServer({
    passes: openPasses(plan.key),
    rooms,
    now: plan.now,
    firstUse: makeFirstUse(plan),
    commands: plan.commands,
    host: plan.name ?? plan.host,
    board: () => plan.board(),
    hear: once((who, said) => hear(who, said, plan, rooms, conversation(said.room))),
  });
  await listen(server, plan.port, plan.host).catch(() => listen(server, 0, plan.host));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : plan.port;
  const address = `http://${shownHost(plan)}:${port}${PATH}`;
  const note = addressFile(plan.dataFolder);
  mkdirSync(plan.dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(note, `${address}\n`, { mode: 0o600 });
  return {
    address,
    conversation,
    surface: { name: 'web', deliver: async (utterance, previous) => deliver(utterance, previous, plan, rooms) },
    close: async () => {
      rmSync(note, { force: true });
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

type Hear = (who: string, said: FromPage) => Promise<Message | undefined>;

/** What is handed in again because its answer was lost gets the same answer. */
function once(hearIt: Hear): Hear {
  const answers = new Map<string, Promise<Message | undefined>>();
  return (who, said) => {
    const id = `${who} ${said.id}`;
    const known = answers.get(id);
    if (known) return known;
    const answer = hearIt(who, said).catch((error: unknown) => {
      answers.delete(id);
      throw error;
    });
    answers.set(id, answer);
    const [oldest] = answers.keys();
    if (answers.size > MOST_ANSWERS && oldest !== undefined) answers.delete(oldest);
    return answer;
  };
}

/** Over all processes; while Redis is away, in this one. */
function makeFirstUse(plan: ConsolePlan): (pass: string) => Promise<boolean> {
  const used = new Set<string>();
  return async (pass) => {
    if (used.has(pass)) return false;
    used.add(pass);
    return plan.firstTime(`console-pass-${pass}`).catch(() => true);
  };
}

async function hear(
  who: string,
  { id, said, room }: FromPage,
  plan: ConsolePlan,
  rooms: Rooms,
  conversation: Conversation,
): Promise<Message | undefined> {
  const event = `web-${plan.id}-${id}`;
  // Where Redis is away the gateway says so; the job's own id keeps a repeat from doing anything.
  if (!(await plan.firstTime(event).catch(() => true))) return undefined;
  rooms.put(room, plan.now(), {
    kind: 'person',
    who,
    words: said.kind === 'words' ? said.text : `pressed ${said.label}`,
  });
  const heard: Heard = {
    id: event,
    at: plan.now(),
    conversation,
    actor: { surface: 'web', id: who, shown: foreign(who.replace(/^terminal:/, ''), 60) },
    said:
      said.kind === 'words'
        ? said
        : {
            kind: 'pressed',
            command: said.command,
            messageKey: said.key,
            ...(said.nonce !== undefined && { nonce: said.nonce }),
          },
  };
  const result = await plan.gateway.hear(heard);
  return result.kind === 'refused' ? result.message : undefined;
}

function deliver(utterance: Utterance, previous: string | undefined, plan: ConsolePlan, rooms: Rooms): string {
  const { key, message, file } = utterance;
  const room = utterance.conversation.id.split('/')[1] ?? 'main';
  const edited = previous === undefined || utterance.loud ? undefined : Number(previous);
  const body = { kind: 'message' as const, key, message, ...(file && { file: { name: file.name, text: file.text } }) };
  return String(rooms.put(room, plan.now(), body, edited));
}

function shownHost({ host, name }: ConsolePlan): string {
  const shown = name ?? (host === '0.0.0.0' || host === '::' ? hostname() : host);
  return shown.includes(':') ? `[${shown}]` : shown;
}

function listen(server: ReturnType<typeof makeConsoleServer>, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
