import { describe } from 'vitest';
import { keepsTheChatContract } from '../../contracts/chat-surface.ts';
import type { ChatStage, Delivered, Shown } from '../../contracts/chat-surface.ts';
import { buttonsOf } from '../../support/teams/cards.ts';
import { BOT, CHANNEL, PRIVATE, channelWords, press, privateWords } from '../../support/teams/people.ts';
import type { ActivityJson } from '../../support/teams/people.ts';
import { openTeamsStage } from '../../support/teams/stage.ts';

/** The words of a card as it is read, and the rest as JSON. */
async function openStage(place: 'private' | 'channel'): Promise<ChatStage> {
  const stage = await openTeamsStage({ mode: 'teams' });
  const { platform } = stage;
  platform.conversations.add(place === 'private' ? PRIVATE : CHANNEL);
  platform.messages.push({ conversation: CHANNEL, id: '1690000000000', activity: {}, edits: 0 });
  const answers: Shown[] = [];
  const words = (text: string): ActivityJson =>
    place === 'private' ? privateWords(platform.url, text) : channelWords(platform.url, text, '1690000000000');
  const send = async (activity: ActivityJson): Promise<Delivered> => {
    const deliver = async (): Promise<void> => {
      const posted = await stage.post(activity);
      if (posted.status !== 200) throw new Error(`answered ${posted.status}`);
      if (posted.body !== undefined) answers.push({ where: 'answer', raw: JSON.stringify(posted.body) });
    };
    await deliver();
    return { again: deliver };
  };
  return {
    surface: stage.surface,
    heard: stage.heard,
    answerWith: (result) => stage.answerWith(result),
    shown: () => [
      ...platform.messages
        .filter((each) => each.activity['attachments'] !== undefined)
        .map((each) => ({ where: each.conversation, raw: JSON.stringify(each.activity) })),
      ...answers,
    ],
    conversation: () => {
      const heard = stage.heard.at(-1)?.conversation;
      if (heard) return heard;
      platform.conversations.add('19:ops@thread.v2');
      return { surface: 'teams', id: '19:ops@thread.v2' };
    },
    say: (text) => send(words(text)),
    press: (label) => {
      const offered = platform.messages.toReversed().flatMap((each) => buttonsOf(each.activity));
      const button = offered.find((each) => each.title === label);
      if (!button) throw new Error(`no message has a button ${label}`);
      const { text: _text, ...where } = words('');
      return send(
        press(platform.url, button.data, { conversation: where['conversation'], channelData: where['channelData'] }),
      );
    },
    echo: async (text) => {
      await stage.post({
        ...words(text),
        from: { ...BOT, role: 'bot', aadObjectId: '33333333-3333-4333-8333-333333333333' },
      });
    },
    close: () => stage.close(),
  };
}

/** What of Teams' own syntax would be markup: in Markdown texts only, and these are found by their element's type. */
const MARKUP = [
  /"type":"TextBlock","text":"[^"]*(?:\[click\]|<at>|\*bold\*|`code`|https:\/\/evil)/,
  /"(?:title|value)":"[^"]*(?:\[click\]|<at>)/,
  /"entities":\[/,
  /Action\.OpenUrl/,
];

describe('Teams as a chat, in private', () => {
  keepsTheChatContract(() => openStage('private'), { hears: true, markup: MARKUP });
});

describe('Teams as a chat, in a thread of a channel', () => {
  keepsTheChatContract(() => openStage('channel'), { hears: true, markup: MARKUP });
});
