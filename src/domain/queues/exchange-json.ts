/**
 * What the documented PowerShell line prints of an Exchange server's queues (docs/mail-servers.md), object by object.
 *
 * Read are our own projected names (id, queue, from, size, received, error, recipients) and the cmdlet's own
 * (Identity, Queue, FromAddress, Size, DateReceived, LastError, Recipients). Shadow copies are no backlog and are left
 * out. Dates come as ISO 8601 or as `/Date(1700000000000)/` of Windows PowerShell 5.1.
 */
import type { Origin } from '../logs/event.ts';
import type { Envelope } from './envelope.ts';
import type { ListingSink, QueuedMessage } from './message.ts';

/** `Server\Queue\Number`, or an InternetMessageId; wider than what may go into a command (queue-id.ts). */
const COUNTABLE_ID = /^(?:[A-Za-z0-9][^\s/\\]{0,200}(?:\\[^\s/\\]{1,200}){1,3}|<[^\s<>]{1,500}>)$/;

/** Reads one line of queue.ps1: an object as JSON. */
export function readExchangeLine(printed: string | undefined, line: number, sink: ListingSink): void {
  let value: unknown;
  try {
    value = JSON.parse(printed ?? '');
  } catch {
    return sink.malformed({ line, why: 'it is no JSON' });
  }
  return readExchangeObject(value, line, sink);
}

/** Reads one object of the array; `line` is its number, for faults. */
export function readExchangeObject(value: unknown, line: number, sink: ListingSink): void {
  if (typeof value !== 'object' || value === null) return sink.malformed({ line, why: 'it is not a JSON object' });
  const id = text(value, 'id', 'Identity', 'InternetMessageId');
  if (id === undefined && typeof field(value, 'id', 'Identity') === 'object')
    return sink.malformed({ line, why: 'its Identity is no text: use the PowerShell line of docs/mail-servers.md' });
  if (id === undefined || id === '') return sink.malformed({ line, why: 'it has no Identity' });
  if (!COUNTABLE_ID.test(id)) return sink.malformed({ line, why: 'it has no Identity that Exchange would give' });
  const queue = text(value, 'queue', 'Queue') ?? id.split('\\').slice(0, 2).join('\\');
  if (/\\shadow(\\|$)/i.test(queue) || /shadow/i.test(text(value, 'type', 'DeliveryType') ?? '')) return undefined;
  const arrival = seconds(field(value, 'received', 'DateReceived'));
  if (arrival === undefined) return sink.malformed({ line, why: 'it has no date that can be read (DateReceived)' });
  const reason = text(value, 'error', 'LastError');
  const from = text(value, 'from', 'FromAddress');
  // No sender that was printed is not the null sender, which would be taken for a bounce.
  if (from === undefined) return sink.malformed({ line, why: 'it has no sender (FromAddress)' });
  const size = bytes(field(value, 'size', 'Size'));
  if (size === undefined) return sink.malformed({ line, why: "its size can't be read (Size)" });
  const recipients = recipientsOf(field(value, 'recipients', 'Recipients'), reason);
  if (recipients === undefined) return sink.malformed({ line, why: 'its recipients are no list (Recipients)' });
  sink.message({ id, queue: queueName(queue), arrival, bytes: size, sender: senderOf(from, value), recipients });
  return undefined;
}

/** A DSN is the server's own, whatever it is called from; older servers write postmaster there. */
function senderOf(from: string, value: object): string {
  const isOwn = /^dsn$/i.test(text(value, 'source', 'MessageSourceName') ?? '');
  return isOwn || from === '<>' || /^MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@/i.test(from) ? '' : from;
}

/** `SERVER\Submission` -> Submission; `SERVER\123` -> delivery: the numbers vanish with the queue. */
function queueName(queue: string): string {
  const name = queue.split('\\').at(1) ?? queue;
  return /^\d+$/.test(name) ? 'delivery' : name.toLowerCase();
}

function field(value: object, ...names: readonly string[]): unknown {
  return names.map((name): unknown => Reflect.get(value, name)).find((found) => found !== undefined && found !== null);
}

function text(value: object, ...names: readonly string[]): string | undefined {
  const found = field(value, ...names);
  return typeof found === 'string' ? found : undefined;
}

function seconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value < 0 ? undefined : value > 1e11 ? value / 1000 : value;
  if (typeof value === 'object' && value !== null)
    return seconds(Reflect.get(value, 'value') ?? Reflect.get(value, 'DateTime'));
  if (typeof value !== 'string') return undefined;
  const old = /^\/Date\((\d+)(?:[+-]\d{4})?\)\/$/.exec(value)?.[1];
  const ms = old === undefined ? Date.parse(value) : Number(old);
  return ms >= 0 ? ms / 1000 : undefined;
}

const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** A number, or `12.3 KB (12,595 bytes)`; 0 where nothing was printed; undefined where it can't be one. */
function bytes(value: unknown): number | undefined {
  if (value === undefined || value === '') return 0;
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const exact = /([\d,.']+) bytes/i.exec(value)?.[1];
  if (exact !== undefined) return Number(exact.replace(/\D/g, ''));
  const [, figure, unit = 'b'] = /^(\d+(?:\.\d+)?)\s?([kmg]?b)?$/i.exec(value) ?? [];
  return figure === undefined ? undefined : Math.round(Number(figure) * (UNITS[unit.toLowerCase()] ?? 1));
}

/** A list, or one text, or `{"value": [...], "Count": 2}`, which Windows PowerShell 5.1 makes of some lists. */
function recipientsOf(value: unknown, reason: string | undefined): QueuedMessage['recipients'] | undefined {
  if (value === undefined) return [];
  const found: unknown = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  const list = Array.isArray(found) ? found : typeof found === 'string' ? found.split(/[;,]\s*|\s+/) : undefined;
  const addresses = list?.map((each: unknown) =>
    typeof each === 'string'
      ? each.split(';')[0]
      : typeof each === 'object' && each !== null
        ? text(each, 'address', 'Address')
        : undefined,
  );
  if (addresses === undefined || addresses.includes(undefined)) return undefined;
  return addresses
    .filter((address) => address?.includes('@') === true)
    .map((address = '') => (reason === undefined || reason === '' ? { address } : { address, reason }));
}

/** The envelope that exchange/message.ps1 prints; undefined where the line is none. A DSN is the server's own. */
export function readExchangeEnvelope(id: string, line: string): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const messages: QueuedMessage[] = [];
  readExchangeObject(value, 1, { message: (each) => messages.push(each), malformed: () => {} });
  const [read] = messages;
  if (!read || typeof value !== 'object' || value === null) return undefined;
  const source = text(value, 'source') ?? '';
  const client = text(value, 'client') ?? '';
  const origin = originOf(source, client);
  return {
    id,
    sender: read.sender,
    recipients: read.recipients.map((each) => each.address),
    arrival: read.arrival,
    bytes: read.bytes,
    ...(origin && { origin }),
  };
}

/** Who logged in is not in it (only in the protocol log); on a mailbox server SourceIP is often its own front end. */
function originOf(source: string, client: string): Origin | undefined {
  if (source === 'DSN') return { kind: 'own' };
  return /^SMTP:/i.test(source) && client !== '' ? { kind: 'client', address: client } : undefined;
}
