/**
 * A strict Bot Connector on the loopback, with the Teams behind it.
 *
 * It checks what the real one checks: bearer tokens, known conversations and threads (`;messageid=` of a message that is
 * there), known activities, 100 KB of UTF-16 per message (413), Adaptive Cards up to 1.5 with the elements of its schema,
 * 7 messages a second and 60 in 30 s per thread (429 with Retry-After). It can be told to fail.
 * Sources: Bot Connector REST API reference; Teams documentation ("Optimize your bot with rate limiting", "Format your bot
 * messages"); the OpenID metadata's form as botbuilder reads it.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cardFaults } from './card-schema.ts';
import { makeKeys } from './keys.ts';
import type { SigningKeys } from './keys.ts';

export interface SimulatedMessage {
  readonly conversation: string;
  readonly id: string;
  activity: Record<string, unknown>;
  edits: number;
}

export interface Platform {
  readonly url: string;
  readonly metadataUrl: string;
  readonly keys: SigningKeys;
  readonly messages: SimulatedMessage[];
  /** Every request to the connector, as `METHOD path`. */
  readonly requests: string[];
  /** Conversations that exist; messages elsewhere get 404. */
  readonly conversations: Set<string>;
  /** What the roster says of a member id. */
  readonly members: Map<string, Record<string, unknown>>;
  /** Files that can be fetched from, and were uploaded to, `/files/NAME`. */
  readonly files: Map<string, Buffer>;
  /** The next request that posts or edits is taken, whatever `fail` says about those after it. */
  passOnce(): void;
  /** The next `times` requests that post or edit fail so. */
  fail(status: number, code: string, times: number, headers?: Readonly<Record<string, string>>): void;
  /** Nothing fails any more. */
  heal(): void;
  /** A token as the connector wants it of the bot. */
  botToken(): string;
  close(): Promise<void>;
}

export interface PlatformPlan {
  /** Requests without a token of `botToken` get 401. */
  readonly tokens: boolean;
  /** Windows of messages per thread; the real ones where left out. */
  readonly rates?: readonly { readonly most: number; readonly ms: number }[];
}

const RATES = [
  { most: 7, ms: 1000 },
  { most: 60, ms: 30_000 },
] as const;
const MOST_BYTES = 102_400;

export async function startPlatform(plan: PlatformPlan): Promise<Platform> {
  const keys = makeKeys();
  const messages: SimulatedMessage[] = [];
  const requests: string[] = [];
  const conversations = new Set<string>();
  const members = new Map<string, Record<string, unknown>>();
  const files = new Map<string, Buffer>();
  const tokens = new Set<string>();
  const failures: (undefined | { status: number; code: string; headers: Readonly<Record<string, string>> })[] = [];
  const sent = new Map<string, number[]>();
  let next = 1_700_000_000_000;

  const answer = (
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const fault = (response: ServerResponse, status: number, code: string, said: string, headers = {}): void =>
    answer(response, status, { error: { code, message: said } }, headers);

  function tooFast(conversation: string): boolean {
    const at = performance.now();
    const times = (sent.get(conversation) ?? []).filter((time) => at - time < 30_000);
    const over = (plan.rates ?? RATES).some(({ most, ms }) => times.filter((time) => at - time < ms).length >= most);
    if (!over) times.push(at);
    sent.set(conversation, times);
    return over;
  }

  function exists(conversation: string): boolean {
    const [base = '', root] = conversation.split(';messageid=');
    if (!conversations.has(base)) return false;
    return root === undefined || messages.some((each) => each.id === root && each.conversation.startsWith(base));
  }

  async function connector(
    request: IncomingMessage,
    response: ServerResponse,
    parts: readonly string[],
  ): Promise<void> {
    const [conversation, part, id] = parts;
    if (plan.tokens && !tokens.has((request.headers.authorization ?? '').replace(/^Bearer /, '')))
      return fault(response, 401, 'Unauthorized', 'Authorization has been denied for this request.');
    if (request.method === 'GET' && conversation !== undefined && part === 'members') {
      const member = members.get(id ?? '');
      return member
        ? answer(response, 200, { id, ...member })
        : fault(response, 404, 'MemberNotFoundInConversation', 'no such member');
    }
    const body = await bodyOf(request);
    const failure = failures.shift();
    if (failure) return fault(response, failure.status, failure.code, 'told to fail', failure.headers);
    const activity: Record<string, unknown> = JSON.parse(body);
    if (conversation === undefined) return begin(activity, response);
    if (!exists(conversation)) return fault(response, 404, 'ConversationNotFound', `there is no ${conversation}`);
    if (body.length * 2 > MOST_BYTES) return fault(response, 413, 'MessageSizeTooBig', 'Message size too large.');
    const broken = cardFaults(activity);
    if (broken.length > 0) return fault(response, 400, 'BadSyntax', broken.join('; '));
    if (tooFast(conversation))
      return fault(response, 429, 'TooManyRequests', 'API calls quota exceeded', { 'retry-after': '1' });
    if (request.method === 'POST' && part === 'activities') {
      next += 1;
      messages.push({ conversation, id: String(next), activity, edits: 0 });
      return answer(response, 201, { id: String(next) });
    }
    const known = messages.find((each) => each.id === id && each.conversation === conversation);
    if (!known) return fault(response, 404, 'ActivityNotFoundInConversation', `there is no ${id} in ${conversation}`);
    if (request.method === 'PUT') {
      known.activity = activity;
      known.edits += 1;
      return answer(response, 200, { id });
    }
    if (request.method === 'DELETE') {
      messages.splice(messages.indexOf(known), 1);
      return answer(response, 200, {});
    }
    return fault(response, 405, 'MethodNotAllowed', String(request.method));
  }

  function begin(parameters: Record<string, unknown>, response: ServerResponse): void {
    if (typeof parameters['tenantId'] !== 'string' || !Array.isArray(parameters['members']))
      return fault(response, 400, 'BadArgument', 'tenantId and members are needed');
    const id = `a:${randomUUID()}`;
    conversations.add(id);
    answer(response, 201, { id });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    if (path === '/openid')
      return answer(response, 200, { issuer: 'https://api.botframework.com', jwks_uri: `${url}/keys` });
    if (path === '/keys') return answer(response, 200, { keys: keys.published });
    if (parts[0] === 'files') {
      const name = parts[1] ?? '';
      if (request.method === 'PUT') files.set(name, Buffer.from(await bodyOf(request)));
      const file = files.get(name);
      response.writeHead(file ? 200 : 404).end(file);
      return;
    }
    requests.push(`${request.method} ${path}`);
    const at = parts.indexOf('v3');
    if (at < 0 || parts[at + 1] !== 'conversations') return fault(response, 404, 'NotFound', path);
    await connector(request, response, parts.slice(at + 2));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => fault(response, 500, 'Broken', String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const url = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  return {
    url,
    metadataUrl: `${url}/openid`,
    keys,
    messages,
    requests,
    conversations,
    members,
    files,
    passOnce: () => void failures.push(undefined),
    fail: (status, code, times, headers = {}) => {
      for (let count = 0; count < times; count += 1) failures.push({ status, code, headers });
    },
    heal: () => void failures.splice(0),
    botToken: () => {
      const token = randomUUID();
      tokens.add(token);
      return token;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
