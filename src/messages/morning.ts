/** The one message of a morning: all well in one line with its coverage, or what is new since yesterday first. */
import { say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { Morning, MorningLook } from '../domain/morning/judge.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Message } from './message.ts';

export interface MorningWords {
  readonly look: MorningLook;
  readonly morning: Morning;
  /** Minutes after its time; undefined where it was on time. */
  readonly lateMinutes?: number;
  /** Opened or joined for what was found. */
  readonly incident?: number;
}

export function sayMorning(words: MorningWords): Message {
  const { look, morning, lateMinutes, incident } = words;
  const late = lateMinutes === undefined ? [] : say` (late by ${lateMinutes} min: Tourniquet was not running)`;
  const blocks: Block[] = [
    ...morning.news.map((each) => notice(morning.tone, each)),
    ...(incident === undefined ? [] : [text(say`Incident ${incident} has it, with triage done and the first step.`)]),
    ...folded('also', 'neutral', morning.mentioned),
    ...folded('could not be looked at', 'missing', morning.notSeen),
    actions(
      ...(incident === undefined ? [] : [button(`Incident ${incident}`, `incident ${incident}`, 'primary')]),
      button('Triage', `triage ${look.site}`),
    ),
  ];
  return message(morning.tone, say`${lineOf(words)}${late}`, ...blocks);
}

function lineOf({ look, morning }: MorningWords): Phrase {
  const { site, diagnosis } = look;
  const [first] = morning.news;
  if (first) {
    const more = morning.news.length > 1 ? ` (and ${morning.news.length - 1} more)` : '';
    return say`${site}, new since the last look: ${first}${more}`;
  }
  const seen = coverage(look);
  switch (morning.tone) {
    case 'good':
      return say`${site}: all well. ${seen}`;
    case 'unknown':
      return say`${site}: nothing new is seen, but not everything could be looked at. ${seen}`;
    case 'warning':
    case 'critical':
      return say`${site}: as it was, ${diagnosis.verdict}. ${seen}`;
    default:
      return morning.tone satisfies never;
  }
}

function coverage({ evidence, domains = [], failed }: MorningLook): string {
  const lists = [...(evidence.listings ?? []), ...domains]
    .flatMap((each) => each.lists)
    .filter((each) => each.state !== 'not-covered');
  const answered = lists.filter((each) => each.state !== 'unknown').length;
  const parts = [
    ...(evidence.listings ? [`${answered} of ${lists.length} list answers`] : []),
    ...(evidence.queue ? [`${evidence.queue.messages} messages waiting`] : []),
    ...(evidence.bouncesPerMinute === undefined ? [] : [`${evidence.bouncesPerMinute} bounces a minute`]),
    ...(failed.length === 0 ? [] : [`${failed.length} ${failed.length === 1 ? 'look' : 'looks'} failed`]),
  ];
  return parts.length === 0 ? 'Nothing was looked at.' : `${parts.join(', ')}.`;
}

function folded(title: string, side: 'neutral' | 'missing', items: readonly Phrase[]): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: 'evidence', title, items: items.map((each) => ({ side, text: each })) }];
}
