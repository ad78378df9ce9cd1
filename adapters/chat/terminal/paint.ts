/** Colours of a terminal (ECMA-48 SGR), or none. Foreign text can't reach the terminal's control functions. */
import { isForeign } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Tone } from '../../../src/messages/message.ts';

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly tone: (tone: Tone, text: string) => string;
  /** Foreign parts are set apart by colour; control characters were made visible at the door and are checked again. */
  readonly phrase: (phrase: Phrase) => string;
}

const CODES: Readonly<Record<Tone, string>> = {
  good: '32',
  warning: '33',
  critical: '31',
  unknown: '35',
  neutral: '36',
};

/** One sign per tone, so that no meaning hangs on colour alone. */
export const SIGNS: Readonly<Record<Tone, string>> = {
  good: '✔',
  warning: '▲',
  critical: '✖',
  unknown: '?',
  neutral: '·',
};

export function makePaint(colour: boolean): Paint {
  const wrap = (code: string, text: string): string =>
    colour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    bold: (text) => wrap('1', text),
    dim: (text) => wrap('2', text),
    tone: (tone, text) => wrap(CODES[tone], text),
    phrase: (phrase) => phrase.map((part) => (isForeign(part) ? wrap('4', harmless(part.foreign)) : part)).join(''),
  };
}

function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}');
}
