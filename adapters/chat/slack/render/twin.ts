/** The text twin: notifications, screen readers, search, and clients that can't draw the blocks. */
import { plain } from '../../../../src/domain/foreign.ts';
import type { Phrase } from '../../../../src/domain/foreign.ts';
import type { Block, Button, Message } from '../../../../src/messages/message.ts';
import { LIMITS } from '../limits.ts';
import { more } from './block.ts';
import { knownOf, sparkline } from './chart.ts';
import { signOf, wordOf } from './steps.ts';
import { SIGNS, literal, timeOf } from './text.ts';

const ROWS = 10;
const TWIN_POINTS = 40;
const LINE = 400;

/** `called`: mentions, said first. What the summary says already is not said again: a screen reader reads all of it. */
export function textTwin(message: Message, called = ''): string {
  const said = plain(message.summary);
  const lines = [
    `${message.drill ? 'DRILL ' : ''}${SIGNS[message.tone]} ${one(message.summary)}`,
    ...message.blocks
      .filter((block) => !('text' in block && plain(block.text) === said))
      .flatMap((block) => twinOf(block).slice(block.kind === 'approval' && plain(block.title) === said ? 1 : 0)),
  ];
  const kept: string[] = [];
  const before = called === '' ? '' : `${called} `;
  let size = before.length;
  for (const line of lines) {
    const safe = line.replaceAll('&', '&amp;');
    if (size + safe.length + 1 > LIMITS.messageText - 30) break;
    kept.push(safe);
    size += safe.length + 1;
  }
  const rest = lines.length - kept.length;
  return before + [...kept, ...(rest > 0 ? [more(rest, 'lines')] : [])].join('\n');
}

const one = (phrase: Phrase | string): string => literal(phrase, LINE);

function twinOf(block: Block): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return [one(block.text)];
    case 'text':
      return literal(block.text, LIMITS.sectionText).split('\n');
    case 'notice':
      return [`${SIGNS[block.tone]} ${one(block.text)}`];
    case 'facts':
      return [
        ...(block.folded === undefined ? [] : [block.folded]),
        ...block.facts.map((fact) => `${fact.name}: ${one(fact.value)}`),
      ];
    case 'table':
      return [
        ...(block.title === undefined ? [] : [block.title]),
        ...block.rows.slice(0, ROWS).map((row) => row.map((cell) => literal(cell, LINE)).join(' | ')),
        ...(block.rows.length > ROWS ? [more(block.rows.length - ROWS, 'rows')] : []),
      ];
    case 'progress':
      return [
        block.title,
        ...block.steps.map(
          (step, index) =>
            `${signOf(step.state)} ${index + 1}. ${step.name}${wordOf(step.state)}${step.note ? `, ${one(step.note)}` : ''}`,
        ),
      ];
    case 'evidence':
      return [block.title, ...block.items.map((item) => `${item.side}: ${one(item.text)}`)];
    case 'series': {
      const known = knownOf(block);
      const lost = known.length - TWIN_POINTS;
      const before = lost > 0 ? `${more(lost, 'points')} ` : '';
      const line = sparkline(known.slice(-TWIN_POINTS));
      return [`${block.title}: ${before}${line} ${known.at(-1)?.value ?? 'not measured'} ${block.unit}`];
    }
    case 'measure':
      return [
        `#${block.number} ${block.name} ${one(block.target)}: ${block.state}${block.until === undefined ? '' : ` until ${timeOf(block.until)}`}`,
      ];
    case 'approval':
      return [
        one(block.title),
        ...block.commands.map((command) => `$ ${one(command)}`),
        ...block.blastRadius.map(one),
        `${block.needs}; open until ${timeOf(block.expiresAt)}`,
        ...twinButtons(block.buttons),
      ];
    case 'actions':
      return twinButtons(block.buttons);
    default:
      return block satisfies never;
  }
}

function twinButtons(buttons: readonly Button[]): readonly string[] {
  return buttons.length === 0 ? [] : [`Say: ${literal(buttons.map((each) => each.command).join(' · '), LINE)}`];
}
