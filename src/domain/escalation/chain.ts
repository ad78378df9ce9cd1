/**
 * Who is called when, until somebody has it.
 *
 * Owns: the chain and what is due next, from an incident's own record. Does not own: calling (jobs/escalation).
 * Rules:
 * 1. The chain is fixed when it begins: a rota that changes meanwhile changes nothing of a call that is under way.
 * 2. Each (incident, tier, round) is called once; the next is due that tier's wait after the call before it was really
 *    made. So an outage delays, and never makes everybody's telephone ring at the same moment.
 * 3. Whoever has it stops it. An acknowledgement of which nothing is heard is asked about, then begins a new run.
 * 4. A closed incident calls nobody.
 * 5. In quiet hours only what is worth waking somebody for begins; the rest begins when they end.
 */
import { dateAfter, instantOf, wallTime } from '../calendar/zone.ts';
import type { Incident } from '../incidents/incident.ts';
import type { CallWay, Chain, EscalationRules } from './rules.ts';
import { onDuty } from './rota.ts';
import type { Rota } from './rota.ts';

export interface Call {
  readonly tier: number;
  readonly round: number;
  readonly people: readonly string[];
  readonly by: readonly CallWay[];
  readonly dueAt: number;
}

/** `wake`: worth waking somebody for; `can-wait`: not in quiet hours. */
export type Urgency = 'wake' | 'can-wait';

export function fixChain(rules: EscalationRules, rotas: readonly Rota[], now: number, urgency: Urgency): Chain {
  const from = urgency === 'wake' ? now : quietEnd(rules, now);
  return {
    tiers: rules.tiers.map(({ call, by, waitMs }) => ({
      people: [...new Set(call.flatMap((each) => peopleOf(each, rotas, from)))],
      by,
      waitMs,
    })),
    rounds: rules.rounds,
    from,
    staleMs: rules.staleMs,
    answerMs: rules.answerMs,
  };
}

function peopleOf(call: string, rotas: readonly Rota[], at: number): readonly string[] {
  if (!call.startsWith('rota:')) return [call];
  const rota = rotas.find((each) => each.name === call.slice(5));
  const person = rota && onDuty(rota, at);
  return person === undefined ? [] : [person];
}

/** This instant, or the end of the quiet hours that it lies in. */
function quietEnd({ quiet }: EscalationRules, now: number): number {
  if (!quiet) return now;
  const { date, time } = wallTime(now, quiet.timezone);
  const overnight = quiet.from > quiet.to;
  const inside = overnight ? time >= quiet.from || time < quiet.to : time >= quiet.from && time < quiet.to;
  if (!inside) return now;
  return instantOf(overnight && time >= quiet.from ? dateAfter(date, 1) : date, quiet.to, quiet.timezone);
}

/** The call that comes next, due or not; undefined where none does. */
export function nextCall(incident: Incident): Call | undefined {
  const { chain, runs, state } = incident;
  if (!chain || state !== 'open') return undefined;
  const run = runs.length;
  const first = run * chain.rounds;
  const made = incident.escalations.filter((each) => each.round >= first);
  const index = made.length;
  const count = chain.tiers.length;
  if (index >= count * chain.rounds) return undefined;
  const tier = index % count;
  const last = made.at(-1);
  const base = runs.at(-1) ?? chain.from;
  const dueAt = last ? last.at + (chain.tiers[last.tier]?.waitMs ?? 0) : base;
  const { people = [], by = [] } = chain.tiers[tier] ?? {};
  return { tier, round: first + Math.floor(index / count), people, by, dueAt };
}

/** What is due about an acknowledgement of which nothing is heard. */
export function nextQuestion(incident: Incident, now: number): 'ask' | 'stale' | undefined {
  const { chain, state, touchedAt, askedAt } = incident;
  if (!chain || state !== 'acknowledged' || touchedAt === undefined) return undefined;
  if (askedAt === undefined) return now - touchedAt >= chain.staleMs ? 'ask' : undefined;
  return now - askedAt >= chain.answerMs ? 'stale' : undefined;
}
