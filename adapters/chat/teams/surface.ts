/**
 * Teams as a surface: posts and edits cards through the Bot Connector.
 *
 * Rules:
 * 1. The bot's token goes to hosts on the list alone, whatever the kept reference says.
 * 2. A card Teams finds too large or broken is tried once more as a small one; a message that was taken away is posted anew.
 */
import type { MentionOf, Message } from '../../../src/messages/message.ts';
import { hasButtons } from '../../../src/messages/spent.ts';
import { DeliveryLater, DeliveryNever } from '../../../src/ports/conversation.ts';
import type { Surface, Utterance } from '../../../src/ports/conversation.ts';
import { mayAnswerTo } from './admission.ts';
import type { Door } from './admission.ts';
import { ConnectorFault } from './connector.ts';
import type { Connector } from './connector.ts';
import { deliveryFault } from './faults.ts';
import { sendFile } from './files-out.ts';
import type { Consents } from './files-out.ts';
import { LIMITS } from './limits.ts';
import { placeFor } from './place.ts';
import type { Place, PlaceNeeds } from './place.ts';
import type { Pace } from './rates.ts';
import { renderCard, summaryOf } from './render.ts';
import type { CardForm } from './render.ts';
import { isAnswer, settle, slotOf } from './settle.ts';
import type { Settling } from './settle.ts';
import type { Memory } from './shown.ts';

export interface SurfaceNeeds extends PlaceNeeds {
  readonly door: Door;
  readonly connector: Connector;
  readonly memory: Memory;
  readonly pace: Pace;
  readonly consents: Consents;
  /** Edits of ours that are on their way: the house's own waits for them. */
  readonly settling: Settling;
  /** Posted, but its file is not yet beneath it: what is tried again edits this. */
  readonly owed: Map<string, string>;
  readonly wait: (ms: number) => Promise<void>;
  readonly mentionOf: MentionOf;
  /** A random number from 0 to 1, for jitter. */
  readonly fraction: () => number;
}

export function openTeamsSurface(needs: SurfaceNeeds): Surface {
  return {
    name: 'teams',
    async deliver(utterance, previous) {
      try {
        return await deliver(utterance, previous, needs);
      } catch (error) {
        throw deliveryFault(error, needs.fraction());
      }
    },
  };
}

async function deliver(utterance: Utterance, previous: string | undefined, needs: SurfaceNeeds): Promise<string> {
  const place = await placeFor(utterance.conversation, needs);
  refuseForeignHost(place, needs.door);
  const wait = needs.pace.take(place.address);
  if (wait > 0) throw new DeliveryLater('the pace of Teams for one conversation is kept', wait);
  await needs.settling.get(slotOf(utterance.conversation, utterance.key));
  const { conversation } = utterance;
  const slot = slotOf(conversation, utterance.key);
  const edits = needs.owed.get(slot) ?? (utterance.loud || previous === '' ? undefined : previous);
  const id = await send(utterance.message, formOf(utterance, needs.mentionOf), place, edits, needs);
  await remember(utterance, id, needs.memory);
  if (utterance.file) {
    needs.owed.set(slot, id);
    await sendFile(utterance.file, place, needs);
    needs.owed.delete(slot);
  }
  if (utterance.final) {
    const edit = (said: Message, form: CardForm, at: Place, old: string): Promise<string> =>
      send(said, form, at, old, needs);
    void settle(utterance, place, { ...needs, edit });
  }
  return id;
}

/** What nobody can press on, and nobody will say again, need not be remembered. */
async function remember(
  { conversation, key, as, loud, message }: Utterance,
  id: string,
  memory: Memory,
): Promise<void> {
  if (loud && as === undefined) return;
  if (hasButtons(message) || !isAnswer(key)) await memory.keep(as ?? key, { id, message, conversation });
  else await memory.forget(conversation, key);
}

/** Whom it calls is mentioned where the configuration knows an id; who isn't known is named in the words. */
function formOf({ key, as, message }: Utterance, mentionOf: MentionOf): CardForm {
  const called = message.drill ? [] : [...new Set(message.calls)];
  const mentions = called.slice(0, LIMITS.mentions).flatMap((name) => {
    const id = mentionOf(name);
    return id === undefined ? [] : [{ id, name }];
  });
  return { key: as ?? key, ...(mentions.length > 0 && { mentions }) };
}

/** Rule 1 once more: references were kept a long time ago, and by others. */
function refuseForeignHost(place: Place, door: Door): void {
  if (mayAnswerTo(place.serviceUrl, door)) return;
  throw new DeliveryNever(`${place.serviceUrl} is no address of Teams; nothing is sent there.`);
}

/** Posts or edits, smaller where it has to be. Throws ConnectorFault. */
export async function send(
  message: Message,
  form: CardForm,
  place: Place,
  edits: string | undefined,
  needs: Pick<SurfaceNeeds, 'connector'>,
): Promise<string> {
  try {
    return await postOrEdit(activityOf(message, form, place), place, edits, needs);
  } catch (error) {
    if (!(error instanceof ConnectorFault)) throw error;
    if (error.status === 404 && edits !== undefined) return send(message, form, place, undefined, needs);
    if (error.status !== 413 && error.status !== 400) throw error;
    if (form.atMost !== undefined) throw error;
    return send(message, { ...form, atMost: LIMITS.cardBytes / 4 }, place, edits, needs);
  }
}

async function postOrEdit(
  activity: object,
  place: Place,
  edits: string | undefined,
  needs: Pick<SurfaceNeeds, 'connector'>,
): Promise<string> {
  if (edits === undefined) return needs.connector.post(place.serviceUrl, place.address, activity);
  await needs.connector.update(place.serviceUrl, place.address, edits, { ...activity, id: edits });
  return edits;
}

function activityOf(message: Message, form: CardForm, place: Place): object {
  return {
    type: 'message',
    channelId: place.channelId,
    ...(place.bot && { from: { id: place.bot.id, ...(place.bot.name !== undefined && { name: place.bot.name }) } }),
    conversation: { id: place.address },
    summary: summaryOf(message),
    importance: message.tone === 'critical' ? 'high' : 'normal',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: renderCard(message, form) }],
  };
}
