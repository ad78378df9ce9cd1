/**
 * Calls to Slack's Web API, each tried once: what may be tried again is told apart from what never will work.
 *
 * Rules:
 * 1. Nothing is retried here; the outbox keeps the order and does that (Slack's own client would for half an hour).
 * 2. The token goes to the API's host alone. Files and response URLs are used only on Slack's own hosts; SLACK_API_URL's
 *    host counts as one.
 */
import { webApi } from '@slack/bolt';
import type { Logger } from '@slack/bolt';
import { fieldsOf, listAt, textAt } from './record.ts';
import type { Field } from './record.ts';
import type { Reach } from '../../../src/ports/reach.ts';

const SLACK_API = 'https://slack.com/api/';
const SLACK_HOSTS = ['slack.com', 'hooks.slack.com', 'files.slack.com'];
const CALL_MS = 10_000;

/** `later`: tried again after `afterMs`. `content`: Slack refuses these blocks. `never`: it won't work as it is. */
export class SlackTrouble extends Error {
  readonly kind: 'later' | 'content' | 'never';
  /** Slack's own word for it. */
  readonly code: string;
  readonly afterMs: number;
  /** What Slack says about each fault, with its place. */
  readonly details: readonly string[];
  constructor(
    kind: SlackTrouble['kind'],
    code: string,
    more: { afterMs?: number; details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(`Slack says ${code}`, { cause: more.cause });
    this.name = 'SlackTrouble';
    this.kind = kind;
    this.code = code;
    this.afterMs = more.afterMs ?? 0;
    this.details = more.details ?? [];
  }
}

export interface SlackWeb {
  /** Throws SlackTrouble. */
  call(method: string, args: Field): Promise<Field>;
  /** Whether this address is Slack's own (or the API's that is configured). */
  isOurs(address: string): boolean;
  /** Posts JSON or a file's text to an address of Slack's own. Throws SlackTrouble, also where it isn't one. */
  post(address: string, body: string, type: string): Promise<void>;
}

/** Errors that pass by themselves (docs.slack.dev/reference/methods/chat.postMessage, "Errors"). */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'accesslimited',
]);
/** What shuts the whole app out until an admin mends it: not one message's fault, so that what is to be said waits. */
const SHUT_OUT: Readonly<Record<string, string>> = {
  token_revoked: 'install the app again and set SLACK_BOT_TOKEN',
  account_inactive: 'install the app again and set SLACK_BOT_TOKEN',
  token_expired: 'set SLACK_BOT_TOKEN to a token that does not expire',
  invalid_auth: 'set SLACK_BOT_TOKEN to this app’s bot token',
  not_authed: 'set SLACK_BOT_TOKEN',
  not_allowed_token_type: 'set SLACK_BOT_TOKEN to this app’s bot token (xoxb-…)',
  team_access_not_granted: 'have an admin of the organisation give the app access to this workspace',
};
const SAYING = /^chat\.(?:postMessage|update)$/;
const MISSING_SCOPE = 'missing_scope';
/** Without that scope nothing can be said at all; of any other method it is only that method's trouble. */
const MUTE = 'install the app again with the scopes of tq slack manifest';
const SHUT_OUT_MS = 10_000;
const CONTENT = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'invalid_attachments',
]);

/** Failed calls in a row that are more than a hiccup: with the waits between them, about seven seconds. */
const HICCUPS = 4;

export function openWeb(token: string, apiUrl: string | undefined, logger: Logger, reach: Reach): SlackWeb {
  const api = new URL(apiUrl ?? SLACK_API);
  const client = new webApi.WebClient(token, {
    slackApiUrl: api.href.endsWith('/') ? api.href : `${api.href}/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    timeout: CALL_MS,
    logger,
  });
  let failures = 0;
  let away = reach.isAway;
  let since = 0;
  const goneAway = (why: string): void => {
    if (!away) reach.told({ reachable: false, why, since });
    away = true;
  };
  const waits: Waits = {
    backOff: (why) => {
      failures += 1;
      if (failures >= HICCUPS) goneAway(why);
      return Math.min(1000 * 2 ** Math.min(failures - 1, 5), 30_000);
    },
    shutOut: (why) => {
      failures += 1;
      goneAway(why);
      return SHUT_OUT_MS;
    },
  };
  const failed = (began: number): void => {
    if (failures === 0) since = began;
  };
  /** That it answers to something else is no news while nothing can be said. */
  let muted = false;
  const reached = (method: string): void => {
    if (muted && !SAYING.test(method)) return;
    muted = false;
    if (away) reach.told({ reachable: true, why: '', since });
    away = false;
    failures = 0;
  };
  const isOurs = (address: string): boolean => {
    if (!URL.canParse(address)) return false;
    const url = new URL(address);
    if (url.username !== '' || url.password !== '') return false;
    if (url.origin === api.origin) return true;
    const hosts = [...SLACK_HOSTS, `hooks.${api.hostname}`, `files.${api.hostname}`];
    return url.protocol === 'https:' && url.port === '' && hosts.includes(url.hostname);
  };
  return {
    isOurs,
    call: async (method, args) => {
      const began = reach.now();
      try {
        const result = fieldsOf(await client.apiCall(method, args));
        reached(method);
        return result;
      } catch (cause) {
        failed(began);
        const trouble = troubleOf(cause, waits, method);
        if (trouble.code === MISSING_SCOPE && trouble.kind === 'later') muted = true;
        if (trouble.kind !== 'later') reached(method);
        throw trouble;
      }
    },
    post: async (address, body, type) => {
      if (!isOurs(address)) throw new SlackTrouble('never', 'not_a_host_of_slack');
      failed(reach.now());
      const response = await fetch(address, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
        redirect: 'error',
        signal: AbortSignal.timeout(CALL_MS),
      }).catch((cause: unknown) => {
        throw new SlackTrouble('later', 'unreachable', { afterMs: waits.backOff(reasonOf(cause)), cause });
      });
      if (response.status === 429 || response.status >= 500)
        throw new SlackTrouble('later', `status_${response.status}`, {
          afterMs: waitOf(response.headers.get('retry-after')) ?? waits.backOff(`status ${response.status}`),
        });
      if (!response.ok) throw new SlackTrouble('never', `status_${response.status}`);
    },
  };
}

/** How long to wait, in milliseconds; what is told is told by the way. */
interface Waits {
  readonly backOff: (why: string) => number;
  readonly shutOut: (why: string) => number;
}

function troubleOf(cause: unknown, { backOff, shutOut }: Waits, method: string): SlackTrouble {
  if (cause instanceof webApi.WebAPIRateLimitedError)
    return new SlackTrouble('later', 'ratelimited', { afterMs: Math.max(1, cause.retryAfter) * 1000, cause });
  if (cause instanceof webApi.WebAPIPlatformError) {
    const code = (textAt(cause.data, 'error') ?? 'unknown_error').replace(/[^A-Za-z0-9_]/g, '').slice(0, 80);
    const isMute = code === MISSING_SCOPE && SAYING.test(method);
    const remedy = isMute ? MUTE : SHUT_OUT[code];
    if (remedy !== undefined) return new SlackTrouble('later', code, { afterMs: shutOut(`${code}: ${remedy}`), cause });
    if (PASSING.has(code)) return new SlackTrouble('later', code, { afterMs: backOff(code), cause });
    const details = listAt(fieldsOf(cause.data)['response_metadata'], 'messages').flatMap((each) =>
      typeof each === 'string' ? [each] : [],
    );
    return new SlackTrouble(CONTENT.has(code) ? 'content' : 'never', code, { details, cause });
  }
  if (cause instanceof webApi.WebAPIHTTPError && cause.statusCode < 500 && cause.statusCode !== 429)
    return new SlackTrouble('never', `status_${cause.statusCode}`, { cause });
  return new SlackTrouble('later', 'unreachable', { afterMs: backOff(reasonOf(cause)), cause });
}

function waitOf(header: string | null): number | undefined {
  const seconds = Number(header);
  return header !== null && seconds > 0 ? seconds * 1000 : undefined;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
