/**
 * `approve`, `deny`, `break-glass`: a decision, and what follows from it.
 *
 * Rules:
 * 1. A press is never silently ignored: it decides, or it answers who decided what and when. A job that died after the
 *    decision goes on with carrying it out when it runs again.
 * 2. Agreeing is in the audit log before it counts; where that can't be written, it doesn't. Refusing always counts.
 */
import { readArguments } from '../../src/commands/parse.ts';
import { approveSpec, breakGlassSpec, denySpec } from '../../src/commands/specs/decisions.ts';
import type { NumberArguments } from '../../src/commands/specs/decisions.ts';
import type { CommandSpec } from '../../src/commands/spec.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { ruleOn } from '../../src/domain/measures/decision.ts';
import type { Decision } from '../../src/domain/measures/decision.ts';
import { isOpen } from '../../src/domain/measures/record.ts';
import type { MeasureEvent, MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import { sayMeasure } from '../../src/messages/measure.ts';
import { message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { Answer, CommandJob, CommandRequest } from '../answer.ts';
import { writeIfPossible } from './audit-if-possible.ts';
import { carryMeasureOut } from './engine.ts';
import { readMeasure } from './ledger.ts';
import { measureJson } from './order.ts';
import type { Reconciling } from './reconcile.ts';
import { tellMeasure } from './tell.ts';
import { whoIs } from './who.ts';
import type { AuditEntry } from '../../src/ports/audit-log.ts';
import type { World } from '../../src/ports/world.ts';

type Deciding = Reconciling & Pick<World, 'people'>;

export const runApprove = decision(approveSpec, (by, _args, nonce) => ({
  kind: 'approve',
  by,
  ...(nonce !== undefined && { nonce }),
}));
export const runDeny = decision(denySpec, (by, { reason }, nonce) => ({
  kind: 'deny',
  by,
  ...(nonce !== undefined && { nonce }),
  ...(reason !== undefined && { why: foreign(reason, 400) }),
}));
export const runBreakGlass = decision(breakGlassSpec, (by, { reason = '' }) => ({ kind: 'break-glass', by, reason }));

function decision(
  spec: CommandSpec<NumberArguments>,
  make: (by: Who, args: NumberArguments, nonce: string | undefined) => Decision,
): CommandJob<keyof Deciding> {
  return async (request, world, tell) => {
    const args = readArguments(spec, request.command);
    if (args.kind === 'bad') return refused(args.why, args.remedy);
    const made = make(whoIs(world, request.actor), args.value, request.nonce);
    const ruled = await rule(world, args.value.number, made);
    if (ruled.kind === 'refused') return ruled.answer;
    await tellMeasure(world, ruled.record);
    if (ruled.record.state !== 'approved' && ruled.record.state !== 'engaging')
      return answer(ruled.record, request, ruled.unwritten);
    tell(message('neutral', say`Measure ${ruled.record.number}: approved; it is being carried out …`));
    const after = await carryMeasureOut(world, ruled.record.number);
    await tellMeasure(world, after);
    return answer(after, request, []);
  };
}

type Ruled =
  /** `unwritten`: why it isn't in the audit log. */
  | { readonly kind: 'decided'; readonly record: MeasureRecord; readonly unwritten: readonly Phrase[] }
  | { readonly kind: 'refused'; readonly answer: Answer };

async function rule(world: Deciding, number: number, made: Decision): Promise<Ruled> {
  let written = false;
  for (;;) {
    const entry = await readMeasure(world, number);
    if (!entry)
      return { kind: 'refused', answer: refused(`there is no measure ${number}`, 'say ledger for those there are') };
    const { record, version } = entry;
    // The same person's decision, redelivered or run again after a crash, continues instead of being refused.
    if (isDecidedBy(record, made)) return { kind: 'decided', record, unwritten: [] };
    const ruling = ruleOn(record, made, world.clock.now(), world.measureRules.breakGlass);
    const event = ruling.event;
    let unwritten: readonly Phrase[] = [];
    if (event) {
      const entryOf = audited(record, made.by, event.kind);
      if (leadsOn(event) && !written) {
        await world.auditLog.write(entryOf, 'one');
        written = true;
      }
      if ((await world.ledger.append(number, version, [event])) === 'conflict') continue;
      if (!leadsOn(event)) unwritten = await writeIfPossible(world.auditLog, entryOf);
    }
    if (ruling.kind === 'refused') {
      // Somebody else was first, between the audit log and the ledger.
      if (written) await writeIfPossible(world.auditLog, audited(record, made.by, `did not count: ${ruling.rule}`));
      const words = say`${ruling.why}; ${ruling.remedy}`;
      return {
        kind: 'refused',
        answer: { status: 'refused', message: message('warning', words, notice('warning', words)) },
      };
    }
    const after = await readMeasure(world, number);
    if (!after) throw new Error(`Measure ${number} is gone from the ledger.`);
    if (!isOpen(after.record)) await world.ledger.settle(number);
    return { kind: 'decided', record: after.record, unwritten };
  }
}

function leadsOn({ kind }: MeasureEvent): boolean {
  return kind === 'approved' || kind === 'broke-glass';
}

function audited({ number, hash }: MeasureRecord, by: Who, what: string): AuditEntry {
  return { kind: 'decision', about: `measure/${number}`, who: by.person, what, data: { hash } };
}

function isDecidedBy(record: MeasureRecord, made: Decision): boolean {
  if (record.state !== 'approved' && record.state !== 'engaging') return false;
  if (made.kind === 'approve') return record.approvedBy.some((each) => each.person === made.by.person);
  return made.kind === 'break-glass' && record.brokeGlass?.by.person === made.by.person;
}

function answer(record: MeasureRecord, request: CommandRequest, unwritten: readonly Phrase[]): Answer {
  const card = sayMeasure(record);
  const notes = unwritten.map((why) => notice('warning', why));
  const elsewhere = record.told.some((each) => each.conversation.id === request.conversation.id);
  const ok = record.state === 'in-force' && record.lastSeen?.seen === 'in-force' && record.proof?.proof === 'proved';
  return {
    status:
      ok || record.state === 'denied'
        ? 'ok'
        : record.state === 'failed'
          ? 'critical'
          : record.state === 'proposed'
            ? 'warning'
            : 'unknown',
    // The card above was edited already; here one line is enough.
    message: elsewhere
      ? message(card.tone, card.summary, notice(card.tone, card.summary), ...notes)
      : { ...card, blocks: [...card.blocks, ...notes] },
    data: measureJson(record),
  };
}

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
