/** One step of an incident's playbook: how it stands, what is said of it, and what one may press. */
import { say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { StepStatus, StepView } from '../domain/playbook/state.ts';
import { worded } from '../domain/worded.ts';
import { button } from './message.ts';
import type { Button, Progress } from './message.ts';

/** `here`: it is the step that one stands at. */
export function shownState(status: StepStatus, here: boolean): Progress['steps'][number]['state'] {
  switch (status) {
    case 'waiting':
      return here ? 'current' : 'waiting';
    case 'begun':
      return 'current';
    case 'asking':
    case 'working':
      return 'working';
    case 'done':
    case 'by-hand':
      return 'done';
    case 'skipped':
    case 'failed':
    case 'undone':
      return status;
    default:
      return status satisfies never;
  }
}

/** What is said beneath its title. */
export function noteOf(at: StepView, here: boolean): Phrase | undefined {
  const { step, status, mark, measure, note } = at;
  const by: Phrase = mark ? say` by ${mark.by.shown}` : [];
  switch (status) {
    case 'waiting':
      return here ? worded(step.why, 300) : undefined;
    case 'begun':
      return step.does.kind === 'person'
        ? say`${worded(step.does.instruction, 400)} Then say done. It has worked when: ${worded(step.proof, 200)}.`
        : say`being looked at${by}. It has worked when: ${worded(step.proof, 200)}.`;
    case 'asking':
      return say`measure ${measure?.number ?? 0} asks for approval`;
    case 'working':
      return say`measure ${measure?.number ?? 0} is being worked on${note ? say`: ${note}` : []}`;
    case 'done':
      if (measure) return say`measure ${measure.number}`;
      return note ?? (by.length > 0 ? say`done${by}` : undefined);
    case 'by-hand':
      return say`done by hand${by}`;
    case 'skipped':
      return note ? say`${note}${by}` : undefined;
    case 'failed':
      return note;
    case 'undone':
      return say`taken back`;
    default:
      return status satisfies never;
  }
}

/** What one may press at it. */
export function stepButtons(at: StepView, here: boolean, incident: number): readonly Button[] {
  const { step, status } = at;
  const on = `--incident ${incident}`;
  const skip = button('Skip', `skip "not needed" --step ${step.id} ${on}`);
  const done = button('Done', `done ${step.id} ${on}`);
  switch (status) {
    case 'waiting':
    case 'failed':
      if (!here) return [];
      return isTakenBackByHand(at) ? [done, skip] : [button(verbOf(step.does.kind), `do ${step.id} ${on}`), skip];
    case 'begun':
      if (step.does.kind === 'person') return [done, skip];
      return [done, button(verbOf(step.does.kind), `do ${step.id} ${on}`), skip];
    case 'asking':
    case 'working':
    case 'done':
    case 'by-hand':
    case 'skipped':
    case 'undone':
      return [];
    default:
      return status satisfies never;
  }
}

/** What was done by hand, no measure of ours stands for: only the same hand can take it back. */
export function isTakenBackByHand({ step, measure, status }: StepView): boolean {
  return step.does.kind === 'take-back' && measure === undefined && status === 'waiting';
}

function verbOf(kind: StepView['step']['does']['kind']): string {
  switch (kind) {
    case 'measure':
      return 'Propose';
    case 'look':
      return 'Look';
    case 'person':
      return 'Begin';
    case 'take-back':
      return 'Take back';
    default:
      return kind satisfies never;
  }
}
