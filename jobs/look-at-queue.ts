/** `queue`: what is in a queue. The JSON is tourniquet.queue/1 (docs/mail-servers.md). */
import { readArguments } from '../src/commands/parse.ts';
import { queueSpec } from '../src/commands/specs/queue.ts';
import type { Snapshot } from '../src/domain/queues/snapshot.ts';
import { foreign, say } from '../src/domain/foreign.ts';
import { message, notice } from '../src/messages/message.ts';
import { sayQueue } from '../src/messages/queue.ts';
import { HostUnknown } from '../src/ports/host.ts';
import { sayRefused } from '../src/messages/refused.ts';
import type { CommandJob, Json, Status } from './answer.ts';
import { readDump, readListing } from './read-dump.ts';
import type { ReadDump } from './read-dump.ts';

export const runQueue: CommandJob<'clock' | 'files' | 'mailServers'> = async (request, world, tell) => {
  const args = readArguments(queueSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const { server, mta, top } = args.value;
  const dump = request.files['dump'] ?? request.files['dropped'];
  const progress = (lines: number): void => tell(message('neutral', `${lines} lines read …`));
  let read: ReadDump;
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
    try {
      read = await readListing(
        found.listing(request.deadlineMs ?? LISTING_MS),
        found.mta,
        found.name,
        world.clock.now(),
        progress,
      );
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      const words = say`${foreign(name)}: unknown. ${foreign(error.message, 400)}`;
      return { status: 'unknown', message: message('unknown', words, notice('unknown', words)) };
    }
  } else read = await readDump(dump, mta, server ?? 'dump', world, progress);
  return {
    status: statusOf(read.snapshot),
    message: sayQueue(read.snapshot, read.faults, top),
    data: queueJson(read.snapshot),
  };
};

/** A listing of a hundred thousand messages takes Postfix some 9 s. */
const LISTING_MS = 120_000;

function whichServer(names: readonly string[]): string {
  const known = names.length === 0 ? 'put one into tourniquet.yaml' : `say one of ${names.join(', ')}`;
  return `${known}, or hand over a saved dump: queue --dump FILE (postqueue -j > FILE on the server)`;
}

/** A queue that is merely long is no verdict: that is triage's. Unknown: nothing of the listing could be read. */
function statusOf(snapshot: Snapshot): Status {
  return snapshot.messages === 0 && snapshot.malformed > 0 ? 'unknown' : 'ok';
}

export function queueJson(snapshot: Snapshot): Json {
  return { schema: 'tourniquet.queue/1', ...snapshot };
}
