/**
 * A message as HTML.
 *
 * Rules:
 * 1. Every text goes through `escape`; nothing that comes from outside can be markup, and no attribute holds any of it.
 * 2. Everything works without a script but the buttons; each is a real button with its words beside it.
 */
import { isForeign, plain } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Block, Button, Message, Tone } from '../../../src/messages/message.ts';
import { sparkline } from '../../../src/messages/sparkline.ts';

/** A page holds no more rows of one table; the JSON has the rest. */
const MOST_ROWS = 200;

/** One sign per tone, so that no meaning hangs on colour alone. */
const SIGNS: Readonly<Record<Tone, string>> = {
  good: '✔',
  warning: '▲',
  critical: '✖',
  unknown: '?',
  neutral: '·',
};

type StepState = Extract<Block, { kind: 'progress' }>['steps'][number]['state'];

const STEP_SIGNS: Readonly<Record<StepState, string>> = {
  waiting: '○',
  current: '▶',
  working: '…',
  done: '✔',
  skipped: '–',
  failed: '✖',
  undone: '↶',
};

/** The inside of the message's article. */
export function messageHtml(message: Message): string {
  const said = plain(message.summary);
  const blocks = message.blocks.filter((block) => !('text' in block && plain(block.text) === said));
  const drill = message.drill ? '<b class="drill">DRILL</b> ' : '';
  return `<h2 class="${message.tone}">${drill}${sign(message.tone)} ${phrase(message.summary)}</h2>${blocks.map(blockHtml).join('')}`;
}

export function escape(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function phrase(words: Phrase): string {
  return words
    .map((part) => (isForeign(part) ? `<span class="foreign">${escape(part.foreign)}</span>` : escape(part)))
    .join('');
}

function sign(tone: Tone): string {
  return `<span class="sign">${SIGNS[tone]}</span>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h3>${phrase(block.text)}</h3>`;
    case 'text':
      return `<p>${phrase(block.text)}</p>`;
    case 'notice':
      return `<p class="notice ${block.tone}">${sign(block.tone)} ${phrase(block.text)}</p>`;
    case 'facts':
      return `${block.folded === undefined ? '' : `<h3>${escape(block.folded)}</h3>`}<dl>${block.facts
        .map((fact) => `<dt>${escape(fact.name)}</dt><dd class="${fact.tone ?? ''}">${phrase(fact.value)}</dd>`)
        .join('')}</dl>`;
    case 'table':
      return tableHtml(block);
    case 'progress':
      return `<h3>${escape(block.title)}</h3><ol class="steps">${block.steps
        .map(
          (step) =>
            `<li class="${step.state}"><span class="sign">${STEP_SIGNS[step.state]}</span> ${escape(step.name)}${
              step.note ? ` <small>${phrase(step.note)}</small>` : ''
            }${buttonsHtml(step.buttons ?? [])}</li>`,
        )
        .join('')}</ol>`;
    case 'evidence':
      return `<details><summary>${escape(block.title)}: ${block.items.length === 1 ? '1 point' : `${block.items.length} points`}</summary><ul class="evidence">${block.items
        .map((item) => `<li class="${item.side}"><b>${item.side}</b> <span>${phrase(item.text)}</span></li>`)
        .join('')}</ul></details>`;
    case 'series':
      return `<p>${escape(block.title)}: <span class="series">${sparkline(block.points.map((point) => point.value))}</span> ${lastOf(block.points)} ${escape(block.unit)}</p>`;
    case 'measure':
      return `<section class="measure"><p><b>#${block.number} ${escape(block.name)}</b> ${phrase(block.target)}: ${escape(block.state)}${leaseOf(block)}</p>${
        block.observed ? `<p><small>${phrase(block.observed)}</small></p>` : ''
      }${buttonsHtml(block.buttons)}</section>`;
    case 'approval':
      return `<section class="approval"><h3>${phrase(block.title)}</h3><pre>${block.commands
        .map(escape)
        .join('\n')}</pre><ul>${block.blastRadius
        .map((line) => `<li>${phrase(line)}</li>`)
        .join(
          '',
        )}</ul><p>${escape(block.needs)}; open until ${timeOf(block.expiresAt)}</p>${buttonsHtml(block.buttons)}</section>`;
    case 'actions':
      return buttonsHtml(block.buttons);
    default:
      return block satisfies never;
  }
}

function tableHtml(block: Extract<Block, { kind: 'table' }>): string {
  const rows = block.rows.slice(0, MOST_ROWS);
  const cut = block.rows.length - rows.length;
  const side = (index: number): string => (block.columns[index]?.align === 'right' ? ' class="right"' : '');
  const head = block.columns.map((column, index) => `<th${side(index)}>${escape(column.name)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell, index) => `<td${side(index)}>${phrase(cell)}</td>`).join('')}</tr>`)
    .join('');
  return `<div class="table"><table>${block.title === undefined ? '' : `<caption>${escape(block.title)}</caption>`}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${
    cut > 0 ? `<p><small>… ${cut} more</small></p>` : ''
  }`;
}

function buttonsHtml(buttons: readonly Button[]): string {
  if (buttons.length === 0) return '';
  return `<p class="buttons">${buttons.map(buttonHtml).join(' ')}</p>`;
}

/** The command is what a person would type; the page hands it back with the press. */
function buttonHtml(button: Button): string {
  const data = [
    `data-command="${escape(button.command)}"`,
    ...(button.nonce === undefined ? [] : [`data-nonce="${escape(button.nonce)}"`]),
    ...(button.confirm === undefined ? [] : [`data-confirm="${escape(button.confirm)}"`]),
  ].join(' ');
  return `<button type="button" class="${button.style}" ${data}>${escape(button.label)}</button>`;
}

function lastOf(points: readonly { readonly value: number | null }[]): string {
  return String(points.findLast((point) => point.value !== null)?.value ?? 'not measured');
}

function leaseOf(block: { readonly since?: number; readonly until?: number }): string {
  const since = block.since === undefined ? '' : `, since ${timeOf(block.since)}`;
  return block.until === undefined ? since : `${since}, until ${timeOf(block.until)}`;
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
