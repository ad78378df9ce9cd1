/** Forms (modals): a line to be completed, with what was found above it; and what they say when they come back. */
import type { Message } from '../../../src/messages/message.ts';
import type { Said } from '../../../src/ports/conversation.ts';
import { renderAnswer } from './answer.ts';
import { LIMITS } from './limits.ts';
import type { Place } from './place.ts';
import { textAt } from './record.ts';
import { plainText } from './render/block.ts';
import { cut } from './render/text.ts';

export const FORM = 'tq.form';
const FIELD = 'words';

export interface FormPlan {
  readonly title: string;
  readonly label: string;
  readonly initial: string;
  /** Said above the field. */
  readonly message?: Message;
  /** The command that the field completes; left out: the field holds the whole line. */
  readonly command?: string;
  readonly place: Place;
}

export function formView(plan: FormPlan): object {
  return {
    type: 'modal',
    callback_id: FORM,
    title: plainText(plan.title, LIMITS.viewTitle),
    submit: plainText('Say it', LIMITS.viewTitle),
    close: plainText('Leave it', LIMITS.viewTitle),
    private_metadata: JSON.stringify({
      place: plan.place,
      ...(plan.command !== undefined && { command: plan.command }),
    }),
    blocks: [
      ...(plan.message ? renderAnswer(plan.message, '').blocks : []),
      {
        type: 'input',
        block_id: FIELD,
        label: plainText(plan.label, LIMITS.inputLabel),
        element: {
          type: 'plain_text_input',
          action_id: FIELD,
          multiline: false,
          ...(plan.initial !== '' && { initial_value: cut(plan.initial, LIMITS.inputValue) }),
        },
      },
    ],
  };
}

/** What a form that came back says, and where it belongs; undefined where it isn't ours. */
export function readForm(view: unknown): { readonly said: Said; readonly place: Place } | undefined {
  const text = textAt(view, 'state', 'values', FIELD, FIELD, 'value');
  const metadata = readJson(textAt(view, 'private_metadata') ?? '');
  const channel = textAt(metadata, 'place', 'channel');
  if (text === undefined || channel === undefined) return undefined;
  const thread = textAt(metadata, 'place', 'thread');
  const command = textAt(metadata, 'command');
  return {
    said: command === undefined ? { kind: 'words', text } : { kind: 'form', command, fields: { [FIELD]: text } },
    place: { channel, ...(thread !== undefined && { thread }) },
  };
}

/** A refusal as Slack shows it beneath the field. */
export function formError(words: string) {
  return { response_action: 'errors' as const, errors: { [FIELD]: cut(words, 300) } };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
