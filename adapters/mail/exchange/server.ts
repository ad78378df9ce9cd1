/** An Exchange server's queues and single messages, by queue.ps1 and message.ps1. */
import { readExchangeEnvelope } from '../../../src/domain/queues/exchange-json.ts';
import type { Envelope } from '../../../src/domain/queues/envelope.ts';
import type { QueueId } from '../../../src/domain/queues/queue-id.ts';
import type { MailServer } from '../../../src/ports/mail-server.ts';
import { linesOfFile } from './print.ts';
import type { Scripts } from './print.ts';

export function openExchangeServer(scripts: Scripts): MailServer {
  return {
    name: scripts.name,
    mta: 'exchange',
    listing: (deadlineMs) => linesOfFile(scripts, 'queue.ps1', {}, deadlineMs),
    // Counting would list them as well.
    count: () => Promise.resolve(undefined),
    envelopes: (ids, deadlineMs) => readMessages(scripts, ids, deadlineMs),
  };
}

async function readMessages(
  scripts: Scripts,
  ids: readonly QueueId[],
  deadlineMs: number,
): Promise<readonly Envelope[]> {
  const found: Envelope[] = [];
  for (const id of ids)
    for await (const lines of linesOfFile(scripts, 'message.ps1', { Identity: id.replaceAll('\\', '/') }, deadlineMs))
      found.push(...lines.flatMap((line) => readExchangeEnvelope(id, line ?? '') ?? []));
  return found;
}
