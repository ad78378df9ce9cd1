/**
 * The agent's side: an errand is read, held against the agent's own limits, written into its own audit log, carried out.
 *
 * Rules:
 * 1. What isn't a well-formed errand for this host is refused; there is nothing else it would do.
 * 2. The limits are the host's own: whoever has the bot doesn't have them.
 * 3. Intent is written before an effect; where it can't be, nothing is engaged, and taking back stays possible.
 */
import { z } from 'zod';
import { errandSchema, lookSchema } from './errand-form.ts';
import { refusedByLimits } from '../../src/domain/measures/errand.ts';
import type { AgentLimits, Errand, ErrandReply } from '../../src/domain/measures/errand.ts';
import { targetOf } from '../../src/domain/measures/order.ts';
import type { Plain, Released } from '../../src/domain/measures/plan.ts';
import type { LookReply } from '../../src/domain/measures/look-errand.ts';
import type { Looks } from './agent-looks.ts';
import { writeIfPossible } from '../measures/audit-if-possible.ts';
import type { AuditEntry, AuditLog } from '../../src/ports/audit-log.ts';
import { AuditUnavailable } from '../../src/ports/audit-log.ts';
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import { MeasureRefused } from '../../src/ports/measures.ts';
import type { MeasureDriver, MeasureDrivers } from '../../src/ports/measures.ts';

export interface AgentNeeds {
  /** The server or firewall that this line is for. */
  readonly target: string;
  readonly drivers: MeasureDrivers;
  readonly limits: AgentLimits;
  readonly auditLog: AuditLog;
  readonly looks: Pick<Looks, 'answer'>;
}

/** Carries one errand out. Never throws: what went wrong is the reply. */
export async function runErrand(question: unknown, needs: AgentNeeds): Promise<ErrandReply | LookReply> {
  const look = lookSchema.safeParse(question);
  if (look.success)
    try {
      return await needs.looks.answer(look.data);
    } catch (error) {
      return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
    }
  const read = errandSchema.safeParse(question);
  if (!read.success)
    return { kind: 'refused', why: `this is no errand of this version: ${z.prettifyError(read.error)}` };
  const errand = read.data;
  const wanted = errand.verb === 'plan' ? errand.order : errand.task.order;
  if (targetOf(wanted) !== needs.target)
    return { kind: 'refused', why: `this is the agent of ${needs.target}, not of ${targetOf(wanted)}` };
  // A lease that is renewed is as long as the errand says: whatever makes a measure last is held against the limits too.
  const lasting = errand.verb === 'plan' || errand.verb === 'engage' || errand.verb === 'renew';
  const refusal = lasting ? refusedByLimits(wanted, needs.limits) : undefined;
  if (refusal !== undefined) return { kind: 'refused', why: refusal };
  const driver = needs.drivers.find(wanted);
  if ('refused' in driver) return { kind: 'refused', why: `${driver.refused}; ${driver.remedy}` };
  try {
    return await carryOut(errand, driver, needs);
  } catch (error) {
    if (error instanceof FenceLost) return { kind: 'fenced' };
    if (error instanceof MeasureRefused || error instanceof AuditUnavailable)
      return { kind: 'refused', why: error.message };
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

async function carryOut(errand: Errand, driver: MeasureDriver, needs: AgentNeeds): Promise<ErrandReply> {
  switch (errand.verb) {
    case 'plan':
      return { kind: 'planned', plan: await driver.plan(errand.order, errand.tag) };
    case 'observe':
      return { kind: 'observed', seen: await driver.observe(errand.task) };
    case 'verify':
      return { kind: 'verified', proof: await driver.verify(errand.task) };
    case 'engage':
    case 'renew':
      await needs.auditLog.write(entryOf(errand, needs));
      await (errand.verb === 'engage'
        ? driver.engage(errand.task, errand.fence)
        : driver.renew(errand.task, errand.fence));
      return { kind: 'done' };
    case 'release':
      await writeIfPossible(needs.auditLog, entryOf(errand, needs));
      return { kind: 'released', released: await release(errand, driver, needs) };
    default:
      return errand satisfies never;
  }
}

/** That it has ended is written down: `tq rescue` on this host knows by it what may still stand. */
async function release(
  errand: Extract<Errand, { readonly verb: 'release' }>,
  driver: MeasureDriver,
  { target, auditLog }: AgentNeeds,
): Promise<Released> {
  const released = await driver.release(errand.task, errand.fence, errand.way);
  const about = `agent/${target}/${errand.task.tag}`;
  if (released.kind === 'released')
    await auditLog.write({ kind: 'outcome', about, who: errand.who, what: 'released' }, 'one').catch(() => {});
  return released;
}

function entryOf(errand: Extract<Errand, { readonly fence: number }>, { target }: AgentNeeds): AuditEntry {
  const { order, prior, tag } = errand.task;
  return {
    kind: 'intent',
    about: `agent/${target}/${tag}`,
    who: errand.who,
    what: `${errand.verb} ${order.kind}`,
    data: { fence: errand.fence, order: order as unknown as Plain, prior },
  };
}

/** What the bot makes of a reply. Throws as the driver itself would. */
export function readReply(value: unknown): ErrandReply {
  const read = z.looseObject({ kind: z.string() }).safeParse(value);
  if (!read.success) throw new HostUnknown('The agent answered in a form that this version does not know.');
  // The agent is of the house: its replies are its own types, told apart by kind.
  return value as ErrandReply;
}

/** The same for a look. Throws HostUnknown where the agent doesn't know either. */
export function readLookReply(value: unknown): LookReply {
  const reply = readReply(value) as ErrandReply | LookReply;
  if (reply.kind === 'unknown' || reply.kind === 'refused') throw new HostUnknown(reply.why);
  return reply as LookReply;
}
