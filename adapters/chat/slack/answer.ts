/**
 * Answers to one person alone, at once, beside the outbox: refusals, questions, what was decided already.
 *
 * Rules:
 * 1. In the acknowledgement where Slack shows it (slash commands, forms), else over the response URL, else as an
 *    ephemeral message, else directly.
 * 2. In a thread only where one stood already: in one that has no replies yet Slack shows it to nobody
 *    (docs.slack.dev/reference/methods/chat.postEphemeral).
 * 3. In a direct conversation, where nobody else reads, as a message that stays and notifies.
 * 4. A response URL is used only on Slack's own hosts, at once, and kept nowhere.
 * 5. What can't be told at once is the outbox's, which tells the person directly once Slack is back.
 */
import { text as words } from '../../../src/messages/message.ts';
import type { Message } from '../../../src/messages/message.ts';
import type { Utterance } from '../../../src/ports/conversation.ts';
import { conversationOf } from './place.ts';
import type { Place } from './place.ts';
import type { Field } from './record.ts';
import { NATIVE } from './render/block.ts';
import { renderSlack } from './render/render.ts';
import type { RenderedSlack } from './render/render.ts';
import { timeOf } from './render/text.ts';
import { SlackTrouble } from './web.ts';
import type { SlackWeb } from './web.ts';

/** Nothing in a text becomes a link with a picture, a mention or a channel. */
export const QUIET: Field = { unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' };

/** An answer has one chance: it is said in blocks that every workspace has. */
const CLASSIC = new Set(NATIVE);

export function renderAnswer(message: Message, key: string): RenderedSlack {
  return renderSlack(message, key, { refused: CLASSIC });
}

/** The body of an acknowledgement that only the person sees. */
export function privately(message: Message, key: string) {
  return { response_type: 'ephemeral' as const, ...renderAnswer(message, key) };
}

/** Tells it to the person by the first way that works. `later`: Slack is away; `never`: it refuses each way for good. */
export async function tellPrivately(
  web: SlackWeb,
  message: Message,
  key: string,
  { channel, user }: Place,
  { within, responseUrl }: { readonly within?: string; readonly responseUrl?: string },
): Promise<'told' | 'later' | 'never'> {
  const { text, blocks } = renderAnswer(message, key);
  const thread = within === undefined ? {} : { thread_ts: within };
  const ways: readonly (() => Promise<unknown>)[] = [
    ...(responseUrl !== undefined && web.isOurs(responseUrl)
      ? [
          () =>
            web.post(
              responseUrl,
              JSON.stringify({ response_type: 'ephemeral', replace_original: false, text, blocks, ...thread }),
              'application/json',
            ),
        ]
      : []),
    channel.startsWith('D')
      ? () => web.call('chat.postMessage', { channel, ...QUIET, text, blocks, ...thread })
      : () => web.call('chat.postEphemeral', { channel, user, text, blocks, ...thread }),
    () => web.call('chat.postMessage', { channel: user, ...QUIET, text, blocks }),
  ];
  let failed: 'later' | 'never' = 'never';
  for (const way of ways) {
    const trouble = await way().then(
      () => undefined,
      (error: unknown) => ({ passes: !(error instanceof SlackTrouble) || error.kind === 'later' }),
    );
    if (!trouble) return 'told';
    if (trouble.passes) failed = 'later';
  }
  return failed;
}

/** The same for the outbox, in the direct conversation with the person: what it answers was said somewhere else, `at`. */
export function lateAnswer(message: Message, key: string, user: string, at: number): Utterance {
  const why = words(`Said late: this answers what you said at ${timeOf(at)}, when Slack did not take it.`);
  return {
    conversation: { ...conversationOf({ channel: user, user }), alone: true },
    key,
    message: { ...message, blocks: [...message.blocks, why] },
    final: true,
  };
}
