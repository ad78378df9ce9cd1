/** `queue`: what is in a queue. The JSON is tourniquet.queue/1 (docs/mail-servers.md). */
import { readArguments } from '../../src/commands/parse.ts';
import { queueSpec } from '../../src/commands/specs/queue.ts';
import type { Envelope } from '../../src/domain/queues/envelope.ts';
import { parseQueueId } from '../../src/domain/queues/queue-id.ts';
import type { Snapshot } from '../../src/domain/queues/snapshot.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import { message, notice } from '../../src/messages/message.ts';
import { lookOf, thinLooks, trendSince } from '../../src/domain/queues/trend.ts';
import type { QueueLook } from '../../src/domain/queues/trend.ts';
import { sayEnvelope, sayQueue } from '../../src/messages/queue.ts';
import type { QueuePast } from '../../src/messages/queue.ts';
import { HostUnknown } from '../../src/ports/host.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { MailServer } from '../../src/ports/mail-server.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob, Json, Status } from '../answer.ts';
import type { TriageNeeds } from '../triage/triage.ts';
import { addWhatItMeans } from './what-it-means.ts';
import { readDump, readListing } from './read-dump.ts';
import type { Listing } from './read-dump.ts';

export const runQueue: CommandJob<'clock' | 'files' | 'mailServers' | 'queueHistory' | TriageNeeds> = async (
  request,
  world,
  tell,
) => {
  const args = readArguments(queueSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const { server, mta, top, show } = args.value;
  const dump = request.files['dump'] ?? request.files['dropped'];
  const progress = (lines: number): void => tell(message('neutral', `${lines} lines read …`));
  let read: Listing;
  let remarks: readonly string[] = [];
  let past: QueuePast | undefined;
  if (dump === undefined) {
    const name = server ?? (world.mailServers.names.length === 1 ? world.mailServers.names[0] : undefined);
    if (name === undefined)
      return {
        status: 'refused',
        message: sayRefused('no mail server was named', whichServer(world.mailServers.names)),
      };
    const found = world.mailServers.find(name);
    if (!found)
      return {
        status: 'refused',
        message: sayRefused(`there is no mail server ${JSON.stringify(name)}`, whichServer(world.mailServers.names)),
      };
    if (show !== undefined) return showMessage(found, show, request.deadlineMs ?? SHOW_MS);
    try {
      read = await readListing(
        found.listing(request.deadlineMs ?? LISTING_MS),
        found.mta,
        found.name,
        world.clock.now(),
        progress,
      );
      past = await remember(name, lookOf(read.snapshot, world.clock.now()), world);
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      const words = say`${foreign(name)}: unknown. ${foreign(error.message, 400)}`;
      return { status: 'unknown', message: message('unknown', words, notice('unknown', words)) };
    }
  } else if (show !== undefined)
    return {
      status: 'refused',
      message: sayRefused('a dump has no envelopes to show', 'ask the server itself: queue SERVER show ID'),
    };
  else
    try {
      ({ remarks, ...read } = await readDump(dump, mta, server ?? 'dump', world, progress));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { status: 'refused', message: sayRefused(why.replace(/\.$/, ''), 'help queue says what it reads') };
    }
  const listed = sayQueue(read.snapshot, read.faults, top, past, read.looksLike);
  const said = { ...listed, blocks: [...remarks.map((words) => notice('unknown', words)), ...listed.blocks] };
  const status = statusOf(read.snapshot);
  const means = dump !== undefined && top === undefined && status === 'ok' && request.conversation.surface !== 'shell';
  return {
    status,
    message: means ? await addWhatItMeans(said, request, dump, read.snapshot, world, tell) : said,
    data: queueJson(read.snapshot, past),
  };
};

/** Looks of these last milliseconds are drawn. */
const DRAWN_MS = 7 * 86_400_000;
const MOST_DRAWN = 60;

/** What the memory adds. One that can't be read or written costs the trend, not the look. */
async function remember(server: string, look: QueueLook, world: Pick<World, 'queueHistory'>): Promise<QueuePast> {
  try {
    const before = await world.queueHistory.recent(server, look.at - DRAWN_MS);
    await world.queueHistory.note(server, look);
    const last = before.at(-1);
    return { looks: thinLooks([...before, look], MOST_DRAWN), ...(last && { trend: trendSince(last, look) }) };
  } catch {
    return { looks: [look] };
  }
}

/** A listing of a hundred thousand messages takes Postfix some 9 s. */
const LISTING_MS = 120_000;
const SHOW_MS = 20_000;

async function showMessage(server: MailServer, said: string, deadlineMs: number): Promise<Answer> {
  const id = parseQueueId(said, server.mta);
  if (id.kind === 'bad') return { status: 'refused', message: sayRefused(id.why, id.remedy) };
  const unknown = (words: string): Answer => ({
    status: 'unknown',
    message: message('unknown', [foreign(words, 400)], notice('unknown', [foreign(words, 400)])),
  });
  let found: readonly Envelope[];
  try {
    found = await server.envelopes([id.value], deadlineMs);
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return unknown(error.message);
  }
  const [envelope] = found;
  if (!envelope) return unknown(`${server.name} has no message ${id.value}: it was delivered or removed meanwhile`);
  const { sender, recipients, arrival, bytes, origin, helo } = envelope;
  return {
    status: 'ok',
    message: sayEnvelope(server.name, envelope),
    data: {
      schema: 'tourniquet.message-envelope/1',
      server: server.name,
      id: envelope.id,
      sender,
      recipients,
      arrival,
      bytes,
      helo,
      origin: origin && { ...origin },
    },
  };
}

function whichServer(names: readonly string[]): string {
  const known = names.length === 0 ? 'put one into tourniquet.yaml' : `say one of ${names.join(', ')}`;
  return `${known}, or hand over a saved dump: queue --dump FILE (postqueue -j > FILE on the server)`;
}

/** A queue that is merely long is no verdict: that is triage's. Unknown: nothing of the listing could be read. */
function statusOf(snapshot: Snapshot): Status {
  return snapshot.messages === 0 && snapshot.malformed > 0 ? 'unknown' : 'ok';
}

export function queueJson(snapshot: Snapshot, past?: QueuePast): Json {
  return {
    schema: 'tourniquet.queue/1',
    ...snapshot,
    ...(past?.trend && { sinceLastLook: { ...past.trend } }),
    ...(past && { depth: past.looks.map(({ at, messages }) => ({ at: new Date(at).toISOString(), messages })) }),
  };
}
