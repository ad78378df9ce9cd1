import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/domain/causes.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { advance } from '../../../src/domain/playbook/advance.ts';
import { BUILT_IN, playbookFor } from '../../../src/domain/playbook/built-in/all.ts';
import { beginPlaybook, currentStep, viewSteps } from '../../../src/domain/playbook/state.ts';
import type { Facts } from '../../../src/domain/playbook/step.ts';
import { PLACE, ANA, BEN, ask, hunted, statusOf, answerOf, measure, FREEZE } from './asked.ts';

describe('a playbook', () => {
  it.each(CAUSES)('is there for %s, and each of its steps says why, how it is proved and how it is undone', (cause) => {
    const { steps } = playbookFor(cause, []);
    expect(steps.length).toBeGreaterThan(1);
    for (const step of steps) expect([step.why, step.proof, step.undo].every((words) => words.length > 5)).toBe(true);
    expect(new Set(steps.map((step) => step.id)).size).toBe(steps.length);
  });

  it.each(BUILT_IN.map((book) => [book.id, book] as const))(
    '%s takes back every measure that it takes, and names only steps that it has',
    (_id, book) => {
      const taken = book.steps.filter((step) => step.does.kind === 'measure').map((step) => step.id);
      const back = book.steps.flatMap((step) => (step.does.kind === 'take-back' ? [step.does.of] : []));
      const lasting = new Set(['clean-queue', ...(book.id === 'policy-listing' ? ['reroute'] : [])]);
      expect(taken.filter((id) => !lasting.has(id)).toSorted()).toEqual(back.toSorted());
      const ids = book.steps.map((step) => step.id);
      expect(book.steps.flatMap((step) => step.after ?? []).filter((id) => !ids.includes(id))).toEqual([]);
    },
  );

  it('for what is not determined hunts once outbound mail is frozen, but only where the address is listed for abuse', () => {
    const open = (facts: Facts) =>
      viewSteps(beginPlaybook(playbookFor('undetermined', []), PLACE, facts)).flatMap(({ step, status }) =>
        status === 'waiting' ? [step.id] : [],
      );
    expect(open({ queue: 'full', listed: 'abuse' })).toEqual([
      'triage',
      'freeze-outbound',
      'block-port-25',
      'hunt',
      'unblock-port-25',
      'unfreeze-outbound',
      'look-again',
    ]);
    expect(open({ queue: 'full', listed: 'clear' })).not.toContain('block-port-25');
    expect(open({ queue: 'full', listed: 'policy' })).not.toContain('hunt');
  });

  it('hunts in this order: freeze, block for everyone, hunt, quarantine, unblock, unfreeze; delisting comes last', () => {
    const ids = hunted().steps.map((step) => step.id);
    const order = [
      'freeze-outbound',
      'block-port-25',
      'hunt',
      'quarantine-host',
      'unblock-port-25',
      'unfreeze-outbound',
      'prove-stopped',
      'delist',
    ];
    expect(ids.filter((id) => order.includes(id))).toEqual(order);
  });

  it('proposes the measure of the first step with the site’s own server', () => {
    const { effects } = advance(hunted(), ask('do'));
    expect(effects).toMatchObject([{ kind: 'mark' }, { kind: 'propose', order: FREEZE }]);
  });

  it('has one freezing step per server where there are several', () => {
    const state = hunted({ ...PLACE, servers: ['mx1', 'mx2'] });
    expect(state.steps.slice(0, 2).map((step) => step.id)).toEqual(['freeze-outbound/mx1', 'freeze-outbound/mx2']);
    const { effects } = advance(state, ask('do', 'freeze-outbound'));
    expect(effects).toMatchObject([{ kind: 'mark' }, { kind: 'propose', order: { server: 'mx1' } }]);
  });

  it('has a person do what no server or firewall is configured for', () => {
    const state = hunted({ site: 'hq', servers: [], addresses: [] });
    expect(advance(state, ask('do')).effects).toMatchObject([{ kind: 'mark' }, { kind: 'instruct' }]);
  });

  it('lets two people who press at once have one effect and two answers', () => {
    const first = advance(hunted(), ask('do'));
    const second = advance(first.next, ask('do', undefined, { by: BEN, at: 1005 }));
    expect(first.effects.map((effect) => effect.kind)).toEqual(['mark', 'propose']);
    expect(answerOf(second.effects)).toBe('Freeze outbound mail: ana has just taken it up');
  });

  it('does not skip what somebody has just taken up, nor call it done by hand, until a minute has passed', () => {
    const { next } = advance(hunted(), ask('do'));
    for (const what of ['skip', 'done'] as const) {
      const second = advance(next, ask(what, 'freeze-outbound', { by: BEN, at: 1005 }));
      expect(answerOf(second.effects)).toBe(
        'Freeze outbound mail: ana has just taken it up; its measure is on its way',
      );
    }
    const later = advance(next, ask('skip', 'freeze-outbound', { by: BEN, at: 62_000 }));
    expect(later.effects).toMatchObject([{ kind: 'mark', mark: { outcome: 'skipped' } }]);
  });

  it('skips the step that is named first in the reason, and never the next one in its place', () => {
    const skip = (words: string) => advance(hunted(), ask('skip', undefined, { reason: { foreign: words } })).effects;
    for (const words of ['wipe nobody is there', 'Wipe: nobody is there'])
      expect(skip(words)).toMatchObject([
        { kind: 'mark', mark: { step: 'wipe', outcome: 'skipped', reason: { foreign: 'nobody is there' } } },
      ]);
    expect(answerOf(skip('wipe'))).toBe('Wipe the machine: skip needs a reason; say skip wipe and why');
    expect(skip('wiped already')).toMatchObject([{ mark: { step: 'freeze-outbound' } }]);
  });

  it('is taken up after all by who has called it done by a slip, when they name it; nobody else does so', () => {
    for (const [id, effect] of [
      ['freeze-outbound', 'propose'],
      ['wipe', 'instruct'],
    ] as const) {
      const { next } = advance(hunted(), ask('done', id));
      expect(answerOf(advance(next, ask('do', id, { by: BEN, at: 9000 })).effects)).toMatch(/already done/);
      expect(advance(next, ask('do', id, { at: 9000 })).effects).toMatchObject([{ kind: 'mark' }, { kind: effect }]);
    }
    const stood = advance(hunted(), { kind: 'measure', measure: measure(7, 'in-force', FREEZE) }).next;
    expect(answerOf(advance(stood, ask('do', 'freeze-outbound')).effects)).toContain('already in force as measure 7');
  });

  it('finds a step by the number that it is shown with', () => {
    const wipe = hunted().steps.findIndex((step) => step.id === 'wipe') + 1;
    expect(advance(hunted(), ask('do', String(wipe))).effects[1]).toMatchObject({
      kind: 'instruct',
      step: { id: 'wipe' },
    });
    expect(answerOf(advance(hunted(), ask('do', '99')).effects)).toContain('there is no step 99');
  });

  it('does not take what somebody else has skipped just now, but does when it is said again', () => {
    const reason = { foreign: 'the ISP has cut us off' };
    const { next } = advance(hunted(), ask('skip', 'freeze-outbound', { by: BEN, reason }));
    const second = advance(next, ask('do', 'freeze-outbound', { at: 1005 }));
    expect(answerOf(second.effects)).toBe(
      'Freeze outbound mail: ben has just skipped it, the ISP has cut us off; where it is needed all the same, say do freeze-outbound again',
    );
    for (const again of [
      ask('do', 'freeze-outbound', { at: 12_000 }),
      ask('do', 'freeze-outbound', { by: BEN, at: 1005 }),
    ])
      expect(advance(next, again).effects).toMatchObject([{ kind: 'mark' }, { kind: 'propose' }]);
  });

  it('gives what a person does to one: whoever comes second learns who has it, and what is to be done', () => {
    const { next } = advance(hunted(), ask('do', 'wipe'));
    const second = advance(next, ask('do', 'wipe', { by: BEN, at: 9000 }));
    expect(second.effects).toMatchObject([{ kind: 'instruct', taken: { by: ANA, at: 1000 } }]);
    expect(second.next).toEqual(next);
    expect(advance(next, ask('do', 'wipe', { at: 9000 })).effects).not.toHaveProperty('0.taken');
  });

  it.each(['proposed', 'in-force'] as const)(
    'orders what is known now: a measure for another machine (%s) is not this step’s',
    (state) => {
      const first = advance(hunted(), { kind: 'facts', facts: { offender: '10.0.0.23' } }).next;
      const other = { kind: 'quarantine-host', firewall: 'gateway', address: '10.0.0.23' } as const;
      const begun = { step: 'quarantine-host', outcome: 'begun', by: ANA, at: 1000, measure: 3 } as const;
      const marked = advance(first, { kind: 'marked', mark: begun }).next;
      const stood = advance(marked, { kind: 'measure', measure: measure(3, state, other) }).next;
      expect(statusOf(stood, 'quarantine-host')?.measure?.number).toBe(3);
      const { next } = advance(stood, { kind: 'facts', facts: { offender: '10.0.0.24' } });
      expect(advance(next, ask('do', 'quarantine-host', { at: 9000 })).effects[1]).toMatchObject({
        kind: 'propose',
        order: { address: '10.0.0.24' },
      });
    },
  );

  it('goes on for the same request where its process died, and for anybody after a minute', () => {
    const { next } = advance(hunted(), ask('do'));
    expect(advance(next, ask('do')).effects).toMatchObject([{ kind: 'propose' }]);
    const later = advance(next, ask('do', undefined, { by: BEN, at: 62_000 }));
    expect(later.effects).toMatchObject([{ kind: 'mark' }, { kind: 'propose' }]);
  });

  it('counts a measure that was taken without it', () => {
    const { next } = advance(hunted(), { kind: 'measure', measure: measure(7, 'in-force', FREEZE) });
    expect(statusOf(next, 'freeze-outbound')?.status).toBe('done');
    expect(currentStep(next)?.step.id).toBe('block-port-25');
  });

  it('skips what the evidence has answered, and says what', () => {
    const { next } = advance(hunted(), { kind: 'facts', facts: { offender: '10.0.0.23' } });
    const hunt = statusOf(next, 'hunt');
    expect(hunt?.status).toBe('skipped');
    expect(plain(hunt?.note ?? '')).toBe('not needed: the machine is known already (10.0.0.23)');
    expect(advance(next, ask('do', 'quarantine-host')).effects[1]).toMatchObject({
      order: { kind: 'quarantine-host', address: '10.0.0.23' },
    });
  });

  it('says which fact a step needs, and how one comes by it', () => {
    expect(answerOf(advance(hunted(), ask('do', 'quarantine-host')).effects)).toContain('the hunt names it');
  });

  it('does not ask for delisting before the leak is seen to have stopped', () => {
    expect(answerOf(advance(hunted(), ask('do', 'delist')).effects)).toContain(
      'comes after See that the leak has stopped',
    );
    expect(answerOf(advance(hunted(), ask('done', 'delist')).effects)).toContain('comes after');
  });

  it('neither skips nor calls done what stands outside', () => {
    const { next } = advance(hunted(), { kind: 'measure', measure: measure(7, 'in-force', FREEZE) });
    for (const what of ['skip', 'done'] as const) {
      expect(answerOf(advance(next, ask(what, 'freeze-outbound')).effects)).toContain('undo 7');
      expect(answerOf(advance(next, ask(what, 'unfreeze-outbound')).effects)).toContain('undo 7');
    }
  });

  it('takes back by its own step, and counts what was taken back without it', () => {
    const frozen = advance(hunted(), { kind: 'measure', measure: measure(7, 'in-force', FREEZE) }).next;
    expect(advance(frozen, ask('do', 'unfreeze-outbound')).effects).toMatchObject([{ kind: 'release', measures: [7] }]);
    const thawed = advance(frozen, { kind: 'measure', measure: measure(7, 'released', FREEZE) }).next;
    expect(statusOf(thawed, 'freeze-outbound')?.status).toBe('undone');
    expect(statusOf(thawed, 'unfreeze-outbound')?.status).toBe('done');
  });

  it('is not through with taking back what was taken after that step had been skipped', () => {
    const skipped = advance(hunted(), ask('skip', 'unfreeze-outbound')).next;
    expect(statusOf(skipped, 'unfreeze-outbound')?.status).toBe('skipped');
    const frozen = advance(skipped, { kind: 'measure', measure: measure(7, 'in-force', FREEZE) }).next;
    expect(statusOf(frozen, 'unfreeze-outbound')?.status).toBe('waiting');
  });

  it('does nothing any more once the incident is closed, and says so', () => {
    const { next } = advance(hunted(), { kind: 'closed' });
    expect(answerOf(advance(next, ask('do')).effects)).toContain('closed');
  });
});
