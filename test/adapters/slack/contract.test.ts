import { describe } from 'vitest';
import { keepsTheChatContract } from '../../contracts/chat-surface.ts';
import type { ChatStage, Delivered } from '../../contracts/chat-surface.ts';
import { record } from '../../support/slack/methods.ts';
import type { Sent } from '../../support/slack/person.ts';
import { openSlackStage } from '../../support/slack/stage.ts';
import { BOT, BOT_ID } from '../../support/slack/workspace.ts';

async function open(road: 'http' | 'socket'): Promise<ChatStage> {
  const stage = await openSlackStage({ road, clock: 'by hand' });
  const { workspace, responses } = stage.slack;
  workspace.limitsRate = false;
  const person = stage.person();
  const acknowledged: { readonly where: string; readonly raw: string }[] = [];
  const delivered = (sent: Sent): Delivered => {
    if (sent.body.includes('ephemeral')) acknowledged.push({ where: 'acknowledgement', raw: decoded(sent.body) });
    return {
      again: async () => {
        const { body } = await sent.again();
        if (body.includes('ephemeral')) acknowledged.push({ where: 'acknowledgement', raw: decoded(body) });
      },
    };
  };
  let paced = Promise.resolve();
  return {
    surface: {
      name: 'slack',
      // One message a second and channel: the outbox would wait as it is told, and so does the stage.
      deliver: async (utterance, previous) => {
        const turn = paced.then(() => undefined);
        paced = turn;
        for (;;) {
          try {
            return await stage.chat.surface.deliver(utterance, previous);
          } catch (error) {
            const wait = Number(record(error)['afterMs'] ?? 0);
            if (!(wait > 0)) throw error;
            stage.pass(wait);
          }
        }
      },
    },
    heard: stage.heard,
    answerWith: stage.answerWith,
    shown: () => [
      ...workspace.posted.map((each) => ({
        where: `${each.channel}/${each.thread ?? ''}`,
        raw: decoded(JSON.stringify([each.text, each.blocks])),
      })),
      ...responses.map((each) => ({
        where: `${each.channel} to ${each.user}`,
        raw: decoded(JSON.stringify(each.body)),
      })),
      ...acknowledged,
    ],
    conversation: () => ({ surface: 'slack', id: 'C0OPS' }),
    say: async (words) => delivered(await person.command(words)),
    press: async (label) => {
      const posted = stage.posted(`"${label}"`);
      if (!posted) throw new Error(`no message has a button ${label}`);
      return delivered(await person.press(posted, label));
    },
    echo: async (words) => {
      await person.in('D0ANNA').write(words, { user: BOT, bot_id: BOT_ID });
      await person.write(words, { user: BOT, bot_id: BOT_ID, parent_user_id: BOT, thread_ts: '1.000001' });
      await person.write(words, { subtype: 'message_changed', message: { user: BOT } });
      await person.event({
        type: 'app_mention',
        text: `<@${BOT}> ${words}`,
        ts: stage.slack.workspace.nextTs(),
        edited: { user: person.id, ts: '1.000002' },
      });
    },
    close: stage.close,
  };
}

function decoded(json: string): string {
  return json.replaceAll('\\n', ' ');
}

describe.each(['http', 'socket'] as const)('Slack over %s as a chat', (road) => {
  keepsTheChatContract(() => open(road), { hears: true, markup: [/<[!@#h]/, /<\/?at>/] });
});
