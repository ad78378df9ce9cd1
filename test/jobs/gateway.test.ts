import { describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../jobs/answer.ts';
import { makeGateway } from '../../jobs/gateway.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { registry } from '../../src/commands/registry.ts';
import { foreign, plain } from '../../src/domain/foreign.ts';
import type { Message } from '../../src/messages/message.ts';

/** What one of these words comes to: the request, or what is told instead. */
async function hear(text: string, file?: string): Promise<CommandRequest | string> {
  let taken: CommandRequest | undefined;
  const gateway = makeGateway({
    queue: { submit: async (request: CommandRequest) => void (taken = request) } as unknown as JobQueue,
    people: { roleOf: () => 'admin' } as unknown as Parameters<typeof makeGateway>[0]['people'],
    registry,
    send: async (path) => `sent:${path}`,
    names: { servers: ['mx1', 'mx2'] },
  });
  const files = file === undefined ? [] : [{ path: file, name: foreign(file), bytes: 1 }];
  const result = await gateway.hear({
    id: 'x',
    at: 1,
    conversation: { surface: 'slack', id: 'C0' },
    actor: { surface: 'slack', id: 'U0', shown: foreign('anna') },
    said: { kind: 'words', text, ...(files.length > 0 && { files }) },
  });
  return result.kind === 'refused' ? wordsOf(result.message) : (taken ?? 'nothing');
}

function wordsOf({ summary, blocks }: Message): string {
  return [plain(summary), ...blocks.flatMap((block) => ('text' in block ? [plain(block.text)] : []))].join('\n');
}

describe('words in a chat', () => {
  it.each([
    ['queue mx1 show -x', '"-x" is not the id of one message'],
    ['queue mx1 show ../../etc/passwd', 'is not the id of one message'],
    ['queue mx1 show ALL', '"ALL" is not the id of one message'],
    ['queue mx1 show', 'is not the id of one message'],
    ['queue mx1 show A843F21E832 B843F21E832', 'is not the id of one message'],
    ['queue mx1 show $(reboot)', 'is not the id of one message'],
    ['Queue mx1 SHOW -x', '"-x" is not the id of one message'],
    ['queue show —all', 'queue has no option "--all"'],
    ['queue mx1 top nonsense', 'queue does not know "top nonsense"'],
    ['queue mx1 --everything', 'queue has no option "--everything"'],
    ['queue mx1 -v', 'queue does not know "-v"'],
  ])('that name one thing and get it wrong are told so, and get nothing else: %s', async (words, told) => {
    expect(await hear(words)).toEqual(expect.stringContaining(told));
  });

  it.each([
    ['queue mx1 is so long, why?', ['mx1', 'top', 'reasons']],
    ['queue mx1 show A843F21E832', ['mx1', 'show', 'A843F21E832']],
    ['what is in the queue of mx2?', ['mx2']],
  ])('are understood as before: %s', async (words, meant) => {
    expect(await hear(words)).toMatchObject({ command: { name: 'queue', words: meant } });
  });

  it.each([
    ['queue', { dump: 'sent:/x' }],
    ['hunt', { log: 'sent:/x' }],
    ['triage', { dropped: 'sent:/x' }],
  ])('with a dropped file, %s gets it as what it takes, or to be looked at', async (words, files) => {
    expect(await hear(words, '/x')).toMatchObject({ files });
  });
});

it('words that are not understood where a drill is played, by this process or another, are marked as the drill’s', async () => {
  const refused = async (isPlayed?: () => Promise<boolean>): Promise<boolean | undefined> => {
    const gateway = makeGateway({
      queue: { submit: async () => {} } as unknown as JobQueue,
      people: { roleOf: () => 'viewer' } as unknown as Parameters<typeof makeGateway>[0]['people'],
      registry,
      ...(isPlayed && { isPlayed }),
      send: async (path) => path,
      names: { servers: [] },
    });
    const result = await gateway.hear({
      id: 'x',
      at: 1,
      conversation: { surface: 'slack', id: 'C0' },
      actor: { surface: 'slack', id: 'U0', shown: foreign('anna') },
      said: { kind: 'words', text: 'freze mx1' },
    });
    return result.kind === 'refused' ? result.message.drill : undefined;
  };
  expect(await refused(async () => true)).toBe(true);
  expect(await refused(async () => false)).toBeUndefined();
  expect(await refused()).toBeUndefined();
});
