/** Exchange's queues and single messages, by queue.ps1 and message.ps1. */
import { readExchangeEnvelope } from '../../../src/domain/queues/exchange-json.ts';
import type { Envelope } from '../../../src/domain/queues/envelope.ts';
import type { QueueId } from '../../../src/domain/queues/queue-id.ts';
import { linesOfFile } from '../exchange/print.ts';
import type { Scripts } from '../exchange/print.ts';

export function readExchangeQueue(
  scripts: Scripts,
  deadlineMs: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  return linesOfFile(scripts, 'queue.ps1', {}, deadlineMs);
}

export async function readExchangeMessages(
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
