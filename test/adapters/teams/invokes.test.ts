import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOfMessage } from '../../../adapters/chat/teams/forms.ts';
import { actions, button, message } from '../../../src/messages/message.ts';
import { until } from '../../lab/process.ts';
import { buttonsOf } from '../../support/teams/cards.ts';
import {
  BOT,
  CHANNEL,
  GROUP,
  PRIVATE,
  channelWords,
  groupWords,
  press,
  privateWords,
} from '../../support/teams/people.ts';
import type { ActivityJson } from '../../support/teams/people.ts';
import { openTeamsStage } from '../../support/teams/stage.ts';
import type { TeamsStage } from '../../support/teams/stage.ts';

const FILE_TYPE = 'application/vnd.microsoft.teams.file.download.info';

describe('what Teams wants answered at once', () => {
  let stage: TeamsStage;
  let url = '';
  beforeAll(async () => {
    stage = await openTeamsStage({ mode: 'teams' });
    url = stage.platform.url;
    stage.platform.conversations.add(PRIVATE);
    stage.platform.conversations.add(CHANNEL);
  });
  afterAll(() => stage.close());

  const invoke = (name: string, value: unknown): Promise<{ status: number; body: unknown }> =>
    stage.post(press(url, {}, { name, value }));
  const lastWords = (): unknown => stage.heard.at(-1)?.said;

  it('shows the pressed card working and without buttons, and gives it back with the outcome', async () => {
    await stage.post(privateWords(url, 'status'));
    const where = stage.heard.at(-1)?.conversation;
    if (!where) throw new Error('nothing was heard');
    const offer = message('warning', 'An offer stands', actions(button('Look', 'status')));
    const id = await stage.surface.deliver({ conversation: where, key: 'offer', message: offer }, undefined);
    const card = stage.platform.messages.find((each) => each.id === id);
    const { body, ms } = await stage.post(press(url, { tq: { command: 'status', key: 'offer', label: 'Look' } }));
    expect(ms).toBeLessThan(2000);
    expect(JSON.stringify(body)).toContain('An offer stands');
    expect(JSON.stringify(body)).toContain('working: Look');
    expect(JSON.stringify(body)).not.toContain('Action.Execute');
    const key = stage.heard.at(-1)?.id ?? '';
    await stage.surface.deliver(
      { conversation: where, key, message: message('good', 'All is well'), final: true },
      undefined,
    );
    await until(() => card?.edits === 1, 5000, 'the card to be given back');
    expect(JSON.stringify(card?.activity)).toContain('Look: All is well');
    expect(JSON.stringify(card?.activity)).toContain('Action.Execute');
  });

  it.each([
    ['good', 'Status,Approve'],
    ['unknown', 'Status,Done,Approve'],
  ] as const)(
    'spends what changes something on an answer whose press came out %s; what looks, and what others decide, stays',
    async (tone, left) => {
      await stage.post(privateWords(url, 'next'));
      const { conversation: where, id: key } = stage.heard.at(-1) ?? {};
      if (!where || key === undefined) throw new Error('nothing was heard');
      const approve = { ...button('Approve', 'approve 1'), nonce: 'n' };
      const answer = message('neutral', 'Step', actions(button('Status', 'status'), button('Done', 'done'), approve));
      const id = await stage.surface.deliver({ conversation: where, key, message: answer }, undefined);
      await stage.post(press(url, { tq: { command: 'done', key, label: 'Done' } }));
      const event = stage.heard.at(-1)?.id ?? '';
      await stage.surface.deliver(
        { conversation: where, key: event, message: message(tone, 'So it is'), final: true },
        undefined,
      );
      const card = stage.platform.messages.find((each) => each.id === id);
      await until(() => card?.edits === 1, 5000, 'the card to be edited');
      expect(
        buttonsOf(card?.activity)
          .map((each) => each.title)
          .join(),
      ).toBe(left);
    },
  );

  it.each(['Execute', 'Submit'] as const)(
    'gives a card back that was pressed (%s) at one bot and is answered by another, after a restart as well',
    async (way) => {
      await stage.post(privateWords(url, `status ${way}`));
      const { conversation: where, id: key } = stage.heard.at(-1) ?? {};
      if (!where || key === undefined) throw new Error('nothing was heard');
      const answer = message('neutral', 'Step', actions(button('Status', 'status'), button('Done', 'done')));
      const id = await stage.surface.deliver({ conversation: where, key, message: answer }, undefined);
      const pressed = { tq: { command: 'done', key, label: 'Done' } };
      await stage.post(
        way === 'Execute' ? press(url, pressed) : privateWords(url, '', { text: undefined, value: pressed }),
      );
      const event = stage.heard.at(-1)?.id ?? '';
      const other = await openTeamsStage({ mode: 'teams', restarted: stage });
      await other.surface.deliver(
        { conversation: where, key: event, message: message('good', 'So it is'), final: true },
        undefined,
      );
      const card = stage.platform.messages.find((each) => each.id === id);
      await until(() => card?.edits === 1, 5000, 'the card to be edited');
      expect(JSON.stringify(card?.activity)).toContain('Done: So it is');
      expect(buttonsOf(card?.activity).map((each) => each.title)).toEqual(['Status']);
      await other.close();
    },
  );

  it('leaves a card that it does not remember as it is, and says that it works on it', async () => {
    const { body } = await stage.post(press(url, { tq: { command: 'status', key: 'forgotten', label: 'Look' } }));
    expect(body).toMatchObject({ type: 'application/vnd.microsoft.activity.message', value: 'Look: working …' });
    expect(lastWords()).toMatchObject({ kind: 'pressed', command: 'status' });
  });

  it('shows a call that was pressed as itself, not as the headline it stands beneath', async () => {
    const where = stage.heard.at(-1)?.conversation;
    if (!where) throw new Error('nothing was heard');
    const call = message('critical', 'Somebody is needed', actions(button('I have it', 'ack 1')));
    const headline = message('critical', 'The headline', actions(button('I have it', 'ack 1')));
    const first = await stage.surface.deliver({ conversation: where, key: 'incident-1', message: headline }, undefined);
    const said = {
      conversation: where,
      key: 'incident-1',
      message: call,
      loud: true,
      as: 'incident-1#call-1',
    } as const;
    const id = await stage.surface.deliver(said, first);
    const [button1] = buttonsOf(stage.platform.messages.find((each) => each.id === id)?.activity);
    const { body } = await stage.post(press(url, button1?.data ?? {}));
    expect(JSON.stringify(body)).toContain('Somebody is needed');
    expect(JSON.stringify(body)).not.toContain('The headline');
  });

  it('does not give a card back that the house has changed meanwhile', async () => {
    const where = stage.heard.at(-1)?.conversation;
    if (!where) throw new Error('nothing was heard');
    const offer = message('warning', 'Decide', actions(button('Yes', 'status')));
    const id = await stage.surface.deliver({ conversation: where, key: 'decision', message: offer }, undefined);
    await stage.post(press(url, { tq: { command: 'status', key: 'decision', label: 'Yes' } }));
    const event = stage.heard.at(-1)?.id ?? '';
    await stage.surface.deliver(
      { conversation: where, key: 'decision', message: message('good', 'Decided by Ana') },
      id,
    );
    await stage.surface.deliver(
      { conversation: where, key: event, message: message('good', 'Done'), final: true },
      undefined,
    );
    const card = stage.platform.messages.find((each) => each.id === id);
    await stage.surface.deliver({ conversation: where, key: 'last', message: message('good', 'x') }, undefined);
    expect(card?.edits).toBe(1);
    expect(JSON.stringify(card?.activity)).toContain('Decided by Ana');
    expect(JSON.stringify(card?.activity)).not.toContain('Action.Execute');
  });

  it('hears the fallback of older clients, which comes as a message, as the same press', async () => {
    await stage.post(
      privateWords(url, '', {
        text: undefined,
        value: { tq: { command: 'status', key: 'k', label: 'x', nonce: 'n' } },
      }),
    );
    expect(lastWords()).toEqual({ kind: 'pressed', command: 'status', messageKey: 'k', nonce: 'n' });
  });

  it.each([
    {},
    { tq: {} },
    { tq: { command: '', key: 'k' } },
    { tq: { command: 'x'.repeat(5000), key: 'k' } },
    'x',
    null,
  ])('answers a press it can not read, %j, in words', async (data) => {
    const before = stage.heard.length;
    const { status, body } = await stage.post(press(url, data));
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'application/vnd.microsoft.activity.message' });
    expect(stage.heard).toHaveLength(before);
  });

  it('answers 501 to what it does not know', async () => {
    expect((await invoke('config/fetch', {})).status).toBe(501);
  });

  it('opens a form made from the command’s spec, and hears it as the line one would have typed', async () => {
    const { body } = await invoke('composeExtension/fetchTask', { commandId: 'check' });
    expect(JSON.stringify(body)).toContain('option-lists');
    expect(JSON.stringify(body)).not.toContain('option-catalogue');
    const filled = { form: 'check', words: '9.9.9.9 mail.example.com', 'option-lists': 'zen.spamhaus.org, "x"' };
    expect((await invoke('composeExtension/submitAction', { commandId: 'check', data: filled })).body).toMatchObject({
      task: { type: 'message' },
    });
    expect(lastWords()).toEqual({
      kind: 'words',
      text: String.raw`check 9.9.9.9 mail.example.com --lists "zen.spamhaus.org, \"x\""`,
    });
  });

  it('opens a form from a message, with its text in it', async () => {
    const messagePayload = {
      body: { contentType: 'html', content: '<p>550 5.7.1 &lt;a@example.com&gt; <b>blocked</b></p>' },
    };
    const { body } = await invoke('composeExtension/fetchTask', { commandId: 'incident-from-message', messagePayload });
    expect(JSON.stringify(body)).toContain('550 5.7.1 <a@example.com> blocked');
    const words = '550 "5.7.1 --blocked';
    await invoke('composeExtension/submitAction', { data: { form: 'incident-from-message', words } });
    expect(lastWords()).toEqual({ kind: 'words', text: String.raw`open "550 \"5.7.1 --blocked"` });
    expect(textOfMessage('<'.repeat(30_000)).length).toBeLessThan(1600);
  });

  it('says on the form what the gateway refused', async () => {
    stage.answerWith({ kind: 'refused', message: message('warning', 'No such server.') });
    const { body } = await invoke('task/submit', { data: { form: 'say', line: 'queue mx9' } });
    stage.answerWith({ kind: 'taken' });
    expect(body).toEqual({ task: { type: 'message', value: 'No such server.' } });
  });

  const dropped = (downloadUrl: string): ActivityJson =>
    privateWords(url, 'queue --mta postfix', {
      attachments: [{ contentType: FILE_TYPE, name: 'queue.json', content: { downloadUrl, fileType: 'json' } }],
    });

  it('fetches a dropped file', async () => {
    stage.platform.files.set('queue.json', Buffer.from('{"queue_name":"active"}'));
    await stage.post(dropped(`${url}/files/queue.json`));
    const said = lastWords() as { files: readonly { path: string; bytes: number; name: { foreign: string } }[] };
    expect(said.files).toEqual([{ name: { foreign: 'queue.json' }, path: expect.any(String), bytes: 23 }]);
    expect(readFileSync(said.files[0]?.path ?? '', 'utf8')).toBe('{"queue_name":"active"}');
  });

  it('keeps no second copy of a file whose message comes again, and none of what was refused', async () => {
    stage.platform.files.set('queue.json', Buffer.from('{"queue_name":"active"}'));
    const inbox = join(stage.dataFolder, 'teams', 'inbox');
    const before = readdirSync(inbox).length;
    stage.answerWith({ kind: 'duplicate' });
    await stage.post(dropped(`${url}/files/queue.json`));
    stage.answerWith({ kind: 'refused', message: message('warning', 'Not here.') });
    await stage.post(dropped(`${url}/files/queue.json`));
    stage.answerWith({ kind: 'taken' });
    expect(readdirSync(inbox)).toHaveLength(before);
  });

  it.each([
    ['https://evil.example/queue.json', 'not on a host of Microsoft 365'],
    ['file:///etc/passwd', 'not on a host of Microsoft 365'],
    ['URL/files/missing', '404'],
  ])('fetches nothing from %s, and says why', async (address, why) => {
    const before = stage.heard.length;
    await stage.post(dropped(address.replace('URL', url)));
    expect(stage.heard).toHaveLength(before);
    expect(JSON.stringify(stage.platform.messages.at(-1)?.activity)).toContain(why);
  });

  it('offers a document with the consent card, and uploads it once it is accepted', async () => {
    await stage.post(privateWords(url, 'status'));
    const where = stage.heard.at(-1)?.conversation;
    if (!where) throw new Error('nothing was heard');
    const file = { name: 'report.md', type: 'text/markdown', text: '# Report ✔\n' } as const;
    await stage.surface.deliver({ conversation: where, key: 'r', message: message('good', 'closed'), file }, undefined);
    const offer = stage.platform.messages.at(-1)?.activity as {
      attachments: { content: { acceptContext: unknown } }[];
    };
    expect(offer).toMatchObject({
      attachments: [{ contentType: 'application/vnd.microsoft.teams.card.file.consent', content: { sizeInBytes: 13 } }],
    });
    const context = offer.attachments[0]?.content.acceptContext;
    const uploadInfo = {
      uploadUrl: `${url}/files/up`,
      contentUrl: `${url}/x`,
      name: 'report.md',
      uniqueId: 'u',
      fileType: 'md',
    };
    const evil = { ...uploadInfo, uploadUrl: 'https://evil.example/' };
    expect((await invoke('fileConsent/invoke', { action: 'accept', context, uploadInfo: evil })).status).toBe(403);
    await stage.surface.deliver(
      { conversation: where, key: 'r2', message: message('good', 'closed'), file },
      undefined,
    );
    const again = stage.platform.messages.at(-1)?.activity as typeof offer;
    const value = { action: 'accept', context: again.attachments[0]?.content.acceptContext, uploadInfo };
    expect((await invoke('fileConsent/invoke', value)).status).toBe(200);
    expect(stage.platform.files.get('up')?.toString()).toBe(file.text);
    expect(stage.platform.messages.at(-1)?.activity).toMatchObject({
      attachments: [{ contentType: 'application/vnd.microsoft.teams.card.file.info' }],
    });
  });

  it('hears a channel only where it is mentioned, or where a command stands in a thread', async () => {
    const before = stage.heard.length;
    const unasked = channelWords(url, '', '1690000000000');
    await stage.post({ ...unasked, text: 'lunch?', entities: [] });
    expect(stage.heard).toHaveLength(before);
    await stage.post({ ...channelWords(url, '', '1690000000000'), text: 'status', entities: [] });
    expect(stage.heard).toHaveLength(before + 1);
    for (const text of ['check with Ben first', 'help is on its way', 'Status of the freeze? Anybody?'])
      await stage.post({ ...channelWords(url, '', '1690000000000'), text, entities: [] });
    expect(stage.heard).toHaveLength(before + 1);
  });

  it('leaves a refusal to the outbox where Teams does not take it now', async () => {
    stage.answerWith({ kind: 'refused', message: message('unknown', 'there is no command "frobnicate"') });
    const before = stage.platform.messages.length;
    const activity = privateWords(url, 'frobnicate');
    stage.platform.fail(429, 'TooManyRequests', 1, { 'retry-after': '5' });
    await stage.post(activity);
    await stage.post(activity);
    stage.answerWith({ kind: 'taken' });
    expect(stage.platform.messages).toHaveLength(before);
    const [late, ...more] = stage.left.splice(0);
    if (!late) throw new Error('the outbox has nothing');
    expect(more).toEqual([]);
    await stage.surface.deliver(late, undefined);
    expect(stage.platform.messages.at(-1)).toMatchObject({ conversation: PRIVATE });
    expect(JSON.stringify(stage.platform.messages.at(-1))).toContain('frobnicate');
  });

  it('hears a group chat where it is mentioned, answers in it, greets it, and leaves chatter alone', async () => {
    stage.platform.conversations.add(GROUP);
    const before = stage.heard.length;
    await stage.post(groupWords(url, '', { text: 'status of lunch?', entities: [] }));
    expect(stage.heard).toHaveLength(before);
    await stage.post(groupWords(url, 'check 185.12.45.7'));
    expect(stage.heard.at(-1)).toMatchObject({
      conversation: { surface: 'teams', id: GROUP },
      said: { kind: 'words', text: 'check 185.12.45.7' },
    });
    const { conversation } = stage.heard.at(-1) ?? { conversation: { surface: 'teams' as const, id: '' } };
    await stage.surface.deliver({ conversation, key: 'g', message: message('good', 'not listed') }, undefined);
    expect(stage.platform.messages.at(-1)?.conversation).toBe(GROUP);
    await stage.post(groupWords(url, '', { type: 'conversationUpdate', membersAdded: [{ id: BOT.id }] }));
    expect(JSON.stringify(stage.platform.messages.at(-1))).toMatch(/19:crisis.*Tourniquet is here/);
  });

  it('knows which message of ours a thread hangs beneath', async () => {
    stage.keys.set('1690000000000', 'incident-7');
    await stage.post(channelWords(url, 'ack', '1690000000000'));
    expect(stage.heard.at(-1)?.conversation.beneath).toBe('incident-7');
    await stage.post(channelWords(url, 'ack', '1690000000001'));
    expect(stage.heard.at(-1)?.conversation.beneath).toBeUndefined();
  });

  it('greets where it is added, and stays silent where others are', async () => {
    const added = (id: string): ActivityJson => ({
      ...privateWords(url, ''),
      type: 'conversationUpdate',
      membersAdded: [{ id }],
    });
    const before = stage.platform.messages.length;
    await stage.post(added('29:ben'));
    expect(stage.platform.messages).toHaveLength(before);
    await stage.post(added(BOT.id));
    expect(JSON.stringify(stage.platform.messages.at(-1)?.activity)).toContain('Tourniquet is here');
  });

  it('asks for help where it is only called', async () => {
    await stage.post(channelWords(url, '', '1690000000000'));
    expect(lastWords()).toEqual({ kind: 'words', text: 'help' });
  });
});
