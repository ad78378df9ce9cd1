/**
 * The mailers in sendmail.cf: a definition begins with M in the first column and goes on in lines that begin with white
 * space; a comment in between would end it (Sendmail Installation and Operation Guide, 5.).
 */
import { blocksOf, putBlock, tagsIn } from '../../../../src/domain/measures/marked-block.ts';

/** Of a socket that isn't there: each try is put off, and nothing goes out, whoever has the queue run. */
const NOWHERE = 'A=FILE /run/tourniquet-frozen';
const TO_THE_NETWORK = /\bA=(?:TCP|IPC)\b[^,\n]*/;

interface Mailer {
  readonly name: string;
  readonly at: number;
  readonly lines: readonly string[];
}

/** Names of those that deliver over the network. */
export function networkMailers(text: string): readonly string[] {
  return find(text).map(({ name }) => name);
}

/** The text with each of them in a block of its own that leads nowhere. */
export function freezeMailers(text: string, tag: string): string {
  // From the end, so that the places of the others stay.
  return find(text).reduceRight(
    (edited, { at, lines }) =>
      putBlock(edited, { tag, lines: lines.map((line) => line.replace(TO_THE_NETWORK, NOWHERE)) }, at, lines.length),
    text,
  );
}

/** The tag of the measure that freezes it already. */
export function frozenBy(text: string): string | undefined {
  return [...new Set(tagsIn(text))].find((tag) =>
    blocksOf(text, tag)
      .flat()
      .some((line) => line.includes(NOWHERE)),
  );
}

function find(text: string): readonly Mailer[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const name = /^M([^\s,]+),/.exec(line)?.[1];
    if (name === undefined) return [];
    let end = at + 1;
    while (/^[ \t]/.test(lines[end] ?? '')) end += 1;
    const own = lines.slice(at, end);
    return own.some((each) => TO_THE_NETWORK.test(each)) ? [{ name, at, lines: own }] : [];
  });
}
