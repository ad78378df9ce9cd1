/**
 * The way in over HTTP: a layer of our own in front of Bolt, which checks less (its window is one-sided and it takes the
 * same signed bytes twice).
 *
 * Rules:
 * 1. A body over 64 kB is refused before it is read to its end, let alone parsed.
 * 2. Signature v0 (HMAC-SHA256), time stamp within five minutes to both sides.
 * 3. Bytes whose signature was seen already end as the first time did, and nothing is done or said again.
 * 4. An event is acknowledged once it has been heard (it is durable), a command or press as soon as it is; what could not
 *    be heard is answered 503, so that Slack sends it again. A redelivery is never dropped unseen: after a restart it is
 *    the only delivery there is.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App, Receiver } from '@slack/bolt';
import type { Clock } from '../../../src/ports/clock.ts';
import { fieldsOf, textAt } from './record.ts';
import type { Field } from './record.ts';

const LONGEST_BODY = 65_536;
const WINDOW_SECONDS = 300;
/** Longer than a signature can be valid, from its window's first second to its last. */
const REMEMBER_MS = 11 * 60_000;
/** Slack gives up after three seconds. */
const ANSWER_WITHIN_MS = 2700;

export interface Outcome {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

const DONE: Outcome = { status: 200, body: '' };

export interface HttpReceiver extends Receiver {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** `refused` is told why, of each request that was. */
export function makeReceiver(signingSecret: string, clock: Clock, refused: (why: string) => void): HttpReceiver {
  let app: App | undefined;
  const seen = new Map<string, { readonly at: number; readonly outcome: Promise<Outcome> }>();
  const answer = async (raw: Buffer, headers: IncomingMessage['headers']): Promise<Outcome> => {
    const signature = headerOf(headers, 'x-slack-signature');
    const at = headerOf(headers, 'x-slack-request-timestamp');
    if (signature === '' && /^ssl_check=1(&|$)/.test(raw.toString('latin1'))) return DONE;
    const why = refuseSignature(raw, signature, at, signingSecret, Math.floor(clock.now() / 1000));
    if (why !== undefined) {
      refused(why);
      return { status: 401, body: `${why}\n`, type: 'text/plain' };
    }
    const now = clock.monotonic();
    for (const [old, { at: when }] of seen) {
      if (now - when < REMEMBER_MS && seen.size < 200_000) break;
      seen.delete(old);
    }
    const before = seen.get(signature);
    if (before) return { status: (await before.outcome).status, body: '' };
    const outcome = process(raw, headers, app);
    seen.set(signature, { at: now, outcome });
    const { status } = await outcome;
    if (status >= 500) seen.delete(signature);
    return outcome;
  };
  return {
    init: (bolt) => {
      app = bolt;
    },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    handle: async (request, response) => {
      if (request.method !== 'POST') {
        request.resume();
        response.writeHead(405, { allow: 'POST' }).end();
        return;
      }
      const raw = await readBody(request);
      if (raw === undefined) {
        response
          .writeHead(413, { connection: 'close', 'content-type': 'text/plain' })
          .end('A request of Slack is shorter.\n');
        return;
      }
      const { status, body, type } = await answer(raw, request.headers);
      response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LONGEST_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function refuseSignature(raw: Buffer, signature: string, at: string, secret: string, now: number): string | undefined {
  const seconds = Number(at);
  if (!/^\d{1,12}$/.test(at) || !/^v0=[0-9a-f]{64}$/.test(signature)) return 'The signature is missing or malformed.';
  if (Math.abs(now - seconds) > WINDOW_SECONDS)
    return 'The time stamp is more than five minutes away; look at the clock.';
  const wanted = createHmac('sha256', secret).update(`v0:${at}:`).update(raw).digest();
  return timingSafeEqual(wanted, Buffer.from(signature.slice(3), 'hex')) ? undefined : 'The signature is wrong.';
}

function headerOf(headers: IncomingMessage['headers'], name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

async function process(raw: Buffer, headers: IncomingMessage['headers'], app: App | undefined): Promise<Outcome> {
  const body = parse(raw.toString(), headerOf(headers, 'content-type'));
  if (body === undefined)
    return { status: 400, body: 'That is neither JSON nor a form of Slack’s.\n', type: 'text/plain' };
  if (body['type'] === 'url_verification')
    return { status: 200, body: textAt(body, 'challenge') ?? '', type: 'text/plain' };
  if (!app) return { status: 503, body: '' };
  const retry = Number(headerOf(headers, 'x-slack-retry-num'));
  return withinTime(
    runThroughBolt(app, body, retry > 0 ? retry : undefined, headerOf(headers, 'x-slack-retry-reason')),
  );
}

function parse(text: string, type: string): Field | undefined {
  try {
    if (!type.startsWith('application/x-www-form-urlencoded')) return whole(JSON.parse(text));
    const form = new URLSearchParams(text);
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : whole(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

function whole(value: unknown): Field | undefined {
  return Object.keys(fieldsOf(value)).length > 0 ? fieldsOf(value) : undefined;
}

/** What Bolt's listeners made of it. An event counts as acknowledged only when they are through. */
export async function runThroughBolt(app: App, body: Field, retryNum?: number, retryReason?: string): Promise<Outcome> {
  const acknowledged = Promise.withResolvers<unknown>();
  const isEvent = body['event'] !== undefined;
  const through = app.processEvent({
    body,
    ...(retryNum !== undefined && { retryNum }),
    ...(retryReason !== undefined && { retryReason }),
    ack: (response?: unknown) => {
      acknowledged.resolve(response);
      return Promise.resolve();
    },
  });
  try {
    const response = isEvent ? await through : await Promise.race([acknowledged.promise, through]);
    if (typeof response === 'string') return { status: 200, body: response, type: 'text/plain' };
    return typeof response === 'object' && response !== null
      ? { status: 200, body: JSON.stringify(response), type: 'application/json' }
      : DONE;
  } catch {
    return { status: 503, body: '' };
  } finally {
    through.catch(() => {});
  }
}

async function withinTime(work: Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ status: 503, body: '' }), ANSWER_WITHIN_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
