/**
 * The agent's side: an errand is read, held against the agent's own limits, written into its own audit log, carried out.
 *
 * Rules:
 * 1. What isn't a well-formed errand for this host is refused; there is nothing else it would do.
 * 2. The limits are the host's own: whoever has the bot doesn't have them.
 * 3. Intent is written before an effect; where it can't be, nothing is engaged, and taking back stays possible.
 * 4. What a plan recorded is believed only where the plan was this agent's: by its seal, or as it would plan the same now.
 */
import { z } from 'zod';
import { errandSchema, lookSchema } from './errand-form.ts';
import { refusedByLimits } from '../../src/domain/measures/errand.ts';
import type { AgentLimits, Errand, ErrandReply } from '../../src/domain/measures/errand.ts';
import { targetOf } from '../../src/domain/measures/order.ts';
import type { MeasureTask, Plain, Released } from '../../src/domain/measures/plan.ts';
import type { LookErrand, LookReply } from '../../src/domain/measures/look-errand.ts';
import type { Looks } from './agent-looks.ts';
import { inOneForm } from './plan-seal.ts';
import type { PlanSeal } from './plan-seal.ts';
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
  readonly seal: PlanSeal;
  readonly looks: Pick<Looks, 'answer'>;
}

/** Carries one errand out. Never throws: what went wrong is the reply. */
export async function runErrand(question: unknown, needs: AgentNeeds): Promise<ErrandReply | LookReply> {
  const look = lookSchema.safeParse(question);
  if (look.success) return lookFor(look.data, needs);
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
  if (errand.verb !== 'plan' && !(await isOwn(errand.task, driver, needs.seal)))
    return { kind: 'refused', why: notOwn(errand.task) };
  try {
    return await carryOut(errand, driver, needs);
  } catch (error) {
    if (error instanceof FenceLost) return { kind: 'fenced' };
    if (error instanceof MeasureRefused || error instanceof AuditUnavailable)
      return { kind: 'refused', why: error.message };
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

async function lookFor(errand: LookErrand, needs: AgentNeeds): Promise<ErrandReply | LookReply> {
  if ('task' in errand) {
    const driver = needs.drivers.find(errand.task.order);
    if ('refused' in driver || !(await isOwn(errand.task, driver, needs.seal)))
      return { kind: 'refused', why: notOwn(errand.task) };
  }
  try {
    return await needs.looks.answer(errand);
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether what is recorded of it is what this agent itself has planned. */
async function isOwn(task: MeasureTask, driver: MeasureDriver, seal: PlanSeal): Promise<boolean> {
  if (seal.isOn(task)) return true;
  try {
    const { prior } = await driver.plan(task.order, task.tag);
    return inOneForm(prior) === inOneForm(task.prior);
  } catch {
    return false;
  }
}

function notOwn({ tag }: MeasureTask): string {
  return `what ${tag} goes by was not planned by this agent (or its plan.key has been lost since, or it was planned by ssh); tq rescue takes it back where it was planned`;
}

async function carryOut(errand: Errand, driver: MeasureDriver, needs: AgentNeeds): Promise<ErrandReply> {
  switch (errand.verb) {
    case 'plan': {
      const plan = await driver.plan(errand.order, errand.tag);
      const seal = needs.seal.of({ tag: errand.tag, order: errand.order, prior: plan.prior });
      return { kind: 'planned', plan: { ...plan, seal } };
    }
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
