import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plain } from '../../../src/domain/foreign.ts';
import { actions, button, message, notice } from '../../../src/messages/message.ts';
import type { Message } from '../../../src/messages/message.ts';
import { until } from '../../lab/process.ts';
import { record } from '../../support/slack/methods.ts';
import { openSlackStage } from '../../support/slack/stage.ts';
import type { SlackStage } from '../../support/slack/stage.ts';
import { BOT } from '../../support/slack/workspace.ts';
import type { Posted } from '../../support/slack/workspace.ts';

describe('what is said in Slack', () => {
  let stage: SlackStage;
  beforeAll(async () => {
    stage = await openSlackStage({
      clock: 'by hand',
      guests: ['T0OTHER/U0FAR'],
      named: ['T0HOME/U0ONE'],
      sharedChannels: [],
    });
    stage.slack.workspace.limitsRate = false;
  });
  afterAll(() => stage.close());
  beforeEach(() => {
    stage.answerWith({ kind: 'taken' });
    stage.heard.length = 0;
  });

  let key = 0;
  async function post(said: Message, channel = 'C0OPS'): Promise<Posted> {
    // One message a second and channel.
    stage.pass(1000);
    const conversation = { surface: 'slack', id: channel } as const;
    await stage.chat.surface.deliver({ conversation, key: `k${(key += 1)}`, message: said }, undefined);
    const posted = stage.slack.workspace.posted.at(-1);
    if (!posted) throw new Error('nothing was posted');
    return posted;
  }
  const last = () => stage.heard.at(-1);
  const privately = (words: string): readonly string[] =>
    [
      ...stage.slack.workspace.posted
        .filter((each) => each.to !== undefined || each.channel.startsWith('D'))
        .map((each) => each.text),
      ...stage.slack.responses.map((each) => JSON.stringify(each.body)),
    ].filter((text) => text.includes(words));

  it('a slash command is words of team and user, in the channel; an empty one asks for help', async () => {
    await stage.person().command('check <http://mx1.example.com|mx1.example.com>');
    expect(last()).toMatchObject({
      actor: { surface: 'slack', id: 'T0HOME/U0ANNA' },
      conversation: { id: 'C0OPS' },
      said: { kind: 'words', text: 'check mx1.example.com' },
    });
    await stage.person().command('  ');
    expect(last()?.said).toEqual({ kind: 'words', text: 'help' });
  });

  it('a slash command that mentions the bot too is the same', async () => {
    await stage.person().command(`<@${BOT}|tourniquet> status`);
    expect(last()?.said).toEqual({ kind: 'words', text: 'status' });
  });

  it('says hello once where it was invited, and nothing where others were or where it answers nobody', async () => {
    stage.slack.workspace.channels.set('C0NEW', { id: 'C0NEW', kind: 'public', joined: true });
    await stage.person({ id: BOT, channel: 'C0SHARED' }).event({ type: 'member_joined_channel' });
    const sent = await stage.person({ id: BOT, channel: 'C0NEW' }).event({ type: 'member_joined_channel' });
    await sent.again();
    await stage.person({ channel: 'C0NEW' }).event({ type: 'member_joined_channel' });
    expect(stage.settled.splice(0)).toMatchObject([
      { conversation: { surface: 'slack', id: 'C0NEW' }, message: { summary: ['Tourniquet is here.'] } },
    ]);
    expect(stage.heard).toHaveLength(0);
  });

  it('a mention opens a thread, or stays in the one it was said in', async () => {
    await stage.person().mention('status');
    expect(last()?.conversation.id).toMatch(/^C0OPS\/\d+\.\d+$/);
    await stage.person().mention('status', '1700000000.000001');
    expect(last()?.conversation.id).toBe('C0OPS/1700000000.000001');
  });

  it('a mention that comes as a message as well is heard once', async () => {
    await stage.person().mention('status');
    await stage.person().write(`<@${BOT}> status`, { parent_user_id: BOT, thread_ts: '1.000001' });
    expect(stage.heard).toHaveLength(1);
  });

  it('a direct message needs no mention', async () => {
    await stage.person().in('D0ANNA').write('status');
    expect(last()).toMatchObject({ conversation: { id: 'D0ANNA' }, said: { text: 'status' } });
  });

  it('a reply beneath our message is heard where it is a command, and chatter is left alone', async () => {
    const parent = await post(message('neutral', 'An incident'));
    await stage.person().reply(parent, 'status');
    expect(last()).toMatchObject({ conversation: { id: `C0OPS/${parent.ts}` }, said: { text: 'status' } });
    stage.keys.set(`C0OPS/${parent.ts}`, 'incident-7');
    await stage.person().reply(parent, 'ack');
    expect(last()?.conversation).toMatchObject({ id: `C0OPS/${parent.ts}`, beneath: 'incident-7' });
    await stage.person().reply(parent, 'undo 4');
    expect(last()?.said).toMatchObject({ text: 'undo 4' });
    const before = stage.slack.workspace.posted.length;
    for (const chatter of ['check this out please', 'lunch?', 'I think the queue grows'])
      await stage.person().reply(parent, chatter);
    expect(stage.heard).toHaveLength(3);
    expect(stage.slack.workspace.posted).toHaveLength(before);
  });

  it('takes “Ack.” and “ack 👍” for what they are, as phones write them', async () => {
    const headline = await post(message('critical', 'Incident 1'));
    for (const text of ['Ack.', 'ack 👍', 'ACK!']) await stage.person().reply(headline, text);
    expect(stage.heard.map((each) => each.said)).toHaveLength(3);
    await stage.person().reply(headline, 'Acknowledged by whom?');
    expect(stage.heard).toHaveLength(3);
  });

  it('a dropped file is fetched with the bot’s token into the data folder', async () => {
    await stage.person().in('D0ANNA').drop('mailq.txt', 'listing\n', 'queue --mta exim');
    const said = last()?.said;
    expect(said).toMatchObject({
      kind: 'words',
      text: 'queue --mta exim',
      files: [{ name: { foreign: 'mailq.txt' }, bytes: 8 }],
    });
    const path = said?.kind === 'words' ? (said.files?.[0]?.path ?? '') : '';
    expect(path.startsWith(stage.folder)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('listing\n');
    await stage.person().in('D0ANNA').drop('mailq.txt', 'listing\n');
    expect(last()?.said).toMatchObject({ text: 'queue' });
  });

  it('a file that takes longer than Slack waits is fetched once, and heard once, though it is delivered again meanwhile', async () => {
    stage.slack.workspace.fileDelayMs = 300;
    const fetched = stage.slack.workspace.fetched.length;
    const anna = stage.person().in('D0ANNA');
    const sent = anna.drop('slow.txt', 'listing\n', 'queue --mta exim');
    await until(() => stage.slack.workspace.fetched.length > fetched, 3000, 'the file to be fetched');
    const again = await anna.resend();
    expect((await sent).status).toBe(200);
    expect(again.status).toBe(200);
    stage.slack.workspace.fileDelayMs = 0;
    expect(stage.heard).toHaveLength(1);
    expect(stage.slack.workspace.fetched).toHaveLength(fetched + 1);
  });

  it('a file from elsewhere, or too long a one, is refused and told', async () => {
    await stage.person().in('D0ANNA').drop('x', 'x', 'queue', { url_private_download: 'https://evil.test/x' });
    await stage.person().in('D0ANNA').drop('y', 'y', 'queue', { size: 400_000_000 });
    expect(stage.heard).toHaveLength(0);
    await until(
      () => privately('not kept by Slack').length === 1 && privately('400000000 bytes').length === 1,
      3000,
      'both answers',
    );
  });

  it('a stopwatch puts a message on the timeline as a note, in its thread', async () => {
    const parent = await post(message('neutral', 'The queue is empty again'));
    await stage.person().react('stopwatch', parent);
    expect(last()).toMatchObject({
      conversation: { id: `C0OPS/${parent.ts}` },
      said: { kind: 'form', command: 'note', fields: { text: expect.stringContaining('The queue is empty again') } },
    });
    await stage.person().react('thumbsup', parent);
    expect(stage.heard).toHaveLength(1);
  });

  it('says so where the marked message can’t be read, and leaves it to Slack to send it again where Slack is away', async () => {
    const parent = await post(message('neutral', 'The second queue is empty again'));
    stage.slack.workspace.missingScopes.add('channels:history');
    expect((await stage.person().react('stopwatch', parent)).status).toBe(200);
    await until(() => privately('can’t read the message that you marked').length > 0, 3000, 'why');
    stage.slack.workspace.missingScopes.clear();
    stage.slack.workspace.fail('conversations.replies', { kind: 'status', status: 500 });
    const marked = await stage.person().react('stopwatch', parent);
    expect(marked.status).toBe(503);
    expect(stage.heard).toHaveLength(0);
    expect((await marked.again()).status).toBe(200);
    expect(stage.heard).toHaveLength(1);
  });

  it('a bounce becomes a form with what was found in it, and the form becomes words in the message’s thread', async () => {
    await stage.person().shortcut('550 5.7.1 client [185.12.45.7] blocked using zen.spamhaus.org', 'tq.bounce');
    await until(() => stage.slack.workspace.views.length > 0, 3000, 'the form');
    const opened = stage.slack.workspace.views.at(-1);
    expect(JSON.stringify(opened?.view)).toMatch(/185\.12\.45\.7.*zen\.spamhaus\.org.*550 5\.7\.1/s);
    expect(JSON.stringify(opened?.view)).toContain(
      '"initial_value":"open mail is refused: 550 5.7.1, 185.12.45.7, zen.spamhaus.org"',
    );
    const sent = await stage.person().submit(opened?.id ?? '', { words: 'check 185.12.45.7' });
    expect(sent).toMatchObject({ status: 200, body: '' });
    expect(last()).toMatchObject({
      said: { kind: 'words', text: 'check 185.12.45.7' },
      conversation: { id: expect.stringMatching(/^C0OPS\//) },
    });
    stage.answerWith({ kind: 'refused', message: message('unknown', 'there is no command frob') });
    const refused = await stage.person().submit(opened?.id ?? '', { words: 'frob' });
    expect(JSON.parse(refused.body)).toEqual({
      response_action: 'errors',
      errors: { words: 'there is no command frob' },
    });
  });

  it('a button whose command is not whole opens a form for the rest', async () => {
    const parent = await post(
      message('neutral', 'An incident', {
        kind: 'actions',
        buttons: [{ label: 'Note', command: 'note …', style: 'plain' }],
      }),
    );
    const views = stage.slack.workspace.views.length;
    await stage.person().press(parent, 'Note');
    await until(() => stage.slack.workspace.views.length > views, 3000, 'the form');
    await stage.person().submit(stage.slack.workspace.views.at(-1)?.id ?? '', { words: 'called the ISP' });
    expect(last()).toMatchObject({
      said: { kind: 'form', command: 'note', fields: { words: 'called the ISP' } },
      conversation: { id: `C0OPS/${parent.ts}` },
    });
  });

  it('a choice from a menu is a press; the answer goes beneath the message', async () => {
    const buttons = Array.from({ length: 9 }, (_, index) => ({
      label: `mx${index}`,
      command: `queue mx${index}`,
      style: 'plain' as const,
    }));
    const parent = await post(message('neutral', 'Which?', { kind: 'actions', buttons }));
    await stage.person().press(parent, 'mx7');
    expect(last()).toMatchObject({
      said: { kind: 'pressed', command: 'queue mx7' },
      conversation: { id: `C0OPS/${parent.ts}` },
    });
  });

  it('the App Home shows the board', async () => {
    await stage.person().openHome();
    const home = stage.slack.workspace.views.findLast((each) => each.kind === 'home');
    expect(home).toMatchObject({ user: 'U0ANNA' });
    expect(JSON.stringify(home?.view)).toContain('for T0HOME/U0ANNA');
  });

  it.each([
    ['guests', { id: 'U0GUEST' }, 'You are a guest here'],
    ['people of another organisation', { id: 'U0EVE', team: 'T0EVIL' }, 'another organisation'],
    ['people in a channel that is shared', { channel: 'C0SHARED' }, 'This channel is shared'],
    ['whom Slack does not know', { id: 'U0NOBODY' }, 'user_not_found'],
  ])('refuses %s, and says how to be allowed', async (_who, options, why) => {
    const sent = await stage.person(options).command('status');
    expect(JSON.parse(sent.body)).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining(why) });
    expect(sent.body).toContain('tourniquet.yaml');
    expect(stage.heard).toHaveLength(0);
  });

  it('tells a refusal where the person sees it: in a thread only where one stands already', async () => {
    const { workspace } = stage.slack;
    const told = (words: string): Posted | undefined =>
      workspace.posted.findLast((each) => each.to !== undefined && each.text.includes(words));
    stage.answerWith({ kind: 'refused', message: message('unknown', 'there is no command "first"') });
    await stage.person().mention('first');
    expect(told('first')).toMatchObject({ channel: 'C0OPS', thread: undefined, to: 'U0ANNA' });
    const parent = await post(message('neutral', 'Incident 1'));
    const choice = message('unknown', 'did you mean status?', actions(button('status', 'status')));
    stage.answerWith({ kind: 'refused', message: choice });
    await stage.person().mention('statsu', parent.ts);
    const asked = told('did you mean');
    expect(asked).toMatchObject({ channel: 'C0OPS', thread: parent.ts, to: 'U0ANNA' });
    stage.answerWith({ kind: 'taken' });
    if (asked) await stage.person().press(asked, 'status');
    expect(last()?.conversation.id).toBe(`C0OPS/${parent.ts}`);
    stage.answerWith({ kind: 'refused', message: message('unknown', 'ben decided it') });
    const card = await post(message('neutral', 'Press', actions(button('Ledger', 'ledger'))));
    await stage.person().press(card, 'Ledger', { response_url: 'http://127.0.0.2:9/gone' });
    await until(() => told('ben decided it') !== undefined, 3000, 'why');
    expect(told('ben decided it')).toMatchObject({ thread: undefined });
  });

  it('tells a refusal in a direct conversation as a message that stays', async () => {
    stage.answerWith({ kind: 'refused', message: message('unknown', 'there is no command "hepl"') });
    await stage.person({ channel: 'D0ANNA' }).write('hepl');
    const told = stage.slack.workspace.posted.at(-1);
    expect(told).toMatchObject({ channel: 'D0ANNA', text: expect.stringContaining('hepl') });
    expect(told?.to).toBeUndefined();
  });

  it('leaves a refusal to the outbox where Slack does not take it at once, which tells the person directly', async () => {
    const why = 'there is no command "frobnicate"';
    const { workspace } = stage.slack;
    stage.answerWith({ kind: 'refused', message: message('unknown', why) });
    workspace.fail('chat.postEphemeral', { kind: 'status', status: 429, retryAfter: 7 });
    workspace.fail('chat.postMessage', { kind: 'status', status: 500 });
    const sent = await stage.person().mention('frobnicate');
    expect([sent.status, (await sent.again()).status]).toEqual([200, 200]);
    expect(privately('frobnicate')).toHaveLength(0);
    expect(stage.settled).toHaveLength(1);
    const [late] = stage.settled.splice(0);
    if (!late) throw new Error('the outbox has nothing');
    await stage.chat.surface.deliver(late, undefined);
    expect(workspace.posted.at(-1)).toMatchObject({ channel: 'D0ANNA', text: expect.stringContaining('frobnicate') });
    expect(workspace.posted.at(-1)?.text).toContain('Said late');
  });

  it('leaves the refusal of a press to the outbox too, which Slack would never send again', async () => {
    const { workspace } = stage.slack;
    const card = await post(message('neutral', 'Press', actions(button('Ledger', 'ledger'))));
    stage.answerWith({ kind: 'refused', message: message('critical', 'The queue is down.') });
    workspace.fail('chat.postMessage', { kind: 'status', status: 500 });
    workspace.fail('chat.postEphemeral', { kind: 'status', status: 500 });
    await stage.person().press(card, 'Ledger', { response_url: 'http://127.0.0.2:9/gone' });
    await until(() => stage.settled.length > 0, 3000, 'the outbox to have it');
    expect(stage.settled.splice(0).map((each) => plain(each.message.summary))).toEqual(['The queue is down.']);
  });

  it('doesn’t ask Slack to send again what can never be told', async () => {
    const unknown = stage.person({ id: 'U0NOBODY', team: 'T0ELSE' });
    expect((await unknown.mention('status')).status).toBe(200);
    expect(stage.heard).toHaveLength(0);
  });

  it('lets in whom tourniquet.yaml names, guest or stranger', async () => {
    await stage.person({ id: 'U0ONE' }).command('status');
    await stage.person({ id: 'U0FAR', team: 'T0OTHER' }).command('status');
    expect(stage.heard.map((each) => each.actor.id)).toEqual(['T0HOME/U0ONE', 'T0OTHER/U0FAR']);
  });

  it('goes by the enterprise too, where there is one', async () => {
    await stage.person().event({ type: 'app_mention', text: 'status', ts: '5.000001' });
    expect(last()?.actor.id).toBe('T0HOME/U0ANNA');
  });

  it('lets the workspace’s own people look while Slack does not say who they are, and knows them again afterwards', async () => {
    const { workspace } = stage.slack;
    workspace.users.set('U0CARL', { id: 'U0CARL', team: 'T0HOME', kind: 'member' });
    workspace.fail('users.info', { kind: 'cut' }, 1);
    expect((await stage.person({ id: 'U0CARL' }).command('status')).body).toBe('');
    workspace.missingScopes.add('users:read');
    workspace.users.set('U0DORA', { id: 'U0DORA', team: 'T0HOME', kind: 'member' });
    expect((await stage.person({ id: 'U0DORA' }).command('status')).body).toContain('missing_scope');
    workspace.missingScopes.clear();
  });

  describe('the response URL', () => {
    let elsewhere: Server;
    const asked: string[] = [];
    beforeAll(async () => {
      elsewhere = createServer((request, response) => {
        asked.push(String(request.url));
        response.end('ok');
      });
      await new Promise<void>((resolve) => {
        elsewhere.listen(0, '127.0.0.1', resolve);
      });
    });
    afterAll(() => {
      elsewhere.closeAllConnections();
      elsewhere.close();
    });

    async function pressRefused(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
      const why = message('warning', 'ben decided it', notice('warning', 'ben decided it'));
      stage.answerWith({ kind: 'refused', message: why });
      const go = { label: 'Go', command: 'approve 1', style: 'primary' as const };
      const parent = await post(message('neutral', 'Decide', { kind: 'actions', buttons: [go] }));
      await stage.person().press(parent, 'Go', more);
    }

    it('is used once, at once, for the one who pressed, and handed on to nobody', async () => {
      const before = stage.slack.responses.length;
      await pressRefused();
      await until(() => stage.slack.responses.length > before, 3000, 'the response');
      expect(record(stage.slack.responses.at(-1)?.body)).toMatchObject({
        response_type: 'ephemeral',
        replace_original: false,
      });
      expect(stage.slack.responses).toHaveLength(before + 1);
      expect(JSON.stringify(stage.heard)).not.toContain('/response/');
    });

    it('of another host is never asked: the person is told by another way', async () => {
      const { port } = Object(elsewhere.address());
      const before = privately('ben decided it').length;
      for (const host of [`http://127.0.0.1:${port}`, `http://hooks.slack.com.127.0.0.1.nip.io:${port}`])
        await pressRefused({ response_url: `${host}/actions/T1/1/x` });
      await until(() => privately('ben decided it').length === before + 2, 5000, 'both answers');
      expect(asked).toEqual([]);
    });
  });
});
