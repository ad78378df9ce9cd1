/** One look at one door: greeting, what it can do, TLS, what it can do then, and good-bye. */
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { judgeLogins } from '../../../src/domain/exposure/door.ts';
import type { Certificate, DoorLook, DoorPlan, DoorState, OpenDoor } from '../../../src/domain/exposure/door.ts';
import type { MailDoors } from '../../../src/ports/mail-doors.ts';
import { dialFromHere, dialThrough } from './dial.ts';
import { DIALOGUES } from './dialogues.ts';
import type { Dialogue } from './dialogues.ts';
import { TalkFailed, failureOf, startTalk } from './talk.ts';

const DAY_MS = 86_400_000;

/** `through`: the ssh argv that connects to a host and port from a server's network; undefined: it is dialled from here. */
export function openMailDoors(
  through: (server: string, host: string, port: number) => readonly string[] | undefined,
): MailDoors {
  return {
    async look(host, plan, deadlineMs, via): Promise<DoorLook> {
      const until = performance.now() + deadlineMs;
      const argv = via === undefined ? undefined : through(via, host, plan.port);
      try {
        const dialled = argv === undefined ? await dialFromHere(host, plan.port, until) : dialThrough(argv);
        try {
          return { plan, state: await lookInside(host, plan, dialled.stream, dialled.sameMachine, until) };
        } finally {
          dialled.close();
        }
      } catch (error) {
        return { plan, state: stateOf(error) };
      }
    },
  };
}

function stateOf(error: unknown): DoorState {
  const failed = failureOf(error instanceof Error ? error : new Error(String(error)));
  return failed.kind === 'refused' ? { kind: 'closed' } : { kind: 'unknown', why: failed.message.slice(0, 300) };
}

async function lookInside(
  host: string,
  plan: DoorPlan,
  stream: Duplex,
  sameMachine: boolean,
  until: number,
): Promise<OpenDoor> {
  const dialogue = DIALOGUES[plan.protocol];
  const name = hostname() || 'localhost';
  if (plan.tls === 'at-once') {
    const secure = await encrypt(stream, host, until);
    const talk = startTalk(secure.socket, until);
    const greeting = await dialogue.greeting(talk);
    const encrypted = greeting.refusal === undefined ? await dialogue.capabilities(talk, name) : undefined;
    talk.send(dialogue.goodBye);
    return {
      kind: 'open',
      greeting: greeting.text,
      encryption: 'at-once',
      ...judgeLogins(plan.protocol, { clear: undefined, encrypted }, sameMachine),
      certificate: secure.certificate,
      ...(greeting.refusal !== undefined && { refusal: greeting.refusal }),
    };
  }
  return lookByCommand(host, plan, dialogue, stream, sameMachine, until, name);
}

async function lookByCommand(
  host: string,
  plan: DoorPlan,
  dialogue: Dialogue,
  stream: Duplex,
  sameMachine: boolean,
  until: number,
  name: string,
): Promise<OpenDoor> {
  const talk = startTalk(stream, until);
  const greeting = await dialogue.greeting(talk);
  const open = { kind: 'open', greeting: greeting.text } as const;
  if (greeting.refusal !== undefined)
    return { ...open, encryption: 'not-offered', loginInClear: 'unknown', login: 'unknown', refusal: greeting.refusal };
  const clear = await dialogue.capabilities(talk, name);
  if (!clear.some((line) => dialogue.offersTls(line))) {
    talk.send(dialogue.goodBye);
    return {
      ...open,
      encryption: 'not-offered',
      ...judgeLogins(plan.protocol, { clear, encrypted: undefined }, sameMachine),
    };
  }
  try {
    if (!(await dialogue.startTls(talk))) throw new TalkFailed('failed', 'it refuses the STARTTLS that it offers');
    const secure = await encrypt(talk.release(), host, until);
    const inside = startTalk(secure.socket, until);
    const encrypted = await dialogue.capabilities(inside, name);
    inside.send(dialogue.goodBye);
    return {
      ...open,
      encryption: 'offered',
      ...judgeLogins(plan.protocol, { clear, encrypted }, sameMachine),
      certificate: secure.certificate,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ...open,
      encryption: 'broken',
      ...judgeLogins(plan.protocol, { clear, encrypted: undefined }, sameMachine),
      refusal: `TLS failed: ${why.slice(0, 200)}`,
    };
  }
}

/** Any certificate is let through to be looked at; what is wrong with it is told, not hidden by a failed handshake. */
async function encrypt(
  stream: Duplex,
  host: string,
  until: number,
): Promise<{ readonly socket: TLSSocket; readonly certificate: Certificate }> {
  const socket = connect({
    socket: stream,
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    ...(isIP(host) === 0 && { servername: host }),
  });
  // It may fail once more after it was given up.
  socket.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new TalkFailed('failed', 'TLS was not agreed upon in time')),
      Math.max(1, until - performance.now()),
    );
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return { socket, certificate: certificateOf(socket, host) };
}

function certificateOf(socket: TLSSocket, host: string): Certificate {
  const shown = socket.getPeerCertificate();
  const ends = Date.parse(shown.valid_to ?? '');
  const names = isIP(host) === 0 ? checkServerIdentity(host, shown) : undefined;
  const distrust: unknown = socket.authorizationError;
  const subject: unknown = shown.subject?.CN ?? shown.subjectaltname ?? '';
  const fault = distrust instanceof Error ? distrust.message : typeof distrust === 'string' ? distrust : names?.message;
  return {
    subject: typeof subject === 'string' ? subject : '',
    daysLeft: Number.isFinite(ends) ? Math.floor((ends - Date.now()) / DAY_MS) : 0,
    ...(fault !== undefined && { fault: fault.slice(0, 200) }),
  };
}
