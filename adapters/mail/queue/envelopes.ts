/**
 * The envelopes of some messages, each by the server's own tool: `postcat -eq` (headers and body are left out by -e),
 * `exim -Mvh` (the spool's header file, of which only the envelope is read).
 *
 * All ids of one look travel in one run: a fixed script gets them as its positional parameters, each of its product's
 * own grammar.
 */
import { readEximSpool, readPostcat } from '../../../src/domain/queues/envelope.ts';
import type { Envelope } from '../../../src/domain/queues/envelope.ts';
import type { QueueId } from '../../../src/domain/queues/queue-id.ts';
import type { Mta } from '../../../src/domain/queues/snapshot.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import { EXIM_QUEUES } from './exim-queues.ts';

/** $1: the folder of the instance's configuration, or nothing. */
const POSTCAT =
  'c=$1; shift; for id in "$@"; do echo "=== $id"; if [ -n "$c" ]; then postcat -c "$c" -eq "$id"; else postcat -eq "$id"; fi; done';
/** A message of a named queue is found under its queue's name only. */
const EXIM = `shift; ${EXIM_QUEUES}
for id in "$@"; do
  echo "=== $id"
  told=$("$x" -Mvh "$id") || for queue in $queues; do told=$("$x" "-qG$queue" -Mvh "$id" 2>/dev/null) && break; done
  printf '%s\\n' "$told" | sed "/^$/q"
done`;

export async function readEnvelopes(
  name: string,
  mta: Exclude<Mta, 'exchange'>,
  host: Host,
  instances: readonly string[],
  ids: readonly QueueId[],
  deadlineMs: number,
): Promise<readonly Envelope[]> {
  switch (mta) {
    case 'postfix': {
      const folders = instances.length === 0 ? [''] : instances;
      const found = await Promise.all(
        folders.map((folder) => ask(host, POSTCAT, folder, ids, deadlineMs, readPostcat)),
      );
      return found.flat();
    }
    case 'exim':
      return ask(host, EXIM, '', ids, deadlineMs, readEximSpool);
    case 'opensmtpd':
    case 'sendmail':
      throw new HostUnknown(`Single messages of ${name} (${mta}) can't be looked at from here.`);
    default:
      return mta satisfies never;
  }
}

async function ask(
  host: Host,
  script: string,
  folder: string,
  ids: readonly QueueId[],
  deadlineMs: number,
  read: (id: string, text: string) => Envelope | undefined,
): Promise<readonly Envelope[]> {
  const ran = await host.run(['sh', '-c', script, 'tourniquet', folder, ...ids], { deadlineMs });
  if (/superuser|permission denied|not allowed|not installed|not found/i.test(ran.err) && !/No such file/.test(ran.err))
    throw new HostUnknown(`Messages can't be looked at there: ${ran.err.trim().split('\n').at(-1) ?? ''}`);
  return ids.flatMap((id, index) => {
    const from = ran.out.indexOf(`=== ${id}\n`);
    if (from < 0) return [];
    const next = ids[index + 1];
    const to = next === undefined ? -1 : ran.out.indexOf(`\n=== ${next}\n`, from);
    const text = ran.out.slice(from + id.length + 5, to < 0 ? undefined : to + 1);
    const envelope = read(id, text);
    return envelope ? [envelope] : [];
  });
}
