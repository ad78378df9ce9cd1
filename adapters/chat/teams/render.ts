/**
 * A message as an Adaptive Card 1.5.
 *
 * Owns: the native form of every block kind, the size. Does not own: escaping (text.ts), buttons (buttons.ts).
 * Rules:
 * 1. The switch over block kinds is exhaustive.
 * 2. Lists are cut to limits.ts, and a card that is still too large is built again with smaller limits; each cut says how
 *    much is missing. What asks for a decision is cut last.
 * 3. Colour never stands alone: each tone has its sign as well.
 */
import { plain } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Block, Message } from '../../../src/messages/message.ts';
import { renderBlock } from './blocks.ts';
import { card } from './card.ts';
import type { AdaptiveCard, Element } from './card.ts';
import type { Pen } from './buttons.ts';
import { LIMITS, bytesOf } from './limits.ts';
import { mentionsOf } from './mention.ts';
import type { Mentioned } from './mention.ts';
import { cutText, harmless, textElement } from './text.ts';
import { SIGNS, STYLES } from './tone.ts';

export interface CardForm {
  /** Key of the utterance: comes back with each press. */
  readonly key: string;
  /** Written below everything, such as who pressed what. */
  readonly footer?: Phrase;
  /** Without buttons: something pressed is being worked on. */
  readonly buttonless?: true;
  /** People that are really mentioned (with a notification of their own). */
  readonly mentions?: readonly Mentioned[];
  /** Bytes; the limit of limits.ts where left out. */
  readonly atMost?: number;
}

/** Each next size is tried where the card is too large. */
const SCALES = [1, 0.7, 0.45, 0.28, 0.16, 0.08, 0.04] as const;

/** The card, never larger than the limit. */
export function renderCard(message: Message, form: CardForm): AdaptiveCard {
  const most = form.atMost ?? LIMITS.cardBytes;
  for (const scale of SCALES) {
    const built = build(message, form, scale, message.blocks);
    if (bytesOf(built) <= most) return built;
  }
  const deciding = message.blocks.filter(asksForDecision);
  for (const count of [8, 4, 2, 1]) {
    const built = build(message, form, 0.04, deciding.slice(0, count));
    if (bytesOf(built) <= most) return built;
  }
  return build(message, form, 0.04, []);
}

/** The notification and what a screen reader says first: never empty, no markup. */
export function summaryOf(message: Message): string {
  const words = cutText(harmless(plain(message.summary)).replaceAll('\n', ' '), LIMITS.summary);
  return `${message.drill ? 'DRILL: ' : ''}${words}`;
}

function build(message: Message, form: CardForm, scale: number, kept: readonly Block[]): AdaptiveCard {
  const said = plain(message.summary);
  const pen: Pen = { key: form.key, said, scale, next: 0, buttonless: form.buttonless ?? false };
  const adds = (block: Block): boolean => !('text' in block && plain(block.text) === said);
  const wanted = message.blocks.filter(adds);
  const blocks = kept.filter(adds).slice(0, Math.max(8, Math.floor(LIMITS.blocks * scale)));
  const body: Element[] = [headOf(message, scale), ...blocks.flatMap((block) => renderBlock(block, pen))];
  const cut = wanted.length - blocks.length;
  if (cut > 0) {
    body.push(textElement([`… ${cut} more parts did not fit on this card`], { isSubtle: true }, 100));
  }
  const mentioned = mentionsOf(form.mentions ?? []);
  if (mentioned.element) body.push(mentioned.element);
  if (form.footer) body.push({ ...textElement(form.footer, { isSubtle: true, size: 'Small' }, 300), separator: true });
  const built = card(body, summaryOf(message));
  return mentioned.entities.length === 0
    ? built
    : { ...built, msteams: { ...built.msteams, entities: mentioned.entities } };
}

function headOf(message: Message, scale: number): Element {
  const sign = message.tone === 'neutral' ? '' : `${SIGNS[message.tone]} `;
  const words: Phrase = [sign, ...message.summary];
  const limit = Math.max(120, Math.floor(600 * scale));
  const drill: readonly Element[] = message.drill
    ? [{ type: 'TextBlock', text: 'DRILL: nothing here is real', wrap: true, weight: 'Bolder', color: 'Accent' }]
    : [];
  return {
    type: 'Container',
    style: STYLES[message.tone],
    bleed: true,
    items: [...drill, textElement(words, { weight: 'Bolder', size: 'Medium', heading: true }, limit)],
  };
}

function asksForDecision(block: Block): boolean {
  return block.kind === 'approval' || block.kind === 'actions' || block.kind === 'measure';
}
