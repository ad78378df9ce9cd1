/** What the surface makes of a Slack that refuses, waits, fails, or has thrown the app out. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actions, message, notice, text } from '../../../src/messages/message.ts';
import type { Message } from '../../../src/messages/message.ts';
import { DeliveryLater, DeliveryNever } from '../../../src/ports/conversation.ts';
import type { Utterance } from '../../../src/ports/conversation.ts';
import { until } from '../../lab/process.ts';
import { openSlackStage } from '../../support/slack/stage.ts';
import type { SlackStage } from '../../support/slack/stage.ts';
import { everyKind } from '../../support/every-kind.ts';
import { foreign } from '../../../src/domain/foreign.ts';

describe('a Slack that does not take what is said', () => {
  let stage: SlackStage;
  let count = 0;
  beforeEach(async () => {
    stage = await openSlackStage({ clock: 'by hand' });
    stage.slack.workspace.limitsRate = false;
  });
  afterEach(() => stage.close());

  const hello = message('neutral', 'Hello');
  const utter = (id: string, said: Message = hello, more: Partial<Utterance> = {}): Utterance => ({
    conversation: { surface: 'slack', id },
    key: `k${(count += 1)}`,
    message: said,
    ...more,
  });
  const deliver = (utterance: Utterance, previous?: string): Promise<string> =>
    stage.chat.surface.deliver(utterance, previous);
  /** Waits as it is told, as the outbox would. */
  const patiently = async (utterance: Utterance, previous?: string): Promise<string> => {
    for (;;) {
      try {
        return await deliver(utterance, previous);
      } catch (error) {
        if (!(error instanceof DeliveryLater)) throw error;
        stage.pass(error.afterMs);
      }
    }
  };
  const troubleOf = (utterance: Utterance, previous?: string): Promise<unknown> =>
    deliver(utterance, previous).catch((error: unknown) => error);
  const calls = (method: string): readonly { readonly outcome: string }[] =>
    stage.slack.workspace.calls.filter((call) => call.method === method);
  const unreachable = (): readonly string[] => stage.notes.filter((note) => /reachable/.test(note));

  it('waits exactly as long as a 429 asks, and asks no sooner for anything else in that channel', async () => {
    stage.slack.workspace.fail('chat.postMessage', { kind: 'status', status: 429, retryAfter: 30 });
    expect(await troubleOf(utter('C0OPS'))).toMatchObject({ name: 'DeliveryLater', afterMs: 30_000 });
    const inItsThread = await troubleOf(utter('C0OPS/1790000001.000001'));
    expect(Object(inItsThread).afterMs).toBe(30_000);
    expect(calls('chat.postMessage')).toHaveLength(1);
    await deliver(utter('D0ANNA'));
    await patiently(utter('C0OPS'));
    expect(stage.slack.workspace.posted.map((each) => each.channel)).toEqual(['D0ANNA', 'C0OPS']);
  });

  it('counts the second between two messages of a channel from when Slack has the first, however long that took', async () => {
    const first = deliver(utter('C0OPS'));
    stage.pass(400);
    await first;
    expect(await troubleOf(utter('C0OPS'))).toMatchObject({ name: 'DeliveryLater', afterMs: 1000 });
  });

  it('edits nothing before the wait of a refused edit is over', async () => {
    const [first, second] = [await patiently(utter('C0OPS')), await patiently(utter('D0ANNA'))];
    stage.slack.workspace.fail('chat.update', { kind: 'status', status: 429, retryAfter: 20 });
    stage.pass(1000);
    expect(await troubleOf(utter('C0OPS'), first)).toMatchObject({ afterMs: 20_000 });
    expect(await troubleOf(utter('D0ANNA'), second)).toBeInstanceOf(DeliveryLater);
    expect(calls('chat.update')).toHaveLength(1);
    await patiently(utter('D0ANNA'), second);
    expect(stage.slack.workspace.posted.map((each) => each.edits)).toEqual([0, 1]);
  });

  it.each([
    ['status 503', { kind: 'status', status: 503 }],
    ['internal_error', { kind: 'error', error: 'internal_error' }],
    ['a connection that is cut', { kind: 'cut' }],
  ] as const)('tries %s again, a little later each time, and tells once that Slack is away', async (_what, fault) => {
    stage.slack.workspace.fail('chat.postMessage', fault, 6);
    const waits: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const trouble = await troubleOf(utter(`C0OPS/179000000${turn}.000001`));
      expect(trouble).toBeInstanceOf(DeliveryLater);
      waits.push(Number(Object(trouble).afterMs));
      stage.pass(1100);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000]);
    expect(unreachable()).toHaveLength(1);
    await deliver(utter('C0OPS'));
    await patiently(utter('C0OPS'));
    expect(unreachable()).toEqual([expect.stringContaining('unreachable'), 'reachable']);
  });

  it.each(['token_revoked', 'account_inactive', 'invalid_auth'])(
    'keeps what is to be said when the app is shut out (%s), and tells at once what mends it',
    async (error) => {
      stage.slack.workspace.fail('chat.postMessage', { kind: 'error', error }, 2);
      expect(await troubleOf(utter('C0OPS'))).toBeInstanceOf(DeliveryLater);
      expect(await troubleOf(utter('D0ANNA'))).toBeInstanceOf(DeliveryLater);
      expect(unreachable()).toEqual([expect.stringMatching(new RegExp(`unreachable ${error}: .*SLACK_BOT_TOKEN`))]);
      await patiently(utter('D0ANNA'));
      expect(unreachable().at(-1)).toBe('reachable');
    },
  );

  it.each([
    ['C0NOT', 'channel_not_found', 'invite the bot into it'],
    ['C0AWAY', 'not_in_channel', 'invite the bot into it'],
    ['C0GONE', 'channel_not_found', 'mend the channel id'],
    ['C0OLD', 'is_archived', 'unarchive it'],
  ])('gives %s up for good (%s) and says the remedy', async (channel, code, remedy) => {
    stage.slack.workspace.channels.set('C0AWAY', { id: 'C0AWAY', kind: 'public', joined: false });
    const trouble = await troubleOf(utter(channel));
    expect(trouble).toBeInstanceOf(DeliveryNever);
    expect(String(trouble)).toContain(code);
    expect(String(trouble)).toContain(channel);
    expect(String(trouble)).toContain(remedy);
    expect(unreachable()).toEqual([]);
  });

  it('answers who asked directly where the bot is not in the channel, and says why', async () => {
    const reference = JSON.stringify({ channel: 'C0NOT', user: 'U0ANNA' });
    await deliver(utter('C0NOT', hello, { conversation: { surface: 'slack', id: 'C0NOT', reference } }));
    expect(stage.posted('can’t write in `C0NOT`')).toMatchObject({ channel: 'D0ANNA' });
    expect(stage.posted('invite the bot into it')).toBeDefined();
    const archived = JSON.stringify({ channel: 'C0OLD', user: 'U0BEN' });
    await deliver(utter('C0OLD', hello, { conversation: { surface: 'slack', id: 'C0OLD', reference: archived } }));
    expect(stage.posted('unarchive it')).toMatchObject({ channel: 'D0BEN' });
    const between = JSON.stringify({ channel: 'D0OTHERS', user: 'U0BEN' });
    stage.pass(1100);
    await deliver(utter('D0OTHERS', hello, { conversation: { surface: 'slack', id: 'D0OTHERS', reference: between } }));
    expect(stage.posted('others’ direct messages are closed to me')).toMatchObject({ channel: 'D0BEN' });
  });

  it.each(['cannot_reply_to_message', 'restricted_action_thread_locked', 'thread_not_found'])(
    'says in the channel what can’t be said in its thread (%s)',
    async (error) => {
      stage.slack.workspace.fail('chat.postMessage', { kind: 'error', error });
      await deliver(utter('C0OPS/1790000001.000001'));
      expect(stage.posted('Hello')).toMatchObject({ channel: 'C0OPS', thread: undefined });
    },
  );

  it('keeps what is to be said while the app may not say anything, and tells once what mends it', async () => {
    const { missingScopes } = stage.slack.workspace;
    missingScopes.add('chat:write');
    expect(await troubleOf(utter('C0OPS'))).toBeInstanceOf(DeliveryLater);
    await stage.person().mention('status');
    expect(stage.slack.workspace.calls.some((call) => call.method === 'users.info' && call.outcome === 'ok')).toBe(
      true,
    );
    stage.pass(60_000);
    expect(await troubleOf(utter('C0OPS'))).toBeInstanceOf(DeliveryLater);
    expect(unreachable()).toEqual([expect.stringContaining('install the app again with the scopes')]);
    missingScopes.delete('chat:write');
    await patiently(utter('C0OPS'));
    expect(unreachable().at(-1)).toBe('reachable');
  });

  it('says once more in classic blocks what Slack refuses, and never asks for the refused types again', async () => {
    const { workspace } = stage.slack;
    workspace.without.add('plan').add('data_table');
    const id = await deliver(utter('C0OPS', everyKind(foreign('mx1'))));
    const types = (): readonly unknown[] => (workspace.posted.at(-1)?.blocks ?? []).map((block) => Object(block).type);
    expect(calls('chat.postMessage').map((call) => call.outcome)).toEqual(['invalid_blocks', 'ok']);
    expect(types()).not.toContain('plan');
    expect(types()).not.toContain('data_table');
    expect(types()).toContain('container');
    expect(JSON.stringify(workspace.posted.at(-1)?.blocks)).toContain('Freeze outbound mail');
    await patiently(utter('C0OPS', everyKind(foreign('mx2'))), id);
    expect(calls('chat.update').map((call) => call.outcome)).toEqual(['ok']);
  });

  it('goes on to classic blocks, and at the last to words, where Slack does not say which block it minds', async () => {
    const { workspace } = stage.slack;
    workspace.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' }, 2);
    const said = message('warning', 'A summary', notice('critical', 'it is full'), text('more of it'));
    await deliver(utter('C0OPS', said));
    expect(calls('chat.postMessage')).toHaveLength(3);
    expect(workspace.posted.at(-1)).toMatchObject({ blocks: [], text: expect.stringContaining('it is full') });
  });

  it('posts anew what can no longer be edited', async () => {
    const gone = await deliver(utter('C0OPS', message('neutral', 'The headline')));
    stage.slack.workspace.posted.splice(0);
    await patiently(utter('C0OPS', message('good', 'The headline, later')), gone);
    expect(stage.posted('The headline, later')).toMatchObject({ channel: 'C0OPS', edits: 0 });
  });

  describe('with a report to attach', () => {
    const report = { name: 'incident-7.md', type: 'text/markdown', text: '# Incident 7\n\n✔ closed\n' } as const;
    const withReport = (): Utterance => utter('C0OPS', message('good', 'Report of incident 7.'), { file: report });

    it('puts it beneath its message, byte for byte', async () => {
      const id = await deliver(withReport());
      const files = stage.slack.workspace.posted.find((each) => each.files.length > 0);
      expect(files).toMatchObject({
        channel: 'C0OPS',
        thread: id.split('/')[1],
        files: [{ name: report.name, text: report.text }],
      });
    });

    it('puts it into the headline’s thread where its message is said there', async () => {
      const headline = await deliver(utter('C0OPS'));
      await patiently({ ...withReport(), loud: true }, headline);
      const ts = headline.split('/')[1];
      expect(stage.posted('Report of incident 7')).toMatchObject({ thread: ts });
      expect(stage.slack.workspace.posted.find((each) => each.files.length > 0)).toMatchObject({ thread: ts });
    });

    it.each([['files.getUploadURLExternal'], ['files.completeUploadExternal']])(
      'tries only the file again where %s fails for a while',
      async (method) => {
        stage.slack.workspace.fail(method, { kind: 'status', status: 500 }, 2);
        await patiently(withReport());
        const { posted } = stage.slack.workspace;
        expect(posted.filter((each) => each.text.includes('Report of incident 7'))).toHaveLength(1);
        expect(posted.filter((each) => each.files.length > 0)).toHaveLength(1);
      },
    );

    it('says beneath the message that it could not be put there, and why; the message stands and is edited later', async () => {
      stage.slack.workspace.missingScopes.add('files:write');
      const said = withReport();
      const id = await deliver(said);
      expect(stage.posted('could not be put here')).toMatchObject({
        thread: id.split('/')[1],
        text: expect.stringMatching(/incident-7\.md could not be put here: Slack says missing_scope; install the app/),
      });
      const { file: _file, ...edited } = said;
      expect(await patiently({ ...edited, message: message('good', 'edited') }, id)).toBe(id);
    });
  });

  it('opens no form with a trigger that is too old, and tells the person the words instead', async () => {
    const button = { label: 'Note', command: 'note …', style: 'plain' as const };
    await deliver(utter('C0OPS', message('neutral', 'An incident', actions(button))));
    const parent = stage.slack.workspace.posted.at(-1);
    if (!parent) throw new Error('nothing was posted');
    stage.slack.workspace.fail('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await stage.person().press(parent, 'Note');
    await until(() => stage.slack.responses.length > 0, 5000, 'the words');
    expect(JSON.stringify(stage.slack.responses)).toMatch(/did not open the form. Say it here instead: `note`/);
  });
});
