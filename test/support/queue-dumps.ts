/** Listings as people hand them in, and `queue --dump` on them, held to the contract (tourniquet.queue/1). */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { renderText } from '../../adapters/chat/terminal/render.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { localFiles } from '../../adapters/files/local.ts';
import type { Answer } from '../../jobs/answer.ts';
import { runQueue } from '../../jobs/mail/look-at-queue.ts';
import { visibleJson } from '../../src/domain/foreign.ts';
import { AGE_CLASSES } from '../../src/domain/queues/snapshot.ts';
import type { World } from '../../src/ports/world.ts';

export const NOW = 1_795_500_000;
const folder = mkdtempSync(join(tmpdir(), 'tq-dump-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const count = z.number().int().min(0);
const SHAPE = z.object({
  schema: z.literal('tourniquet.queue/1'),
  server: z.string().min(1),
  mta: z.enum(['postfix', 'exim', 'exchange', 'opensmtpd', 'sendmail']),
  takenAt: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  messages: count,
  recipients: count,
  bytes: count,
  malformed: count,
  duplicates: count,
  byQueue: z.record(z.string(), count),
  oldestSeconds: count,
  ages: z.array(z.object({ upToMinutes: z.number().nullable(), messages: count })),
  nullSender: z.object({ messages: count, recipientDomains: count }),
  topSenders: z.array(z.object({ sender: z.string().max(320), messages: count })),
  topSenderDomains: z.array(z.object({ domain: z.string().min(1).max(253), messages: count })),
  topRecipientDomains: z.array(z.object({ domain: z.string().min(1).max(253), recipients: count })),
  topReasons: z.array(z.object({ reason: z.string().max(200), recipients: count })),
});
type Shape = z.output<typeof SHAPE>;

/** `queue --dump` of this text, so many seconds after it was saved, held to the contract's form, to sums that agree and to no hidden character. */
export async function queue(
  dump: string | Buffer,
  mta?: string,
  secondsLater = 60,
): Promise<Answer & { readonly json: Shape }> {
  const path = join(folder, 'dump');
  writeFileSync(path, dump);
  utimesSync(path, NOW, NOW);
  const answer = await runQueue(
    {
      id: 'x',
      command: { name: 'queue', words: [], options: { dump: [path], ...(mta !== undefined && { mta: [mta] }) } },
      actor: { surface: 'shell', id: 'x', shown: { foreign: 'x' } },
      conversation: { surface: 'shell', id: 'x' },
      at: 1,
      files: { dump: path },
    },
    {
      clock: { ...systemClock, now: () => (NOW + secondsLater) * 1000 },
      files: localFiles,
      mailServers: { names: [], find: () => undefined },
      queueHistory: { note: () => Promise.resolve(), recent: () => Promise.resolve([]) },
    } satisfies Partial<World> as unknown as World,
    () => {},
  );
  const json = SHAPE.parse(answer.data);
  const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);
  expect(json.ages.map((each) => each.upToMinutes)).toEqual(AGE_CLASSES);
  expect(sum(json.ages.map((each) => each.messages))).toBe(json.messages);
  expect(sum(Object.values(json.byQueue))).toBe(json.messages);
  expect(json.nullSender.messages).toBe(json.topSenders.find((each) => each.sender === '')?.messages ?? 0);
  const hidden = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
  expect(visibleJson(answer.data)).not.toMatch(hidden);
  expect(JSON.parse(visibleJson(answer.data))).toEqual(JSON.parse(JSON.stringify(answer.data)));
  expect(renderText(answer.message, { colour: false, width: 100, unfolded: true }).text).not.toMatch(hidden);
  return { ...answer, json };
}

export const line = (over: object = {}): string =>
  JSON.stringify({
    queue_name: 'deferred',
    queue_id: 'A843F21E832',
    arrival_time: NOW - 60,
    message_size: 100,
    forced_expire: false,
    sender: 'a@example.test',
    recipients: [
      { address: 'b@example.net', delay_reason: 'connect to mx.example.net[192.0.2.1]:25: Connection timed out' },
    ],
    ...over,
  });
export const other = line({ queue_id: 'B843F21E833' });
export const exchange = (over: object = {}): object => ({
  id: String.raw`EX1\123\5`,
  queue: String.raw`EX1\123`,
  from: 'a@example.test',
  size: '12.3 KB (12,595 bytes)',
  received: new Date((NOW - 60) * 1000).toISOString(),
  error: '451 4.4.0 Connection timed out',
  recipients: ['b@example.net'],
  ...over,
});
export const EXIM = `25m  2.9K 1xVhU1-0001pt-20 <alice@example.test> *** frozen ***
          red@example.net
        D blue@example.org

 4h  1.7K 1xVhNZ-0000il-02 <>
          x@example.net

`;
export const LONG = 'z'.repeat(10_000_000);
