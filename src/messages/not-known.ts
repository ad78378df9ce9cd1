/** What is said of a measure of which it hasn't been known for more than a minute how it stands, and once it is again. */
import { say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { stateInWords } from '../domain/measures/decision.ts';
import { targetOf } from '../domain/measures/order.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Message } from './message.ts';
import { orderInWords } from './measure.ts';

/** What people are called for, in one line. `since` in milliseconds since 1970 UTC. */
export function notKnownInWords(record: MeasureRecord, since: number): Phrase {
  return say`since ${clockOf(since)} UTC it is not known how measure ${record.number} stands (${orderInWords(record.order)})`;
}

/** `called`: people are called about it; else nobody is configured to be. */
export function sayNotKnown(record: MeasureRecord, since: number, called: boolean): Message {
  const { number, lastSeen } = record;
  const words = say`Measure ${number}: ${orderInWords(record.order)}: since ${clockOf(since)} UTC it is not known how it stands. ${called ? 'People are called.' : 'Nobody is configured to be called.'}`;
  const blocks: Block[] = [notice('critical', words)];
  if (lastSeen?.seen === 'unknown' && lastSeen.notes.length > 0)
    blocks.push({
      kind: 'evidence',
      title: 'why',
      items: lastSeen.notes.map((line) => ({ side: 'missing', text: line })),
    });
  blocks.push(
    text(
      say`Look whether ${targetOf(record.order)} is up and can be reached. Until then take it neither as in force nor as gone; it is looked at again every quarter of a minute.`,
    ),
    actions(button('What stands', 'ledger', 'primary')),
  );
  return message('critical', words, ...blocks);
}

/** The end of it. */
export function sayKnownAgain(record: MeasureRecord): Message {
  const words = say`Measure ${record.number}: ${orderInWords(record.order)}: known again: ${stateInWords(record)}.`;
  return message('good', words, notice('good', words));
}

function clockOf(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
