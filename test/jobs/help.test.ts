import { expect, it } from 'vitest';
import type { CommandRequest } from '../../jobs/answer.ts';
import { runHelp } from '../../jobs/help.ts';
import { foreign, plain } from '../../src/domain/foreign.ts';
import type { Message } from '../../src/messages/message.ts';

async function help(words: readonly string[], surface: 'slack' | 'shell' = 'slack'): Promise<Message> {
  const request = {
    id: 'x',
    command: { name: 'help', words, options: {} },
    actor: { surface, id: 'T0/U0', shown: foreign('carl') },
    conversation: { surface, id: 'C0' },
    at: 0,
    files: {},
  } as CommandRequest;
  const people = { roleOf: () => 'viewer', personOf: () => 'carl' } as const;
  const answer = await runHelp(request, { people } as Parameters<typeof runHelp>[1], () => {});
  return answer.message;
}

it('says of a command that one may not say who may, and never that it is not there', async () => {
  const said = await help(['freeze']);
  expect(plain(said.summary)).toMatch(/^Hold all mail/);
  expect(JSON.stringify(said.blocks)).toContain('responder and above');
  expect(plain((await help(['frobnicate'])).summary)).toContain('there is no command "frobnicate"');
  expect(plain((await help(['rescue'])).summary)).toContain('there is no command "rescue"');
});

it('offers what is asked most as buttons in a chat, and none in the shell', async () => {
  const offered = (said: Message): readonly string[] =>
    said.blocks.flatMap((block) => (block.kind === 'actions' ? block.buttons.map((each) => each.command) : []));
  expect(offered(await help([]))).toEqual(['triage', 'check', 'queue', 'incidents', 'drill list']);
  expect(offered(await help([], 'shell'))).toEqual([]);
});
