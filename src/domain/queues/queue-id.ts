/**
 * Queue ids that may go into a command: each product's own grammar and nothing else, so that no id is a flag, a path or
 * the word ALL.
 *
 * Postfix: short hexadecimal or long base-52 ids (postconf(5), enable_long_queue_ids). Exim: 16 characters, 23 since
 * 4.97. Exchange: `Server\Queue\Number` (Get-Message -Identity).
 */
import { accept, refuse } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import type { Mta } from './snapshot.ts';

declare const queueIdBrand: unique symbol;

export type QueueId = string & { readonly [queueIdBrand]: true };

const GRAMMARS: Readonly<Record<Mta, RegExp>> = {
  postfix: /^[0-9A-Za-z]{6,25}$/,
  exim: /^[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})$/,
  exchange: /^[A-Za-z0-9][A-Za-z0-9-]{0,62}\\(?:\d{1,10}|Submission|Unreachable|Poison|Shadow\\\d{1,10})\\\d{1,20}$/i,
  opensmtpd: /^[0-9a-f]{16}$/,
  sendmail: /^[0-9A-Za-z]{14,20}$/,
};

const EXAMPLES: Readonly<Record<Mta, string>> = {
  postfix: 'A843F21E832',
  exim: '1xVhU1-0001pt-20',
  exchange: String.raw`EX1\123\5`,
  opensmtpd: '51ef4434f915436b',
  sendmail: '6AO4Dxax015207',
};

/** An id in the grammar of that mail server: never a flag, a path, or the word ALL. */
export function parseQueueId(text: string, mta: Mta): Parsed<QueueId> {
  if (GRAMMARS[mta].test(text)) return accept(text as QueueId);
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
  return refuse(`${shown} is no queue id that ${mta} would give`, `say an id such as ${EXAMPLES[mta]}`);
}
