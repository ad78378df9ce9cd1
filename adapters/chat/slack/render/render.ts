/**
 * A message in Slack's blocks: an exhaustive switch to the newest native ones, each with a classic twin.
 *
 * Rules:
 * 1. What Slack has refused (`invalid_blocks`) is said in classic blocks from then on.
 * 2. Fifty blocks in a message: what decides something (approvals, buttons) is kept, the rest is cut from its end and
 *    counted.
 * 3. `text` always says the same in words.
 * 4. A mention is made of an id of the configuration alone, never of anything in the message; a drill mentions nobody.
 */
import { plain } from '../../../../src/domain/foreign.ts';
import type { Block, Facts, MentionOf, Message } from '../../../../src/messages/message.ts';
import { LIMITS } from '../limits.ts';
import { context, markup, more, plainText, preformatted, section, sectionOf, sectionsOfLines } from './block.ts';
import type { NativeType, Refused, SlackBlock } from './block.ts';
import { buttonRow } from './buttons.ts';
import type { ButtonPen } from './buttons.ts';
import { nativeChart, textChart } from './chart.ts';
import { classicEvidence, classicSteps, nativeEvidence, nativeSteps } from './steps.ts';
import { nativeTable, textTable } from './table.ts';
import { SIGNS, literal, mrkdwn, timeOf } from './text.ts';
import { textTwin } from './twin.ts';

export interface RenderedSlack {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

interface Pen extends ButtonPen {
  readonly refused: Refused;
  /** The message's summary. */
  readonly said: string;
  tables: number;
  charts: number;
}

const NOTHING_REFUSED: Refused = new Set();
/** A fact longer than this does not fit into half a line. */
const SHORT_FACT = 60;
const MOST_LINES = 12;
const MOST_CALLED = 10;

export interface RenderOptions {
  /** What this workspace doesn't take. */
  readonly refused?: Refused;
  /** Blocks at most: a view holds more than a message. */
  readonly most?: number;
  /** Who can be mentioned; left out: nobody. */
  readonly mentionOf?: MentionOf;
}

/** `key` names the message in its buttons' values. */
export function renderSlack(message: Message, key: string, options: RenderOptions = {}): RenderedSlack {
  const { refused = NOTHING_REFUSED, most = LIMITS.blocksOfMessage } = options;
  const called = mentionsIn(message, options.mentionOf);
  const said = plain(message.summary);
  const pen: Pen = { key, next: 0, refused, said, tables: 0, charts: 0 };
  const drill = message.drill ? '*DRILL*  ' : '';
  const title = section(`${drill}${SIGNS[message.tone]}  *${mrkdwn(message.summary, LIMITS.header * 4)}*`);
  const groups = message.blocks
    .filter((block) => !('text' in block && plain(block.text) === said))
    .map((block) => ({ keep: decides(block), blocks: renderBlock(block, pen) }));
  const heads = [title, ...(called === '' ? [] : [section(called)])];
  return { text: textTwin(message, called), blocks: [...heads, ...fit(groups, most - heads.length)] };
}

function mentionsIn({ calls = [], drill }: Message, mentionOf: MentionOf | undefined): string {
  if (drill || !mentionOf) return '';
  const ids = new Set(calls.slice(0, MOST_CALLED).map((name) => mentionOf(name) ?? ''));
  return [...ids]
    .flatMap((id) => (/^[UW][A-Z0-9]+$/.test(id) ? [`<@${id}>`] : /^S[A-Z0-9]+$/.test(id) ? [`<!subteam^${id}>`] : []))
    .concat(calls.length > MOST_CALLED ? [more(calls.length - MOST_CALLED)] : [])
    .join(' ');
}

function decides(block: Block): boolean {
  return block.kind === 'approval' || block.kind === 'actions';
}

function fit(
  groups: readonly { readonly keep: boolean; readonly blocks: readonly SlackBlock[] }[],
  room: number,
): readonly SlackBlock[] {
  const all = groups.reduce((sum, group) => sum + group.blocks.length, 0);
  if (all <= room) return groups.flatMap((group) => group.blocks);
  let left = room - 1 - groups.reduce((sum, group) => sum + (group.keep ? group.blocks.length : 0), 0);
  let lost = 0;
  const kept = groups.flatMap((group) => {
    if (group.keep) return group.blocks;
    const fits = lost === 0 && group.blocks.length <= left;
    if (!fits) lost += 1;
    else left -= group.blocks.length;
    return fits ? group.blocks : [];
  });
  return [...kept.slice(0, room - 1), context(more(lost, 'parts'))];
}

function renderBlock(block: Block, pen: Pen): readonly SlackBlock[] {
  const native = (type: NativeType): boolean => !pen.refused.has(type);
  switch (block.kind) {
    case 'heading':
      return [{ type: 'header', text: plainText(block.text, LIMITS.header) }];
    case 'text':
      return sectionsOfLines(
        mrkdwn(block.text, LIMITS.sectionText * 3)
          .split('\n')
          .map((line) => line || ' '),
        2,
      );
    case 'facts':
      return block.folded === undefined ? facts(block) : foldedFacts(block, block.folded, native('container'));
    case 'table':
      return native('data_table') && (pen.tables += 1) <= LIMITS.tables ? nativeTable(block) : textTable(block);
    case 'progress':
      return native('plan') ? nativeSteps(block, pen, native('container')) : classicSteps(block, pen);
    case 'evidence':
      return native('container') ? nativeEvidence(block) : classicEvidence(block);
    case 'series':
      return native('data_visualization') && (pen.charts += 1) <= LIMITS.charts ? nativeChart(block) : textChart(block);
    case 'measure':
      return measure(block, pen);
    case 'approval':
      return approval(block, pen, pen.said === plain(block.title));
    case 'actions':
      return buttonRow(block.buttons, pen);
    case 'notice':
      return [notice(block, native('alert'))];
    default:
      return block satisfies never;
  }
}

function foldedFacts(block: Facts, title: string, native: boolean): readonly SlackBlock[] {
  if (!native) return [section(`*${mrkdwn(title, LIMITS.header)}*`), ...facts(block)];
  return [
    {
      type: 'container',
      title: plainText(title, LIMITS.containerTitle),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: facts(block),
    },
  ];
}

function facts(block: Extract<Block, { kind: 'facts' }>): readonly SlackBlock[] {
  const sign = (fact: (typeof block.facts)[number]): string => (fact.tone === undefined ? '' : `${SIGNS[fact.tone]} `);
  const short = block.facts.every((fact) => plain(fact.value).length <= SHORT_FACT);
  if (!short || block.facts.length < 2) {
    const lines = block.facts.map((fact) => `${sign(fact)}*${mrkdwn(fact.name, 100)}*  ${mrkdwn(fact.value, 700)}`);
    return sectionsOfLines(lines, 2);
  }
  const shown = block.facts.slice(0, LIMITS.fields * 2);
  const rest = block.facts.length - shown.length;
  const rows = [shown.slice(0, LIMITS.fields), shown.slice(LIMITS.fields)].filter((row) => row.length > 0);
  return [
    ...rows.map((row) => ({
      type: 'section',
      fields: row.map((fact) =>
        markup(`${sign(fact)}*${mrkdwn(fact.name, 100)}*\n${mrkdwn(fact.value, LIMITS.fieldText - 120) || '–'}`),
      ),
    })),
    ...(rest > 0 ? [context(more(rest, 'facts'))] : []),
  ];
}

function measure(block: Extract<Block, { kind: 'measure' }>, pen: Pen): readonly SlackBlock[] {
  const by = block.by === undefined ? '' : ` by ${mrkdwn([block.by], 100)}`;
  const since = block.since === undefined ? '' : `, since ${timeOf(block.since)}${by}`;
  const until = block.until === undefined ? '' : `, *until ${timeOf(block.until)}*`;
  const observed = block.observed ? `\n${mrkdwn(block.observed, 600)}` : '';
  return [
    section(
      `*#${block.number} ${mrkdwn(block.name, 100)}*  ${mrkdwn(block.target, 600)}: ${mrkdwn(block.state, 200)}${since}${until}${observed}`,
    ),
    ...buttonRow(block.buttons, pen),
  ];
}

/** `isSaid`: its question is the message's own, and stands above already. */
function approval(block: Extract<Block, { kind: 'approval' }>, pen: Pen, isSaid: boolean): readonly SlackBlock[] {
  const radius = block.blastRadius.map((line) => `•  ${mrkdwn(line, 400)}`);
  return [
    ...(isSaid ? [] : [{ type: 'divider' }, section(`*${mrkdwn(block.title, 600)}*`)]),
    section(
      preformatted(
        block.commands.map((command) => literal(command, 400)),
        LIMITS.sectionText - 40,
      ),
    ),
    ...(radius.length === 0 ? [] : sectionsOfLines(radius.slice(0, MOST_LINES), 1)),
    ...(radius.length > MOST_LINES ? [context(more(radius.length - MOST_LINES, 'lines'))] : []),
    context(`${mrkdwn(block.needs, 400)}; open until ${timeOf(block.expiresAt)}; ${mrkdwn(block.id, 60)}`),
    ...buttonRow(block.buttons, pen),
  ];
}

const LEVELS = { good: 'success', warning: 'warning', critical: 'error', unknown: 'default', neutral: 'info' } as const;

function notice(block: Extract<Block, { kind: 'notice' }>, native: boolean): SlackBlock {
  const words = mrkdwn(block.text, LIMITS.sectionText - 4);
  if (native && words.length <= LIMITS.alert)
    return { type: 'alert', level: LEVELS[block.tone], text: markup(words || '–') };
  return block.text.length === 0 ? sectionOf('–') : section(`${SIGNS[block.tone]} ${words}`);
}
