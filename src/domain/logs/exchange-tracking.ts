/**
 * One entry of Exchange's message tracking -> an event. The cells have the names of its own log files, whether they come
 * from such a file or from Get-MessageTrackingLog.
 *
 * Rules:
 * 1. Tracking has no column for who logged in. The sender stands in for it where the server has made sure of it: the
 *    store handed the message in (source STOREDRIVER), or it came through a Client connector, which takes mail after a
 *    login alone and, unless it was changed, only with the account's own address.
 * 2. One message is received several times (from the store, from the front end, from another server): the first counts.
 *    They are brought together by network-message-id, which all copies share; message-id is the sender's to choose.
 * 3. A recipient that doesn't exist is refused in the session (the protocol log has that), or taken and failed by the
 *    resolver afterwards: RecipNotFound until 2013, RecipientNotFound since.
 * 4. Exchange's own probes (HealthMailbox…) are nobody's mail.
 *
 * Source: Microsoft Learn, "Message tracking", "Get-MessageTrackingLog", "Receive connectors" (Exchange Server).
 */
import type { LogEvent } from './event.ts';

export type Cell = (name: string) => string;

/** Messages that are remembered as received. */
const MOST_RECEIVED = 20_000;
const PROBE = /^(?:HealthMailbox|inboundproxy@inboundproxy\.)/i;

/** `at`: seconds since 1970 UTC. Undefined: it says nothing that matters here. */
export function openTracking(): (at: number, cell: Cell) => LogEvent | undefined {
  const received = new Set<string>();
  return (at, cell) => {
    const id = cell('network-message-id') || cell('message-id');
    switch (cell('event-id')) {
      case 'DSN':
        return { kind: 'bounce', at };
      case 'RECEIVE': {
        if (received.has(id) || PROBE.test(cell('sender-address'))) return undefined;
        const event = readReceived(at, id, cell);
        if (event && id !== '') received.add(id);
        const [oldest] = received;
        if (received.size > MOST_RECEIVED && oldest !== undefined) received.delete(oldest);
        return event;
      }
      case 'SEND':
      case 'SENDEXTERNAL': {
        const [recipient = '', ...others] = cell('recipient-address').split(';');
        const relay = cell('server-ip') || undefined;
        const sent = { kind: 'passed', at, id, recipient, way: { kind: 'away', relay }, forwarded: false } as const;
        return others.length > 0 ? { ...sent, others } : sent;
      }
      case 'FAIL': {
        const count = cell('recipient-status').match(/RESOLVER\.ADR\.(?:Ex)?Recip(?:ient)?NotFound/g)?.length ?? 0;
        if (count === 0) return undefined;
        return count > 1 ? { kind: 'unknown-recipient', at, count } : { kind: 'unknown-recipient', at };
      }
      default:
        return undefined;
    }
  };
}

function readReceived(at: number, id: string, cell: Cell): LogEvent | undefined {
  const address = cell('original-client-ip') || cell('client-ip') || undefined;
  const source = cell('source');
  if (source === 'STOREDRIVER' || (source === 'SMTP' && /\\Client /i.test(cell('connector-id'))))
    return { kind: 'taken', at, id, origin: { kind: 'login', account: cell('sender-address'), address } };
  if (source === 'PICKUP') return { kind: 'taken', at, id, origin: { kind: 'local', uid: 'pickup folder' } };
  return source !== 'SMTP' || address === undefined
    ? undefined
    : { kind: 'taken', at, id, origin: { kind: 'client', address } };
}
