/**
 * A command as people type it in a chat: said exactly, but with a "please", a question mark, or words that name nothing.
 *
 * Rules:
 * 1. Politeness, and small pictures, are taken away only from commands that look: what is written down is written as it was said.
 * 2. `close it` and `open an incident` have no reason and no title; `open incidents?` asks for a list.
 * 3. Words that aim elsewhere (`close port 25`) are no reason to close an incident, and `do it` names no step.
 * 4. `tq` before a command, as the shell and the documentation write it, is no word of it.
 * 5. What isn't a command is never answered with one that only the shell has.
 */
import { parseLine } from './parse.ts';
import type { Command, Misheard } from './parse.ts';
import { ackSpec, closeSpec, openSpec } from './specs/incidents.ts';
import { doSpec } from './specs/steps.ts';
import type { CommandSpec } from './spec.ts';

const POLITE =
  /^(?:(?:please|pls|hey|ok|okay)[\s,]+)+|(?:[\s,]+(?:please|pls|thanks|thank you|thx|now))+$|[\s?!.,;]+$|^(?::[a-z][\w+-]*:|\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]*)\s+|\s+(?::[a-z][\w+-]*:|\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]*)+$/giu;
const SHELL_NAME = /^\s*(?:\/|bin\/|\.\/bin\/)?tq\s+(?=\S)/i;
/** “note: the ISP called” */
const NAMED = /^\s*([a-z]+(?:-[a-z]+)*)[:,](?=\s)/i;
const FILLER = /^(?:an?|the|this|that|it|new|one|another|incidents?|tickets?|cases?|all|please|pls|now|up)$/i;
const NO_STEP = /^(?:it|this|that|so|now|nothing|something|all|everything)$/i;
const ELSEWHERE = /^(?:the )?(?:ports?|firewall|mails?|line|connection|internet|queues?|accounts?|smtp|door)\b/i;

export function parseExact(line: string, registry: readonly CommandSpec[]): Command | Misheard {
  const text = line.replace(SHELL_NAME, '').replace(NAMED, '$1');
  const read = parseLine(text, registry);
  const tidy = tidied(text);
  const again = tidy === text ? read : parseLine(tidy, registry);
  // Of what is noted beside an acknowledgement, a "please" is nothing to note.
  const isAck = read.kind === 'command' && read.spec.name === ackSpec.name;
  if (isAck && again.kind === 'command' && again.spec === read.spec) return again;
  if (read.kind === 'command') return withoutFiller(read, registry);
  if (again.kind === 'command' && again.spec.risk === 'look') return again;
  if (again.kind === 'command' && (again.spec === read.spec || again.spoken.words.length === 0))
    return withoutFiller(again, registry);
  if (read.spec !== undefined) return read;
  return parseLine(
    text,
    registry.filter((spec) => spec.shellOnly !== true),
  );
}

function tidied(text: string): string {
  let before = text;
  for (;;) {
    const after = before.replace(POLITE, '').trim();
    if (after === before) return after;
    before = after;
  }
}

function withoutFiller(read: Command, registry: readonly CommandSpec[]): Command | Misheard {
  const { spec, spoken } = read;
  const words = spoken.words.map((word) => word.replace(/[?!.,]+$/, ''));
  if (spec.risk === 'look') {
    const tidy = parseLine(tidied([spec.name, ...spoken.words].join(' ')), registry);
    return spec.shellOnly || Object.keys(spoken.options).length > 0 || tidy.kind !== 'command' ? read : tidy;
  }
  const line = words.join(' ');
  if (spec.name === doSpec.name && words.length > 0 && words.every((word) => NO_STEP.test(word)))
    return {
      kind: 'misheard',
      word: line,
      why: `${JSON.stringify(line)} names no step`,
      remedy: 'say do alone for the next step, or next to see it',
      permitted: [],
      spec,
    };
  if (spec.name !== openSpec.name && spec.name !== closeSpec.name) return read;
  if (spec.name === closeSpec.name && (ELSEWHERE.test(line) || /^all\b/i.test(line)))
    return {
      kind: 'misheard',
      word: line,
      why: `${JSON.stringify(line.slice(0, 40))} is no reason to close an incident`,
      remedy: 'close takes one incident: say close N and why',
      permitted: [],
      spec,
    };
  if (words.length === 0 || !words.every((word) => FILLER.test(word))) return read;
  if (spec.name === openSpec.name && words.some((word) => /^(?:incidents|tickets|cases)$/i.test(word)))
    return parseLine('incidents', registry);
  return parseLine(spec.name, registry);
}
