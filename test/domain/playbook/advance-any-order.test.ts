import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdOf } from '../../../src/domain/measures/order.ts';
import type { MeasureState } from '../../../src/domain/measures/record.ts';
import { advance } from '../../../src/domain/playbook/advance.ts';
import type { Asked } from '../../../src/domain/playbook/advance.ts';
import { BUILT_IN } from '../../../src/domain/playbook/built-in/all.ts';
import { beginPlaybook, isOver, standing, viewSteps } from '../../../src/domain/playbook/state.ts';
import type { MeasureAt, PlaybookState } from '../../../src/domain/playbook/state.ts';
import { PLACE, ANA, ask, hunted, measure } from './asked.ts';

/** Runs a playbook with a ledger beside it, as the jobs do; a crash loses an effect that was not carried out yet. */
interface Run {
  state: PlaybookState;
  readonly proposed: string[];
  clock: number;
}

type Happening =
  | {
      readonly kind: 'ask';
      readonly what: Asked['what'];
      readonly step: number;
      readonly crash: boolean;
      readonly twice: boolean;
    }
  | { readonly kind: 'move'; readonly measure: number; readonly to: 'on' | 'back' | 'no' | 'keep' }
  | { readonly kind: 'facts'; readonly facts: Record<string, string | boolean> }
  | { readonly kind: 'wait' };

const NEXT: Readonly<Partial<Record<MeasureState, MeasureState>>> = {
  proposed: 'approved',
  approved: 'engaging',
  engaging: 'in-force',
  releasing: 'released',
};

function happen(run: Run, happening: Happening): void {
  run.clock += 10;
  const set = (moved: MeasureAt): void => {
    run.state = advance(run.state, { kind: 'measure', measure: moved }).next;
  };
  switch (happening.kind) {
    case 'wait':
      run.clock += 61_000;
      return;
    case 'facts':
      run.state = advance(run.state, { kind: 'facts', facts: happening.facts }).next;
      return;
    case 'move': {
      const at = run.state.measures[happening.measure % Math.max(1, run.state.measures.length)];
      if (!at) return;
      const forward = NEXT[at.state];
      if (happening.to === 'on' && forward) set({ ...at, state: forward });
      if (happening.to === 'no' && at.state === 'proposed') set({ ...at, state: 'denied' });
      if (happening.to === 'no' && at.state === 'engaging') set({ ...at, state: 'failed' });
      if (happening.to === 'back' && at.state === 'in-force') set({ ...at, state: 'releasing' });
      if (happening.to === 'keep' && at.state === 'in-force') set({ ...at, kept: ANA });
      return;
    }
    case 'ask': {
      const step = run.state.steps[happening.step % run.state.steps.length];
      const event = ask(happening.what, step?.id, { at: run.clock, request: `r${run.clock}` });
      carry(run, event, happening.crash);
      if (happening.twice) carry(run, event, false);
      return;
    }
    default:
      happening satisfies never;
  }
}

function carry(run: Run, event: Asked, crash: boolean): void {
  const before = run.state;
  const { next, effects } = advance(before, event);
  expect(effects.length, 'a press is answered').toBeGreaterThan(event.what === 'do' ? 0 : -1);
  run.state = next;
  for (const effect of effects) {
    if (crash && effect.kind !== 'mark') return;
    if (effect.kind === 'propose') {
      const hold = holdOf(effect.order);
      const open = run.state.measures.filter(
        (each) =>
          holdOf(each.order) === hold && !['denied', 'failed', 'released', 'lapsed', 'expired'].includes(each.state),
      );
      // The engine refuses what another open measure holds; the playbook must not even ask for its own again.
      expect(open.filter((each) => each.order.kind === effect.order.kind)).toEqual([]);
      const number = run.proposed.push(hold);
      run.state = advance(run.state, { kind: 'measure', measure: measure(number, 'proposed', effect.order) }).next;
    }
    if (effect.kind === 'release') {
      for (const number of effect.measures) {
        const at = run.state.measures.find((each) => each.number === number);
        expect(at && ['engaging', 'in-force', 'releasing'].includes(at.state)).toBe(true);
        if (at?.state === 'in-force') {
          run.state = advance(run.state, { kind: 'measure', measure: { ...at, state: 'releasing' } }).next;
        }
      }
    }
  }
}

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      what: fc.constantFrom('do', 'do', 'skip', 'done'),
      step: fc.nat(15),
      crash: fc.boolean(),
      twice: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      measure: fc.nat(9),
      to: fc.constantFrom('on', 'on', 'on', 'back', 'no', 'keep'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('facts' as const),
      facts: fc.constantFrom<Record<string, string | boolean>>(
        { offender: '10.0.0.23' },
        { account: 'administrator' },
        { queue: 'clear' },
        { listed: 'clear' },
        { smartHost: false },
        { sender: 'a@b.example' },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'wait' as const }) },
);

describe('any playbook, whatever happens in whatever order, with crashes and repeats', () => {
  it('proposes nothing twice, is never over while something stands unkept, and is taken back whole', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUILT_IN), fc.array(happening, { maxLength: 60 }), (book, happenings) => {
        const run: Run = { state: beginPlaybook(book, PLACE), proposed: [], clock: 1000 };
        for (const each of happenings) {
          happen(run, each);
          const left = standing(run.state);
          expect(isOver(run.state) && left.length > 0).toBe(false);
          const shown = viewSteps(run.state);
          for (const at of left) {
            const step = shown.find((view) => view.measure?.number === at.number);
            expect(step, `measure ${at.number} is seen at a step`).toBeDefined();
          }
        }
        for (const at of run.state.measures) {
          if (standing(run.state).includes(at)) happen(run, { kind: 'move', measure: 0, to: 'on' });
        }
        for (let round = 0; round < 200 && standing(run.state).length > 0; round += 1) {
          const [at] = standing(run.state);
          if (!at) break;
          const to = at.state === 'in-force' ? 'releasing' : at.state === 'releasing' ? 'released' : 'in-force';
          run.state = advance(run.state, { kind: 'measure', measure: { ...at, state: to } }).next;
        }
        expect(standing(run.state)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is advanced by the same event twice as by one', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 25 }),
        fc.constantFrom('do', 'skip', 'done'),
        fc.nat(15),
        (happenings, what, at) => {
          const run: Run = { state: hunted(), proposed: [], clock: 1000 };
          for (const each of happenings) happen(run, each);
          const step = run.state.steps[at % run.state.steps.length];
          const event = ask(what, step?.id, { at: run.clock + 1, request: 'same' });
          const once = advance(run.state, event);
          const twice = advance(once.next, event);
          expect(twice.next).toEqual(once.next);
          expect(twice.effects.filter((effect) => effect.kind === 'mark')).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
