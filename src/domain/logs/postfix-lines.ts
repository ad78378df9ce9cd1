/**
 * Postfix's log lines (postlogd, syslog, rsyslog's ISO form, journalctl -o short-iso), by the daemon that wrote them.
 *
 * The tag is `postfix[-INSTANCE][/SERVICE…]/DAEMON[PID]:`. `from=<>` is the null sender. A recipient with `orig_to=` was
 * rewritten by an alias of one's own. The transport `relay` carries mail for domains that this server is a relay for.
 */
import type { LineReader, LogEvent, Way } from './event.ts';
import { readStamp } from './stamp.ts';
import type { HostClock } from './stamp.ts';

const TAG = /postfix(?:-[\w.]+)?\/((?:[\w-]+\/)*)([\w-]+)(?:\[\d+\])?: /;
/** Short and long queue ids; NOQUEUE is none. */
const ID = '(?!NOQUEUE:)([0-9A-Za-z]{6,25})';
const CLIENT = new RegExp(`^${ID}: client=[^[]*\\[([^\\]]+)\\](?::\\d+)?(.*)$`);
const USERNAME = /, sasl_username=([^,]+?)(?:,|$)/;
const PICKUP = new RegExp(`^${ID}: uid=(\\d+) from=<`);
const TO = new RegExp(`^${ID}: to=<([^>]*)>,(.*)$`);
const REMOVED = new RegExp(`^${ID}: removed`);
const BOUNCE = new RegExp(`^${ID}: sender non-delivery notification: `);
const FAILED = /^warning: [^[]*\[([^\]]+)\](?::\d+)?: SASL \S+ authentication failed:?(.*)$/;
const UNKNOWN = /reject: (?:RCPT|VRFY) from .*: [45]50 [45]\.1\.1 .*(?:User unknown|undeliverable address)/;

export function readPostfixLines(clock: HostClock): LineReader {
  return (line) => {
    const tag = TAG.exec(line);
    if (!tag) return undefined;
    const stamped = readStamp(line, clock);
    if (!stamped) return undefined;
    const text = line.slice(tag.index + tag[0].length);
    return readText(stamped.at, tag[1] ?? '', tag[2] ?? '', text) ?? { kind: 'other', at: stamped.at };
  };
}

function readText(at: number, service: string, daemon: string, text: string): LogEvent | undefined {
  switch (daemon) {
    case 'smtpd':
    case 'submission':
    case 'smtps':
    case 'submissions':
      return readSmtpd(at, text);
    case 'pickup': {
      const [, id, uid] = PICKUP.exec(text) ?? [];
      return id === undefined || uid === undefined
        ? undefined
        : { kind: 'taken', at, id, origin: { kind: 'local', uid } };
    }
    case 'qmgr':
    case 'nqmgr': {
      const id = REMOVED.exec(text)?.[1];
      return id === undefined ? undefined : { kind: 'done', at, id };
    }
    case 'bounce':
      return BOUNCE.test(text) ? { kind: 'bounce', at } : undefined;
    case 'smtp':
    case 'lmtp':
    case 'local':
    case 'virtual':
    case 'pipe':
    case 'error':
    case 'retry':
    case 'discard':
      return readDelivery(at, service, daemon, text);
    default:
      return undefined;
  }
}

function readSmtpd(at: number, text: string): LogEvent | undefined {
  const client = CLIENT.exec(text);
  if (client) {
    const [, id = '', address = '', rest = ''] = client;
    const account = USERNAME.exec(rest)?.[1];
    return {
      kind: 'taken',
      at,
      id,
      origin: account === undefined ? { kind: 'client', address } : { kind: 'login', account, address },
    };
  }
  const failed = FAILED.exec(text);
  if (failed) return { kind: 'login-failed', at, address: failed[1], account: USERNAME.exec(failed[2] ?? '')?.[1] };
  return UNKNOWN.test(text) ? { kind: 'unknown-recipient', at } : undefined;
}

function readDelivery(at: number, service: string, daemon: string, text: string): LogEvent | undefined {
  const [, id, recipient, rest = ''] = TO.exec(text) ?? [];
  if (id === undefined || recipient === undefined) return undefined;
  return {
    kind: 'passed',
    at,
    id,
    recipient,
    way: wayOf(service, daemon, rest),
    forwarded: rest.startsWith(' orig_to=<'),
  };
}

function wayOf(service: string, daemon: string, rest: string): Way {
  if (daemon === 'error' || daemon === 'retry' || daemon === 'discard') return { kind: 'unknown' };
  if (daemon !== 'smtp' || service.startsWith('relay/')) return { kind: 'home' };
  const relay = / relay=[^[,]*\[([^\]]+)\]/.exec(rest)?.[1];
  return { kind: 'away', relay };
}
