/**
 * The Bot Connector's REST interface, as far as it is used: post, edit, begin a conversation, look a member up.
 *
 * Spoken by `fetch` rather than through the SDK's client, which tries failures again by itself three times, out of our
 * order and beyond our deadline. Source: "Bot Connector REST API reference" (Azure Bot Service).
 */
import { z } from 'zod';

export interface Connector {
  /** Returns the activity's id. All throw ConnectorFault. */
  post(serviceUrl: string, conversation: string, activity: object): Promise<string>;
  update(serviceUrl: string, conversation: string, id: string, activity: object): Promise<void>;
  /** Returns the new conversation's id, and its first activity's where one was given. */
  create(serviceUrl: string, parameters: object): Promise<{ readonly id: string; readonly activityId?: string }>;
  member(serviceUrl: string, conversation: string, id: string): Promise<Member>;
}

export interface Member {
  readonly role: 'user' | 'guest' | 'anonymous' | undefined;
  readonly tenantId: string | undefined;
  readonly principal: string | undefined;
}

/** What the connector answered, or 0: it could not be reached. */
export class ConnectorFault extends Error {
  readonly status: number;
  /** Its own word for it, such as MessageWritesBlocked. */
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  constructor(status: number, code: string, said: string, retryAfterMs: number | undefined, options?: ErrorOptions) {
    super(`Teams answered ${status === 0 ? 'nothing' : status}${code === '' ? '' : ` ${code}`}: ${said}`, options);
    this.name = 'ConnectorFault';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

const DEADLINE_MS = 10_000;
const LONGEST_ANSWER = 100_000;

const posted = z.looseObject({ id: z.string().optional(), activityId: z.string().optional() });
const memberSchema = z.looseObject({
  userRole: z.string().optional(),
  tenantId: z.string().optional(),
  userPrincipalName: z.string().optional(),
});
const faultSchema = z.looseObject({
  error: z.looseObject({ code: z.string().optional(), message: z.string().optional() }).optional(),
});

/** `token`: for the Authorization header; undefined where none is needed (a local emulator). */
export function openConnector(token: (fresh: boolean) => Promise<string | undefined>): Connector {
  const call = async (method: string, url: string, body: object | undefined): Promise<unknown> => {
    const first = await send(method, url, body, await tokenOf(token, false));
    if (first.status !== 401) return take(first);
    return take(await send(method, url, body, await tokenOf(token, true)));
  };
  const at = (serviceUrl: string, ...parts: readonly string[]): string =>
    [serviceUrl.replace(/\/+$/, ''), 'v3', 'conversations', ...parts.map(encodeURIComponent)].join('/');
  return {
    post: async (serviceUrl, conversation, activity) =>
      posted.parse(await call('POST', at(serviceUrl, conversation, 'activities'), activity)).id ?? '',
    update: async (serviceUrl, conversation, id, activity) => {
      await call('PUT', at(serviceUrl, conversation, 'activities', id), activity);
    },
    create: async (serviceUrl, parameters) => {
      const { id, activityId } = posted.parse(await call('POST', at(serviceUrl), parameters));
      if (id === undefined) throw new ConnectorFault(200, 'NoConversation', 'it named no conversation', undefined);
      return { id, ...(activityId !== undefined && { activityId }) };
    },
    member: async (serviceUrl, conversation, id) => {
      const read = memberSchema.parse(await call('GET', at(serviceUrl, conversation, 'members', id), undefined));
      const role = (['user', 'guest', 'anonymous'] as const).find((each) => each === read.userRole);
      return { role, tenantId: read.tenantId, principal: read.userPrincipalName };
    },
  };
}

async function tokenOf(
  token: (fresh: boolean) => Promise<string | undefined>,
  fresh: boolean,
): Promise<string | undefined> {
  try {
    return await token(fresh);
  } catch (cause) {
    throw new ConnectorFault(0, 'NoToken', String(cause instanceof Error ? cause.message : cause), undefined, {
      cause,
    });
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

async function send(method: string, url: string, body: object | undefined, token: string | undefined): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json; charset=utf-8' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = (await response.text()).slice(0, LONGEST_ANSWER);
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  } catch (cause) {
    throw new ConnectorFault(0, '', String(cause instanceof Error ? cause.message : cause), undefined, { cause });
  }
}

function take(answer: Answer): unknown {
  const read = readJson(answer.text);
  if (answer.status >= 200 && answer.status < 300) return read ?? {};
  const { error } = faultSchema.safeParse(read).data ?? {};
  const seconds = Number(answer.retryAfter);
  const wait = answer.retryAfter !== null && Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : undefined;
  throw new ConnectorFault(answer.status, error?.code ?? '', error?.message ?? answer.text.slice(0, 200), wait);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
