/**
 * The console's requests.
 *
 * Rules:
 * 1. Whoever has no session sees the door and nothing else. A pass is entered by a button, so that a program that only
 *    follows links does not use it up.
 * 2. A name that isn't this console's is refused (a page elsewhere may point its own name here), and what changes
 *    anything must come from the console's own pages.
 * 3. Nothing is loaded from elsewhere and no script stands in a page (Content-Security-Policy).
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { boardHtml, doorHtml, enterHtml, entryHtml, roomHtml, staticFile } from './pages.ts';
import { SESSION_MS } from './passes.ts';
import type { Passes } from './passes.ts';
import { parseRoom } from './rooms.ts';
import type { Entry, Rooms } from './rooms.ts';
import type { Message } from '../../../src/messages/message.ts';
import { parseSaid } from './said.ts';
import type { FromPage } from './said.ts';

export interface ConsoleHouse {
  readonly passes: Passes;
  readonly rooms: Rooms;
  readonly now: () => number;
  /** True for the first who enters with this pass. */
  firstUse(pass: string): Promise<boolean>;
  /** Hands on what a person said or pressed; a message: it was refused, and why. */
  hear(who: string, said: FromPage): Promise<Message | undefined>;
  board(): Promise<Message>;
  /** Words that a line may begin with, for completion. */
  readonly commands: readonly string[];
  /** The name it is reached by, beside this machine's own names and addresses. */
  readonly host: string;
}

export const PATH = '/console';
const COOKIE = 'tq_console';
/** The largest body of a request, in bytes. */
const MOST_BODY = 64 * 1024;
/** A line that keeps a stream open through what stands between, in milliseconds. */
const HEARTBEAT_MS = 15_000;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  // With no-referrer a browser would send the Origin of a form as null.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

class Refused extends Error {
  readonly status: number;
  constructor(status: number, why: string) {
    super(why);
    this.status = status;
  }
}

export function makeConsoleServer(house: ConsoleHouse): Server {
  // A connection is kept for longer than a proxy before it keeps its own.
  return createServer(
    { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 75_000 },
    (request, response) => {
      answer(request, response, house).catch((error: unknown) => {
        const status = error instanceof Refused ? error.status : 500;
        const why = error instanceof Refused ? error.message : 'The console failed; its log says how.';
        if (!response.headersSent)
          response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
        response.end(`${why}\n`);
      });
    },
  );
}

async function answer(request: IncomingMessage, response: ServerResponse, house: ConsoleHouse): Promise<void> {
  const host = readHost(request, house.host);
  const url = new URL(request.url ?? '/', `http://${host}`);
  const who = house.passes.readSession(cookieOf(request), house.now())?.who;
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /') return redirect(response, PATH);
  const file = request.method === 'GET' ? staticFile(url.pathname) : undefined;
  if (file) return send(response, 200, file.type, file.text);
  if (route === `GET ${PATH}/enter`) return showPass(response, url.searchParams.get('pass') ?? '', house);
  if (request.method === 'POST') checkOrigin(request, host);
  if (route === `POST ${PATH}/enter`) return enter(request, response, house);
  if (who === undefined) return send(response, 401, 'text/html', doorHtml());
  switch (route) {
    case `GET ${PATH}`:
      return send(response, 200, 'text/html', roomHtml(roomOf(url), who, house.commands));
    case `GET ${PATH}/events`:
      return stream(request, response, roomOf(url), house.rooms);
    case `GET ${PATH}/board`:
      return send(response, 200, 'text/html', boardHtml(await house.board()));
    case `GET ${PATH}/file`:
      return attachment(response, roomOf(url), Number(url.searchParams.get('number')), house.rooms);
    case `POST ${PATH}/say`:
      return hear(request, response, who, house);
    case `POST ${PATH}/leave`:
      response.setHeader('set-cookie', `${COOKIE}=; Path=${PATH}; Max-Age=0; HttpOnly; SameSite=Strict`);
      return redirect(response, PATH);
    default:
      throw new Refused(404, `Nothing is here; the console is at ${PATH}.`);
  }
}

function readHost(request: IncomingMessage, own: string): string {
  const host = request.headers.host ?? '';
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (isIP(name) !== 0 || ['localhost', own.toLowerCase(), hostname().toLowerCase()].includes(name)) return host;
  throw new Refused(
    421,
    'The console is not reached by this name. Set TOURNIQUET_CONSOLE_NAME to it, or use the address.',
  );
}

/** A browser says where a request comes from; a page elsewhere can't hide it (Fetch standard, Origin header). */
function checkOrigin(request: IncomingMessage, host: string): void {
  const origin = request.headers.origin ?? '';
  if (origin !== `http://${host}` && origin !== `https://${host}`)
    throw new Refused(403, 'This did not come from the console’s own page.');
}

function cookieOf(request: IncomingMessage): string {
  const found = (request.headers.cookie ?? '').split(/;\s*/).find((each) => each.startsWith(`${COOKIE}=`));
  return found?.slice(COOKIE.length + 1) ?? '';
}

function roomOf(url: URL): string {
  const room = parseRoom(url.searchParams.get('room') ?? 'main');
  if (room === undefined) throw new Refused(400, 'A room has a name of small letters, digits and hyphens.');
  return room;
}

function showPass(response: ServerResponse, pass: string, house: ConsoleHouse): void {
  const admitted = house.passes.readPass(pass, house.now());
  if (admitted) return send(response, 200, 'text/html', enterHtml(admitted.who, pass));
  return send(response, 401, 'text/html', doorHtml('This link is no longer good: it lasts ten minutes.'));
}

async function enter(request: IncomingMessage, response: ServerResponse, house: ConsoleHouse): Promise<void> {
  const form = new URLSearchParams(await readBody(request));
  const admitted = house.passes.readPass(form.get('pass') ?? '', house.now());
  if (!admitted)
    return send(response, 401, 'text/html', doorHtml('This link is no longer good: it lasts ten minutes.'));
  if (!(await house.firstUse(admitted.id)))
    return send(response, 401, 'text/html', doorHtml('This link has been used already.'));
  const session = house.passes.makeSession(admitted.who, house.now());
  const lasts = `Max-Age=${SESSION_MS / 1000}; HttpOnly; SameSite=Strict`;
  response.setHeader('set-cookie', `${COOKIE}=${session}; Path=${PATH}; ${lasts}`);
  return redirect(response, PATH);
}

async function hear(
  request: IncomingMessage,
  response: ServerResponse,
  who: string,
  house: ConsoleHouse,
): Promise<void> {
  const said = parseSaid(await readBody(request));
  if (said.kind === 'bad') throw new Refused(400, `${said.why}; ${said.remedy}`);
  const refused = await house.hear(who, said.value);
  const body = refused ? { refused: entryHtml({ kind: 'private', message: refused }) } : {};
  send(response, 200, 'application/json', JSON.stringify(body));
}

function stream(request: IncomingMessage, response: ServerResponse, room: string, rooms: Rooms): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  const tell = (entry: Entry): void => {
    const html = entryHtml({ kind: 'entry', entry, room });
    response.write(`event: entry\ndata: ${JSON.stringify({ number: entry.number, html })}\n\n`);
  };
  const leave = rooms.listen(room, tell);
  for (const entry of rooms.entries(room)) tell(entry);
  response.write('event: whole\ndata: {}\n\n');
  const heartbeat = setInterval(() => response.write(': here\n\n'), HEARTBEAT_MS);
  request.on('close', () => {
    clearInterval(heartbeat);
    leave();
  });
}

function attachment(response: ServerResponse, room: string, number: number, rooms: Rooms): void {
  const entry = rooms.entries(room).find((each) => each.number === number);
  const file = entry?.body.kind === 'message' ? entry.body.file : undefined;
  if (!file) throw new Refused(404, 'This document is no longer here; say report and the incident’s number.');
  response.setHeader('content-disposition', `attachment; filename="${file.name.replaceAll(/[^\w.-]/g, '_')}"`);
  send(response, 200, 'text/markdown', file.text);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > MOST_BODY)
      throw new Refused(413, 'That is more than 64 kB; queue --dump FILE reads a file in the shell.');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { ...HEADERS, location: to }).end();
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8` }).end(text);
}
