/**
 * Exim's main and reject log lines (spec.txt, chapter "Log files").
 *
 * `<=` arrival, `=>` and `->` delivery, `==` deferred, `**` failed, `Completed`. `P=` ending in `a` or `sa` together with
 * `A=driver:login` is a login over SMTP; `U=` with `P=local` a program on the host; `<= <>` with `R=` a bounce of its own.
 * A recipient followed by `<original>` was rewritten by an alias.
 */
import type { LineReader, LogEvent, Origin, Way } from './event.ts';
import { readStamp } from './stamp.ts';
import type { HostClock } from './stamp.ts';

const ID = /^((?:\[\d+\] )?)([0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})) (.*)$/;
/** syslog puts its own time and a tag before ours. */
const SYSLOG_TAG = /^\S+ exim4?(?:\[\d+\])?: /;
const HOST = / H=(?:\S+ )?(?:\([^)]*\) )?\[([^\]]+)\]/;
const FAILED = /authenticator failed for (?:\S+ )?(?:\([^)]*\) )?\[([^\]]+)\](?::\d+)?.*?(?:\(set_id=([^)]*)\))?$/;
const UNKNOWN =
  /rejected (?:after RCPT|RCPT) <[^>]*>: .*(?:unrouteable address|unknown user|user unknown|no such user)/i;

export function readEximLines(clock: HostClock): LineReader {
  return (line) => {
    const outer = readStamp(line, clock);
    if (!outer) return undefined;
    const tag = SYSLOG_TAG.exec(outer.rest);
    const inner = tag ? outer.rest.slice(tag[0].length) : outer.rest;
    const stamped = tag ? (readStamp(inner, clock) ?? { at: outer.at, rest: inner }) : outer;
    const [, , id, text] = ID.exec(stamped.rest) ?? [];
    const other = { kind: 'other', at: stamped.at } as const;
    if (id !== undefined && text !== undefined) return readOfMessage(stamped.at, id, text) ?? other;
    const rest = stamped.rest.replace(/^\[\d+\] /, '');
    const failed = FAILED.exec(rest);
    if (failed) return { kind: 'login-failed', at: stamped.at, address: failed[1], account: failed[2] };
    return UNKNOWN.test(rest) ? { kind: 'unknown-recipient', at: stamped.at } : other;
  };
}

function readOfMessage(at: number, id: string, text: string): LogEvent | undefined {
  if (text.startsWith('<= ')) return readArrival(at, id, text.slice(3));
  if (text === 'Completed' || text.startsWith('Completed ')) return { kind: 'done', at, id };
  if (/^(?:=>|->|==|\*\*|\*>|>>) /.test(text)) return readDelivery(at, id, text);
  return undefined;
}

function readArrival(at: number, id: string, text: string): LogEvent {
  if (text.startsWith('<> ') && / R=\S+/.test(text)) return { kind: 'bounce', at };
  return { kind: 'taken', at, id, origin: originOf(text) };
}

function originOf(text: string): Origin {
  const protocol = / P=(\S+)/.exec(text)?.[1] ?? '';
  const address = HOST.exec(text)?.[1];
  const account = / A=[^\s:]+:(\S+)/.exec(text)?.[1];
  if (account !== undefined && /^e?smtps?a$|^esmtpsa$|^l?smtpa$/.test(protocol))
    return { kind: 'login', account, address };
  if (address !== undefined) return { kind: 'client', address };
  return { kind: 'local', uid: / U=(\S+)/.exec(text)?.[1] ?? 'unknown' };
}

function readDelivery(at: number, id: string, text: string): LogEvent | undefined {
  const [, recipient, rest = ''] = /^\S+ (\S+?):?(?= |$)(.*)$/.exec(text) ?? [];
  if (recipient === undefined) return undefined;
  const original = /^ <([^>]*)>/.exec(rest)?.[1];
  return {
    kind: 'passed',
    at,
    id,
    recipient,
    way: wayOf(rest),
    forwarded: original !== undefined && original.toLowerCase() !== recipient.toLowerCase(),
  };
}

function wayOf(rest: string): Way {
  const relay = HOST.exec(rest)?.[1];
  if (relay !== undefined) return { kind: 'away', relay };
  const transport = / T=(\S+?):?(?: |$)/.exec(rest)?.[1];
  if (transport === undefined) return { kind: 'unknown' };
  return /smtp/i.test(transport) ? { kind: 'away', relay: undefined } : { kind: 'home' };
}
