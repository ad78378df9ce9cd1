import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../src/domain/calendar/zone.ts';
import { fixChain, nextCall, nextQuestion } from '../../../src/domain/escalation/chain.ts';
import { onDuty } from '../../../src/domain/escalation/rota.ts';
import type { Rota } from '../../../src/domain/escalation/rota.ts';
import type { EscalationRules } from '../../../src/domain/escalation/rules.ts';
import { HOUSE, foldIncident } from '../../../src/domain/incidents/incident.ts';
import type { IncidentEvent } from '../../../src/domain/incidents/incident.ts';

const ROTA: Rota = {
  name: 'mail',
  timezone: 'Europe/Berlin',
  people: ['anna', 'ben', 'cyn'],
  start: '2026-01-05',
  handover: '09:00',
  days: 7,
  overrides: [],
};
const at = (date: string, time: string): number => instantOf(date, time, 'Europe/Berlin');
const MINUTE = 60_000;
const RULES: EscalationRules = {
  tiers: [
    { call: ['rota:mail'], by: ['thread', 'direct'], waitMs: 5 * MINUTE },
    { call: ['anna', 'rota:mail'], by: ['page'], waitMs: 10 * MINUTE },
  ],
  rounds: 2,
  quiet: { from: '22:00', to: '06:30', timezone: 'Europe/Berlin' },
  staleMs: 30 * MINUTE,
  answerMs: 10 * MINUTE,
};
const ANA = { person: 'ana', shown: { foreign: 'ana' } };

describe('a rota', () => {
  it.each([
    ['2026-01-05', '09:00', 'anna'],
    ['2026-01-12', '08:59', 'anna'],
    ['2026-01-12', '09:00', 'ben'],
    ['2026-01-19', '12:00', 'cyn'],
    ['2026-01-26', '12:00', 'anna'],
    ['2026-01-04', '12:00', 'cyn'],
  ])('on %s at %s has %s', (date, time, person) => {
    expect(onDuty(ROTA, at(date, time))).toBe(person);
  });

  it('hands over at nine as the clock shows it, also on the days after the clocks were changed', () => {
    const monday = { ...ROTA, start: '2027-03-22' };
    expect(onDuty(monday, at('2027-03-29', '08:59'))).toBe('anna');
    expect(onDuty(monday, at('2027-03-29', '09:00'))).toBe('ben');
    const autumn = { ...ROTA, start: '2027-10-25' };
    expect(onDuty(autumn, at('2027-11-01', '08:59'))).toBe('anna');
    expect(onDuty(autumn, at('2027-11-01', '09:00'))).toBe('ben');
  });

  it('has somebody else for the time of an override', () => {
    const override = { from: at('2026-01-06', '18:00'), to: at('2026-01-07', '09:00'), person: 'cyn' };
    const rota = { ...ROTA, overrides: [override] };
    expect(onDuty(rota, override.from - 1)).toBe('anna');
    expect(onDuty(rota, override.from)).toBe('cyn');
    expect(onDuty(rota, override.to)).toBe('anna');
  });
});

describe('a chain', () => {
  const day = at('2026-01-06', '10:00');
  const night = at('2026-01-06', '23:10');

  it('fixes who is called when it begins, each person once per tier', () => {
    const chain = fixChain(RULES, [ROTA], day, 'wake');
    expect(chain.tiers.map((tier) => tier.people)).toEqual([['anna'], ['anna']]);
  });

  it.each([
    ['at night, worth waking somebody', night, 'wake', night],
    ['at night, what can wait', night, 'can-wait', at('2026-01-07', '06:30')],
    ['after midnight, what can wait', at('2026-01-07', '02:00'), 'can-wait', at('2026-01-07', '06:30')],
    ['by day, what can wait', day, 'can-wait', day],
  ] as const)('begins %s', (_what, now, urgency, from) => {
    expect(fixChain(RULES, [ROTA], now, urgency).from).toBe(from);
  });

  const incident = (...events: readonly IncidentEvent[]) => {
    const folded = foldIncident(1, [
      { kind: 'opened', at: day, by: HOUSE, site: 'hq', title: { foreign: 'x' } },
      { kind: 'escalation', at: day, by: HOUSE, chain: fixChain(RULES, [ROTA], day, 'wake') },
      ...events,
    ]);
    if (!folded) throw new Error('not an incident');
    return folded;
  };
  const called = (tier: number, round: number, minute: number): IncidentEvent => ({
    kind: 'escalated',
    at: day + minute * MINUTE,
    tier,
    round,
    to: [],
    way: 'thread',
  });

  it('goes through its tiers and rounds, each due by the wait of the one before, and ends', () => {
    expect(nextCall(incident())).toMatchObject({ tier: 0, round: 0, dueAt: day });
    expect(nextCall(incident(called(0, 0, 0)))).toMatchObject({ tier: 1, round: 0, dueAt: day + 5 * MINUTE });
    const two = [called(0, 0, 0), called(1, 0, 5)];
    expect(nextCall(incident(...two))).toMatchObject({ tier: 0, round: 1, dueAt: day + 15 * MINUTE });
    expect(nextCall(incident(...two, called(0, 1, 15), called(1, 1, 20)))).toBeUndefined();
  });

  it('waits anew after a call that was made late, so that an outage makes no two telephones ring at once', () => {
    expect(nextCall(incident(called(0, 0, 180)))?.dueAt).toBe(day + 185 * MINUTE);
  });

  it('is asked about when nothing is heard, and begins a new run when nobody answers', () => {
    const taken: IncidentEvent = { kind: 'acknowledged', at: day + MINUTE, by: ANA };
    expect(nextCall(incident(called(0, 0, 0), taken))).toBeUndefined();
    expect(nextQuestion(incident(taken), day + 30 * MINUTE)).toBeUndefined();
    expect(nextQuestion(incident(taken), day + 31 * MINUTE)).toBe('ask');
    const worked: IncidentEvent = { kind: 'noted', at: day + 20 * MINUTE, by: ANA, text: { foreign: 'x' } };
    expect(nextQuestion(incident(taken, worked), day + 31 * MINUTE)).toBeUndefined();
    const asked: IncidentEvent = { kind: 'asked-still-on-it', at: day + 31 * MINUTE };
    expect(nextQuestion(incident(taken, asked), day + 40 * MINUTE)).toBeUndefined();
    expect(nextQuestion(incident(taken, asked), day + 41 * MINUTE)).toBe('stale');
    const stale: IncidentEvent = { kind: 'acknowledgement-stale', at: day + 41 * MINUTE };
    expect(nextCall(incident(called(0, 0, 0), taken, asked, stale))).toMatchObject({
      tier: 0,
      round: 2,
      dueAt: day + 41 * MINUTE,
    });
  });

  const anyEvent: fc.Arbitrary<IncidentEvent> = fc
    .record({ minute: fc.nat(500), kind: fc.constantFrom('ack', 'stale', 'asked', 'call', 'note', 'verdict') })
    .map(({ minute, kind }): IncidentEvent => {
      const when = day + minute * MINUTE;
      if (kind === 'ack') return { kind: 'acknowledged', at: when, by: ANA };
      if (kind === 'stale') return { kind: 'acknowledgement-stale', at: when };
      if (kind === 'asked') return { kind: 'asked-still-on-it', at: when };
      if (kind === 'call') return called(0, 0, minute);
      if (kind === 'note') return { kind: 'noted', at: when, by: ANA, text: { foreign: 'x' } };
      return { kind: 'escalation', at: when, by: HOUSE, chain: fixChain(RULES, [ROTA], when, 'wake') };
    });

  it('calls nobody once it is closed, whatever came before and whatever comes late', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), fc.array(anyEvent, { maxLength: 12 }), (before, after) => {
        const closed = incident(...before, { kind: 'closed', at: day, by: ANA }, ...after);
        expect(closed.state).toBe('closed');
        expect(nextCall(closed)).toBeUndefined();
        expect(nextQuestion(closed, day + 10_000 * MINUTE)).toBeUndefined();
      }),
    );
  });

  it('never names the same tier and round twice', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        const made: string[] = [];
        const record: IncidentEvent[] = [];
        for (const event of events) {
          const call = nextCall(incident(...record));
          if (event.kind !== 'escalated') record.push(event);
          else if (call) {
            made.push(`${call.tier}/${call.round}`);
            record.push({ ...event, tier: call.tier, round: call.round });
          }
        }
        expect(made).toEqual([...new Set(made)]);
      }),
    );
  });
});
