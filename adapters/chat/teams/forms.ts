/**
 * Forms: a command's words and options as the inputs of a card in a dialog.
 *
 * Opened from the message menu ("open a mail incident from this") or from the compose box; made from the command registry.
 * What was filled in becomes the very line that a person would have typed.
 */
import { z } from 'zod';
import { findSpec } from '../../../src/commands/parse.ts';
import { registry } from '../../../src/commands/registry.ts';
import type { CommandSpec } from '../../../src/commands/spec.ts';
import type { Activity } from './activity.ts';
import { card } from './card.ts';
import type { ActionData, Element, TextInput } from './card.ts';
import { cutText, harmless, textElement } from './text.ts';

/** The message menu's command; its form begins with the text of the message. */
export const FROM_MESSAGE = 'incident-from-message';
/** The compose box's command: any line. */
export const SAY = 'say';

/** Characters of an incident's title that comes from a message. */
const LONGEST_TITLE = 200;

const fetchSchema = z.looseObject({
  commandId: z.string().max(64).optional(),
  data: z.unknown().optional(),
  messagePayload: z
    .looseObject({
      body: z.looseObject({ content: z.string().nullish(), contentType: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
const submitSchema = z.looseObject({
  commandId: z.string().max(64).optional(),
  data: z.looseObject({ form: z.string().max(64).optional() }).catchall(z.unknown()),
});

export type FilledForm =
  | {
      readonly kind: 'filled';
      readonly spec: CommandSpec;
      readonly fromMessage: boolean;
      readonly fields: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'bad'; readonly why: string };

/** The dialog that Teams is to open. */
export function formFor(activity: Activity): object {
  const read = fetchSchema.safeParse(activity.value);
  const id = read.data?.commandId ?? formOf(read.data?.data) ?? SAY;
  const quoted = textOfMessage(read.data?.messagePayload?.body?.content ?? '');
  const spec = specOf(id);
  const title = id === FROM_MESSAGE ? 'Open a mail incident from this' : spec ? capital(spec.help) : 'Tourniquet';
  const inputs = spec ? inputsOf(spec, quoted) : [lineInput(quoted)];
  const head: Element = textElement(
    [spec?.details?.[0] ?? 'Say it as you would in the chat.'],
    { isSubtle: true },
    300,
  );
  const data = { form: spec === undefined ? SAY : id, tqForm: true };
  const built = {
    ...card([head, ...inputs], title),
    actions: [{ type: 'Action.Submit', title: 'Do it', style: 'positive', data: data as unknown as ActionData }],
  };
  return {
    task: {
      type: 'continue',
      value: {
        title: cutText(title, 60),
        width: 'medium',
        height: 'medium',
        card: { contentType: 'application/vnd.microsoft.card.adaptive', content: built },
      },
    },
  };
}

/** What was filled in; `bad` where it can't be read. */
export function spokenOfForm(
  activity: Activity,
): Exclude<FilledForm, { kind: 'bad' }> | Extract<FilledForm, { kind: 'bad' }> {
  const read = submitSchema.safeParse(activity.value);
  if (!read.success) return { kind: 'bad', why: 'This form can not be read. Say the command in the chat instead.' };
  const { form, ...rest } = read.data.data;
  const fields = Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) =>
      typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
    ),
  );
  const spec = specOf(form ?? read.data.commandId ?? '');
  if (spec) return { kind: 'filled', spec, fields, fromMessage: form === FROM_MESSAGE };
  const line = fields['line'];
  return line === undefined ? { kind: 'bad', why: 'Nothing was filled in.' } : { kind: 'line', line };
}

/** The line a person would have typed. */
export function fieldsToLine(form: Exclude<FilledForm, { kind: 'bad' }>): string {
  if (form.kind === 'line') return form.line;
  const { spec, fields } = form;
  const options = spec.options.flatMap((option) => {
    const value = fields[`option-${option.name}`];
    return value === undefined ? [] : [`--${option.name} ${quote(value)}`];
  });
  const words = fields['words'] ?? '';
  const said = form.fromMessage && words !== '' ? quote(cutText(words, LONGEST_TITLE)) : words;
  return [spec.name, said, ...options].filter((part) => part !== '').join(' ');
}

function specOf(id: string): CommandSpec | undefined {
  const spec = findSpec(id === FROM_MESSAGE ? 'open' : id, registry);
  return spec?.shellOnly ? undefined : spec;
}

function inputsOf(spec: CommandSpec, quoted: string): readonly TextInput[] {
  const words: TextInput = {
    type: 'Input.Text',
    id: 'words',
    label: spec.usage === '' ? 'Nothing needs to be said' : spec.usage,
    ...(quoted !== '' && { value: quoted }),
    isMultiline: quoted !== '',
    maxLength: 2000,
  };
  const options = spec.options
    .filter((option) => option.value !== undefined && !option.file)
    .slice(0, 8)
    .map((option): TextInput => ({
      type: 'Input.Text',
      id: `option-${option.name}`,
      label: cutText(capital(option.help), 120),
      placeholder: option.value ?? '',
      maxLength: 500,
    }));
  return [words, ...options];
}

function lineInput(quoted: string): TextInput {
  return {
    type: 'Input.Text',
    id: 'line',
    label: 'Say',
    placeholder: 'check 198.51.100.7',
    isRequired: true,
    errorMessage: 'Say a command, such as help.',
    ...(quoted !== '' && { value: quoted }),
    maxLength: 2000,
  };
}

/** Teams hands the message over as HTML: its text, bounded, on one line. */
export function textOfMessage(html: string): string {
  const text = html
    .slice(0, 20_000)
    .replace(/<[^>]{0,2000}>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
  return cutText(harmless(text).replace(/\s+/g, ' ').trim(), 1500);
}

function formOf(data: unknown): string | undefined {
  return z.looseObject({ form: z.string().max(64) }).safeParse(data).data?.form;
}

function quote(value: string): string {
  return JSON.stringify(value.replace(/\s+/g, ' '));
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
