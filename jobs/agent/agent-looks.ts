/**
 * The agent's looks: what is long goes in pieces that the bot asks for one by one, so that memory stays bounded on both
 * sides, however long a queue is.
 */
import { parseQueueId } from '../../src/domain/queues/queue-id.ts';
import type { LookErrand, LookReply } from '../../src/domain/measures/look-errand.ts';
import { HostUnknown } from '../../src/ports/host.ts';
import type { MailLogs } from '../../src/ports/mail-log.ts';
import type { Network } from '../../src/ports/network.ts';
import type { Watches } from '../../src/ports/watch.ts';
import type { MailServers } from '../../src/ports/mail-server.ts';

export interface LookNeeds {
  readonly target: string;
  readonly mailServers: MailServers;
  readonly mailLogs: MailLogs;
  readonly watches: Watches;
  readonly network: Network;
}

type Lines = AsyncIterator<readonly (string | undefined)[]>;

interface Stream {
  readonly lines: Lines;
  /** What is said at the end. */
  readonly value?: unknown;
  left: (string | null)[];
  touched: number;
}

/** Characters of a piece, at most about. */
const PIECE = 64 * 1024;
/** A stream that nobody asks for is given up after this long, in milliseconds. */
const FORGOTTEN_MS = 60_000;
const MOST_STREAMS = 8;

export interface Looks {
  /** Throws HostUnknown. */
  answer(errand: LookErrand): Promise<LookReply>;
  close(): void;
}

export function makeLooks(needs: LookNeeds, now: () => number): Looks {
  const streams = new Map<string, Stream>();
  let count = 0;
  const drop = (name: string): void => {
    const stream = streams.get(name);
    streams.delete(name);
    stream?.lines.return?.().catch(() => {});
  };
  const keep = (lines: Lines, value?: unknown): LookReply => {
    for (const [name, stream] of streams) if (now() - stream.touched > FORGOTTEN_MS) drop(name);
    if (streams.size >= MOST_STREAMS)
      throw new HostUnknown(
        `The agent of ${needs.target} has ${MOST_STREAMS} looks open already. Ask again in a minute.`,
      );
    count += 1;
    const name = `s${count}`;
    streams.set(name, { lines, left: [], touched: now(), ...(value !== undefined && { value }) });
    return { kind: 'pieces', stream: name };
  };
  const server = () => {
    const found = needs.mailServers.find(needs.target);
    if (!found) throw new HostUnknown(`${needs.target} is no mail server of the agent's tourniquet.yaml.`);
    return found;
  };
  const log = () => {
    const found = needs.mailLogs.find(needs.target);
    if (!found) throw new HostUnknown(`Where ${needs.target} logs is not in the agent's tourniquet.yaml (log:).`);
    return found;
  };
  const watch = () => {
    const found = needs.watches.find(needs.target);
    if ('refused' in found) throw new HostUnknown(`${found.refused}; ${found.remedy}`);
    return found;
  };
  return {
    async answer(errand) {
      if (errand.verb === 'more') {
        const stream = streams.get(errand.stream);
        if (!stream) throw new HostUnknown(`The agent of ${needs.target} has begun anew meanwhile. Look again.`);
        const piece = await nextPiece(stream, now());
        if (piece.end) drop(errand.stream);
        return piece;
      }
      switch (errand.look) {
        case 'queue-listing':
          return keep(server().listing(errand.deadlineMs)[Symbol.asyncIterator]());
        case 'envelopes': {
          const { mta, envelopes } = { mta: server().mta, envelopes: server() };
          const ids = errand.ids.flatMap((id) => {
            const read = parseQueueId(id, mta);
            return read.kind === 'ok' ? [read.value] : [];
          });
          return { kind: 'looked', value: await envelopes.envelopes(ids, errand.deadlineMs) };
        }
        case 'log-clock':
          return { kind: 'looked', value: await log().clock(errand.deadlineMs) };
        case 'log': {
          // Bounded by the reader itself (64 MiB at once).
          const lines: string[] = [];
          const read = await log().read(errand.mark, errand.deadlineMs, (line) => void lines.push(line));
          return keep([lines].values() as unknown as Lines, read);
        }
        case 'connected':
          return { kind: 'looked', value: await watch().before() };
        case 'own-addresses':
          return { kind: 'looked', value: await watch().ownAddresses() };
        case 'attempts':
          return { kind: 'looked', value: await watch().attempts(errand.task) };
        case 'identify':
          return { kind: 'looked', value: await needs.network.identify(errand.wanted, errand.deadlineMs) };
        default:
          return errand satisfies never;
      }
    },
    close: () => {
      for (const name of streams.keys()) drop(name);
    },
  };
}

async function nextPiece(stream: Stream, now: number): Promise<Extract<LookReply, { kind: 'lines' }>> {
  stream.touched = now;
  while (sizeOf(stream.left) < PIECE) {
    const next = await stream.lines.next();
    if (next.done) {
      if (sizeOf(stream.left) < PIECE)
        return { kind: 'lines', lines: stream.left, end: stream.value === undefined ? {} : { value: stream.value } };
      break;
    }
    for (const line of next.value) stream.left.push(line ?? null);
  }
  let size = 0;
  const cut = stream.left.findIndex((line) => (size += (line?.length ?? 0) + 1) >= PIECE) + 1;
  const lines = stream.left.slice(0, cut);
  stream.left = stream.left.slice(cut);
  return { kind: 'lines', lines };
}

function sizeOf(lines: readonly (string | null)[]): number {
  let size = 0;
  for (const line of lines) {
    size += (line?.length ?? 0) + 1;
    if (size >= PIECE) return size;
  }
  return size;
}
