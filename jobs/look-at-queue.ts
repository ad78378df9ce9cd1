/** `queue`: what is in a queue. The JSON is tourniquet.queue/1 (docs/mail-servers.md). */
import { readArguments } from '../src/commands/parse.ts';
import { queueSpec } from '../src/commands/specs/queue.ts';
import type { Snapshot } from '../src/domain/queues/snapshot.ts';
import { message } from '../src/messages/message.ts';
import { sayQueue } from '../src/messages/queue.ts';
import { sayRefused } from '../src/messages/refused.ts';
import type { CommandJob, Json, Status } from './answer.ts';
import { readDump } from './read-dump.ts';

export const runQueue: CommandJob<'clock' | 'files'> = async (request, world, tell) => {
  const args = readArguments(queueSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const { server, mta, top } = args.value;
  const dump = request.files['dump'] ?? request.files['dropped'];
  if (dump === undefined) {
    return {
      status: 'refused',
      message: sayRefused(
        'no queue was named',
        'hand over a saved dump: queue --dump FILE (postqueue -j > FILE on the server)',
      ),
    };
  }
  const read = await readDump(dump, mta, server ?? 'dump', world, (lines) =>
    tell(message('neutral', `${lines} lines read …`)),
  );
  return {
    status: statusOf(read.snapshot),
    message: sayQueue(read.snapshot, read.faults, top),
    data: queueJson(read.snapshot),
  };
};

/** A queue that is merely long is no verdict: that is triage's. Unknown: nothing of the listing could be read. */
function statusOf(snapshot: Snapshot): Status {
  return snapshot.messages === 0 && snapshot.malformed > 0 ? 'unknown' : 'ok';
}

export function queueJson(snapshot: Snapshot): Json {
  return { schema: 'tourniquet.queue/1', ...snapshot };
}
