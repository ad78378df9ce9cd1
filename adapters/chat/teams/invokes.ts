/**
 * What Teams wants answered at once: presses, forms, consent to a file.
 *
 * Rules: a press is answered within two seconds with the card in its "working" state, or with why it was refused; it is
 * never silently ignored. The data of a press comes from the client and counts no more than a typed line.
 */
import { z } from 'zod';
import { plain } from '../../../src/domain/foreign.ts';
import type { Message } from '../../../src/messages/message.ts';
import type { Conversation, HearResult, Said } from '../../../src/ports/conversation.ts';
import type { Activity } from './activity.ts';
import type { Door } from './admission.ts';
import { answerConsent } from './consent.ts';
import type { Consents } from './files-out.ts';
import type { Connector } from './connector.ts';
import { fieldsToLine, formFor, spokenOfForm } from './forms.ts';
import { conversationOf } from './reference.ts';
import { renderCard } from './render.ts';
import type { Memory, ShownCard } from './shown.ts';
import { cutText, harmless } from './text.ts';

export interface InvokeNeeds {
  readonly activity: Activity;
  /** The event's id: what answers it carries it as its key. */
  readonly event: string;
  readonly door: Door;
  readonly memory: Memory;
  readonly consents: Consents;
  readonly connector: Connector;
  hear(said: Said, conversation: Conversation): Promise<HearResult>;
}

interface Reply {
  readonly status: number;
  readonly body?: object;
}

const dataSchema = z.looseObject({
  tq: z.looseObject({
    command: z.string().min(1).max(4000),
    key: z.string().max(400),
    label: z.string().max(200).default('Pressed'),
    nonce: z.string().min(1).max(100).optional(),
  }),
});
const executeSchema = z.looseObject({ action: z.looseObject({ data: z.unknown().optional() }) });

export interface PressedButton {
  readonly label: string;
  readonly said: Extract<Said, { kind: 'pressed' }>;
}

/** The press in the value of an activity, or undefined: it is something else. */
export function pressOf(value: unknown): PressedButton | undefined {
  const read = dataSchema.safeParse(value);
  if (!read.success) return undefined;
  const { command, key, label, nonce } = read.data.tq;
  return { label, said: { kind: 'pressed', command, messageKey: key, ...(nonce !== undefined && { nonce }) } };
}

export async function answerInvoke(needs: InvokeNeeds): Promise<Reply> {
  const { activity } = needs;
  switch (activity.name) {
    case 'adaptiveCard/action':
      return answerPress(needs);
    case 'composeExtension/fetchTask':
    case 'task/fetch':
      return { status: 200, body: formFor(activity) };
    case 'composeExtension/submitAction':
    case 'task/submit':
      return answerForm(needs);
    case 'fileConsent/invoke':
      return answerConsent(needs);
    default:
      return { status: 501 };
  }
}

async function answerPress(needs: InvokeNeeds): Promise<Reply> {
  const execute = executeSchema.safeParse(needs.activity.value);
  const press = pressOf(execute.data?.action.data);
  if (!press) return said('This button is not one of Tourniquet’s, or too old. Say status for the state of things.');
  const { card, label, result } = await hearPress(press, needs);
  if (result.kind === 'refused') return said(inWords(result.message));
  if (!card) return said(`${label}: working …`);
  const footer = [`… working: ${label}`];
  const working = renderCard(card.message, { key: press.said.messageKey, footer, buttonless: true });
  return { status: 200, body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: working } };
}

/** Remembers which card was pressed, so that whatever process answers it can give the card back. */
export async function hearPress(
  press: PressedButton,
  { activity, memory, event, hear }: Pick<InvokeNeeds, 'activity' | 'memory' | 'event' | 'hear'>,
): Promise<{ readonly card: ShownCard | undefined; readonly label: string; readonly result: HearResult }> {
  const conversation = conversationOf(activity);
  const { messageKey: key, command } = press.said;
  const card = await memory.find(conversation, key);
  const label = cutText(harmless(press.label), 60);
  await memory.pressed(event, { ...(card && { card }), conversation, key, label, command });
  const result = await hear(press.said, conversation);
  if (result.kind !== 'taken') await memory.answered(event);
  return { card, label, result };
}

/** Shown to the one who pressed, alone; the card stays as it is. */
function said(words: string): Reply {
  return { status: 200, body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: words } };
}

async function answerForm(needs: InvokeNeeds): Promise<Reply> {
  const { activity } = needs;
  const form = spokenOfForm(activity);
  if (form.kind === 'bad') return closing(form.why);
  const result = await needs.hear({ kind: 'words', text: fieldsToLine(form) }, conversationOf(activity));
  return closing(
    result.kind === 'refused' ? inWords(result.message) : 'Taken; the answer comes into the conversation.',
  );
}

function closing(words: string): Reply {
  return { status: 200, body: { task: { type: 'message', value: words } } };
}

function inWords(words: Message): string {
  return cutText(harmless(plain(words.summary)), 400);
}
