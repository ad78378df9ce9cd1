/**
 * What a final answer does to the messages above it: spent buttons are taken away.
 *
 * Rules:
 * 1. On answers, which nobody will say again, what changes something is spent once it was pressed and done, or once a
 *    newer answer in the same conversation offers it. What the house keeps saying (a headline, a call) the house edits.
 * 2. What is remembered is remembered for all processes, and the edit goes through the outbox: a restart, or another
 *    process, settles as well.
 * 3. Losing it loses a nicety, never a decision: who presses what is spent is told so.
 */
import { keyItself } from '../../../src/domain/drill/place.ts';
import { foreign, plain, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { text } from '../../../src/messages/message.ts';
import { offersChange, spend } from '../../../src/messages/spent.ts';
import type { Outbox, Utterance } from '../../../src/ports/conversation.ts';
import type { Recall } from '../../../src/ports/recall.ts';
import { messageId, placeOf } from './place.ts';

export interface Settle {
  /** Told of everything that was delivered, with Slack's id of it. Never throws. */
  said(utterance: Utterance, id: string): Promise<void>;
}

export function openSettle(outbox: Outbox, recall: Recall): Settle {
  const take = async (id: string, footer: Phrase): Promise<void> => {
    const kept = await recall.take(`answer ${id}`);
    if (kept === undefined) return;
    const { conversation, key, message }: Utterance = JSON.parse(kept);
    const spent = spend(message);
    await outbox.put({ conversation, key, message: { ...spent, blocks: [...spent.blocks, text(footer)] } });
  };
  const answered = async (utterance: Utterance, id: string): Promise<void> => {
    const { conversation, message } = utterance;
    const place = placeOf(conversation);
    const { pressed } = place;
    const standing = pressed?.event === keyItself(utterance.key) ? messageId(place.channel, pressed.ts) : undefined;
    const did = standing !== undefined && message.tone !== 'unknown';
    if (did && standing !== id)
      await take(standing, say`${foreign(pressed?.label ?? '', 80)}: ${foreign(plain(message.summary), 160)}`);
    const offersMore = offersChange(message);
    if (!did && !offersMore) return;
    const slot = `offer ${conversation.id}`;
    const older = await recall.take(slot);
    if (offersMore) {
      const { file: _file, ...said } = utterance;
      await recall.keep(`answer ${id}`, JSON.stringify(said));
      await recall.keep(slot, id);
    }
    if (older !== undefined && older !== id && older !== standing)
      await take(older, ['This was the step before; go on beneath.']);
  };
  return {
    said: async (utterance, id) => {
      if (isAnswer(utterance.key) && utterance.final && !utterance.loud) await answered(utterance, id).catch(() => {});
    },
  };
}

/** Keys of answers are the ids of the events that they answer. */
function isAnswer(key: string): boolean {
  return /^slack-(command|event|action)-/.test(keyItself(key));
}
