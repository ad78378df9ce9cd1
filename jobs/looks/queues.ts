/** One server's queue, with the envelopes of a sample of it. */
import type { Envelope } from '../../src/domain/queues/envelope.ts';
import { parseQueueId } from '../../src/domain/queues/queue-id.ts';
import type { Snapshot } from '../../src/domain/queues/snapshot.ts';
import type { MailServer } from '../../src/ports/mail-server.ts';
import type { World } from '../../src/ports/world.ts';
import { readListing } from '../mail/read-dump.ts';
import type { Listing } from '../mail/read-dump.ts';

export interface QueueLooked {
  readonly snapshot: Snapshot;
  readonly envelopes: readonly Envelope[];
}

/** A queue of fewer messages needs no sample. */
const WORTH_A_SAMPLE = 20;

/** Throws HostUnknown, and an Error where nothing of the listing could be read. */
export async function readQueue(server: MailServer, world: Pick<World, 'clock'>, deadlineMs: number): Promise<Listing> {
  const read = await readListing(server.listing(deadlineMs), server.mta, server.name, world.clock.now(), () => {});
  if (read.snapshot.messages === 0 && read.snapshot.malformed > 0)
    throw new Error(`nothing of the listing of ${server.name} could be read: ${read.faults[0]?.why ?? ''}`);
  return read;
}

/** Throws as `readQueue` does. */
export async function lookAtQueue(
  server: MailServer,
  world: Pick<World, 'clock'>,
  deadlineMs: number,
): Promise<QueueLooked> {
  const end = world.clock.monotonic() + deadlineMs;
  const read = await readQueue(server, world, deadlineMs);
  const { snapshot } = read;
  const ids = read.sample.flatMap((text) => {
    const id = parseQueueId(text, server.mta);
    return id.kind === 'ok' ? [id.value] : [];
  });
  const left = end - world.clock.monotonic();
  if (ids.length < WORTH_A_SAMPLE || left < 1000) return { snapshot, envelopes: [] };
  // The sample adds to the listing; that it fails takes nothing from it.
  const envelopes = await server.envelopes(ids, left).catch(() => []);
  return { snapshot, envelopes };
}
