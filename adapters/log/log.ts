/**
 * The log: one line per event, JSON for machines, readable on a terminal; control characters escaped, secrets taken out.
 */
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type Log = Logger;

/** Slack tokens and hooks, bearer tokens, passwords in URLs, and the DNS names of keyed zones. */
const SECRETS: readonly (readonly [pattern: RegExp, shown: string])[] = [
  [/xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+/g, '[token]'],
  [/https:\/\/hooks\.slack\.com\/\S+/g, '[hook]'],
  [/(bearer\s+)[\w.~+/-]+=*/gi, '$1[token]'],
  [/(\w+:\/\/[^\s:/@]*):[^\s@/]+@/g, '$1:[password]@'],
  [/\b[a-z0-9]{26}(\.(?:[a-z]+\.)?dq\.spamhaus\.net)/gi, '[key]$1'],
];

export function redactSecrets(text: string): string {
  return SECRETS.reduce((clean, [pattern, shown]) => clean.replace(pattern, shown), text);
}

/** Variables that hold a secret by their name: operators' keys, tokens, passwords. */
const SECRET_NAME = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD)$/i;
/** Shorter ones are words, and would be taken out of every sentence. */
const SHORTEST_SECRET = 8;

/** Also takes out, in any case of letters, what these variables hold. */
export function redactorFor(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const held = Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && value.length >= SHORTEST_SECRET
      ? [[new RegExp(value.replaceAll(/[^A-Za-z0-9]/g, '\\$&'), 'gi'), `[${name}]`] as const]
      : [],
  );
  return (text) => held.reduce((clean, [pattern, shown]) => clean.replace(pattern, () => shown), redactSecrets(text));
}

export type LogTarget =
  | { readonly kind: 'json'; readonly to: 'stderr' }
  | { readonly kind: 'pretty' }
  | { readonly kind: 'file'; readonly path: string };

/** Levels: error, warn, info (default), debug. Throws where the file can't be written. */
export async function openLog(target: LogTarget, level = 'info'): Promise<Log> {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: redactorFor(process.env) } },
    await destination(target),
  );
}

async function destination(target: LogTarget): Promise<DestinationStream> {
  switch (target.kind) {
    case 'json':
      return pino.destination({ fd: 2, sync: true });
    case 'file':
      return pino.destination({ dest: target.path, sync: true, mkdir: true, mode: 0o600 });
    case 'pretty': {
      const { default: pretty } = await import('pino-pretty');
      return pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' });
    }
    default:
      return target satisfies never;
  }
}
