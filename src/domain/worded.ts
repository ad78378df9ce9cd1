/**
 * Sentences of the house, and of its own playbooks, that are kept or handed on as text, with others' words in them.
 *
 * Owns: telling the two apart. Does not own: how foreign text is shown (each renderer).
 * Rules:
 * 1. What stands in quotation marks is somebody else's: sentences quote it as JSON does, or between “ and ”.
 * 2. Outside of them a word is ours only where none of its signs can mean anything to a platform; else it is foreign too.
 * 3. Nothing is lost or added: `plain` of the phrase is the text, bounded and visible as foreign text is.
 */
import { foreign } from './foreign.ts';
import type { Foreign, Phrase } from './foreign.ts';

const QUOTED = /("(?:[^"\\]|\\.)*(?:"|$)|“[^”]*(?:”|$))/su;
/** Signs of Slack's and Markdown's markup, of mentions, addresses and links, and the names of pictures (`:fire:`). */
const MEANS_MORE = /[*_~`<>&|@#\\^[\]{}$]|:\/\/|www\.|:[\w+-]+:/iu;

/** `limit` is in characters (code points), 1 to 10,000. */
export function worded(text: string, limit = 200): Phrase {
  const parts = foreign(text, limit)
    .foreign.split(QUOTED)
    .flatMap((part, index) => (index % 2 === 1 ? [{ foreign: part }] : part.split(/(\s+)/u).flatMap(wordOf)));
  return joined(parts.filter((part) => part !== ''));
}

/** The sentence's own marks around a word stay ours. */
function wordOf(word: string): Phrase {
  if (!MEANS_MORE.test(word)) return [word];
  const [, before = '', core = '', after = ''] = /^([(‘']*)(.*?)([.,;!?)’']*)$/su.exec(word) ?? [];
  return [before, ...(core === '' ? [] : [{ foreign: core }]), after];
}

/** Neighbours of a kind as one part. */
function joined(parts: Phrase): Phrase {
  const done: (string | Foreign)[] = [];
  for (const part of parts) {
    const last = done.at(-1);
    if (typeof part === 'string' && typeof last === 'string') done[done.length - 1] = last + part;
    else done.push(part);
  }
  return done;
}
