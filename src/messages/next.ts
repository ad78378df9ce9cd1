/** The next step of an incident by itself: what it is, why, and what one would press now. */
import { plain, say } from '../domain/foreign.ts';
import { stateInWords } from '../domain/measures/decision.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { currentStep, isOver } from '../domain/playbook/state.ts';
import type { StepView } from '../domain/playbook/state.ts';
import { worded } from '../domain/worded.ts';
import { buttonsOf, momentOf } from './incident.ts';
import type { IncidentView } from './incident.ts';
import { isTakenBackByHand, noteOf, stepButtons } from './incident-step.ts';
import { orderInWords } from './measure.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Button, Message } from './message.ts';

/** The same beneath another answer; where it is one sentence, that is said once. */
export function nextBlocks(view: IncidentView): readonly Block[] {
  const { summary, blocks } = sayNext(view);
  const isSaid = blocks.some((block) => block.kind === 'notice' && plain(block.text) === plain(summary));
  return isSaid ? blocks : [text(summary), ...blocks];
}

/** What to do next, and why. */
export function sayNext(view: IncidentView): Message {
  const { incident, playbook } = view;
  const current = currentStep(playbook);
  if (!current) {
    const words = isOver(playbook)
      ? say`Incident ${incident.number}: every step is over and nothing is in force that nobody chose to keep. Close it.`
      : say`Incident ${incident.number}: every step is over, but something is still in force: take it back, or keep it on purpose.`;
    return message(isOver(playbook) ? 'good' : 'warning', words, notice('neutral', words), actions(...buttonsOf(view)));
  }
  const moving = current.status === 'working' ? view.measures.find(isMeasureOf(current)) : undefined;
  if (moving) return sayMoving(incident, moving);
  const asked = current.status === 'asking' ? view.measures.find(isMeasureOf(current)) : undefined;
  if (asked) return sayAsking(view, asked);
  const { step } = current;
  const here = noteOf(current, true);
  return message(
    'neutral',
    say`Incident ${incident.number}, next: ${worded(step.title, 120)}`,
    text(worded(step.why, 400)),
    ...(isTakenBackByHand(current) ? [text('It was done by hand: take it back by hand, and say done.')] : []),
    {
      kind: 'facts',
      facts: [
        { name: 'step', value: [step.id] },
        { name: 'it has worked when', value: worded(step.proof, 300) },
        { name: 'taken back by', value: worded(step.undo, 300) },
        ...(here && current.status !== 'waiting' ? [{ name: 'now', value: here }] : []),
      ],
    },
    actions(...primaries(stepButtons(current, true, incident.number))),
  );
}

const isMeasureOf =
  ({ measure }: StepView) =>
  ({ number }: MeasureRecord): boolean =>
    number === measure?.number;

/** It is neither so nor so yet: there is nothing to press, but to wait, or to see what keeps it. */
function sayMoving({ number }: Incident, record: MeasureRecord): Message {
  const words = say`Incident ${number}: measure ${record.number} (${orderInWords(record.order)}) is ${stateInWords(record)}.`;
  const [keeps] = record.lastSeen?.notes ?? [];
  return message(
    'neutral',
    words,
    notice('neutral', words),
    ...(keeps ? [notice('unknown', keeps)] : []),
    text('It goes on by itself and is told here once it is through; say next then.'),
    actions(button('Look again', `next --incident ${number}`, 'primary'), button('Ledger', 'ledger')),
  );
}

/** Others are asked: what one can do oneself meanwhile. */
function sayAsking({ incident, timezone }: IncidentView, record: MeasureRecord): Message {
  const words = say`Incident ${incident.number}: measure ${record.number} (${orderInWords(record.order)}) waits for approval until ${momentOf(record.expiresAt, timezone)}.`;
  return message(
    'warning',
    words,
    notice('warning', words),
    text(
      say`Somebody other than who proposed it says approve ${record.number}. Alone? break-glass ${record.number} and why.`,
    ),
    actions(button('Look again', `next --incident ${incident.number}`, 'primary'), button('Ledger', 'ledger')),
  );
}

function primaries(buttons: readonly Button[]): readonly Button[] {
  return buttons.map((each, index) => (index === 0 ? { ...each, style: 'primary' } : each));
}
