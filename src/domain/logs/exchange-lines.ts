/**
 * Exchange's logs, line by line: message tracking as JSON objects (exchange/tracking.ps1) or in its own comma-separated
 * files, and the protocol log of the receive connectors (RECV*.log). The files are told apart by their `#Fields:` line.
 *
 * In the protocol log a login is event `*`, context `authenticated`; a domain account is written `DOMAIN\user`. Times are
 * UTC.
 *
 * Source: Microsoft Learn, "Message tracking" and "Protocol logging" (Exchange Server).
 */
import type { LineReader, LogEvent } from './event.ts';
import { openTracking } from './exchange-tracking.ts';
import type { Cell } from './exchange-tracking.ts';

const UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z$/;
/** Sessions that are remembered at once; the oldest goes first. */
const MOST_SESSIONS = 10_000;

interface Session {
  account: string | undefined;
  address: string | undefined;
  messages: number;
}

export function readExchangeLog(): LineReader {
  let columns: ReadonlyMap<string, number> = new Map();
  const sessions = new Map<string, Session>();
  const readTracking = openTracking();
  return (line) => {
    if (line.startsWith('{')) {
      const cell = cellsOfObject(line);
      const at = cell && timeOf(cell);
      return cell && at !== undefined ? (readTracking(at, cell) ?? { kind: 'other', at }) : undefined;
    }
    if (line.startsWith('#')) {
      const fields = /^#Fields: ?(.*)$/.exec(line)?.[1];
      if (fields !== undefined) columns = new Map(fields.split(',').map((name, index) => [name.trim(), index]));
      return undefined;
    }
    const cells = cutCells(line);
    const cell = (name: string): string => cells[columns.get(name) ?? -1] ?? '';
    const at = timeOf(cell);
    if (at === undefined) return undefined;
    const event = columns.has('session-id')
      ? readProtocol(at, cell, sessions)
      : columns.has('event-id')
        ? readTracking(at, cell)
        : undefined;
    return event ?? { kind: 'other', at };
  };
}

/** Seconds since 1970 UTC. */
function timeOf(cell: Cell): number | undefined {
  const at = Date.parse(`${UTC.exec(cell('date-time'))?.[1] ?? ''}Z`) / 1000;
  return Number.isNaN(at) ? undefined : at;
}

function cellsOfObject(line: string): Cell | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const object = value;
  return (name) => {
    const found: unknown = Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
    return typeof found === 'string' ? found : '';
  };
}

function readProtocol(at: number, cell: Cell, sessions: Map<string, Session>): LogEvent | undefined {
  const name = cell('session-id');
  const session = sessions.get(name) ?? {
    account: undefined,
    address: addressOf(cell('remote-endpoint')),
    messages: 0,
  };
  if (!sessions.has(name)) {
    sessions.set(name, session);
    const [oldest] = sessions.keys();
    if (sessions.size > MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest);
  }
  const data = cell('data');
  switch (cell('event')) {
    case '*':
      if (cell('context') === 'authenticated' && data !== '') session.account = data;
      return undefined;
    case '-':
      sessions.delete(name);
      return undefined;
    case '<': {
      if (/^MAIL FROM:/i.test(data)) session.messages += 1;
      const recipient = /^RCPT TO:\s*<([^>]*)>/i.exec(data)?.[1];
      if (recipient === undefined || session.account === undefined) return undefined;
      return { kind: 'passed', at, id: idOf(name, session), recipient, way: { kind: 'unknown' }, forwarded: false };
    }
    case '>':
      if (data.startsWith('535 ')) return { kind: 'login-failed', at, address: session.address, account: undefined };
      if (/^550 5\.1\.10\b/.test(data)) return { kind: 'unknown-recipient', at };
      if (/^250 2\.1\.0\b/.test(data) && session.account !== undefined)
        return {
          kind: 'taken',
          at,
          id: idOf(name, session),
          origin: { kind: 'login', account: session.account, address: session.address },
        };
      return undefined;
    default:
      return undefined;
  }
}

function idOf(name: string, session: Session): string {
  return `${name}.${session.messages}`;
}

function addressOf(endpoint: string): string | undefined {
  return /^\[?([0-9a-fA-F.:]+?)\]?:\d+$/.exec(endpoint)?.[1];
}

/** RFC 4180: a cell in quotation marks may hold commas, and quotation marks as two. */
function cutCells(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    if (quoted && character === '"' && line[index + 1] === '"') {
      cell += '"';
      index += 1;
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}
