/**
 * Every job there is: the payload and the result as schemas, and where its code is. The code is imported when first
 * asked for, so that a one-shot command pays only for itself.
 */
import { z } from 'zod';
import type { Block, Message } from '../src/messages/message.ts';
import type { World } from '../src/ports/world.ts';
import type { Answer, CommandJob, CommandRequest, Json } from './answer.ts';

const surface = z.enum(['slack', 'teams', 'terminal', 'web', 'shell']);

const requestShape = {
  id: z.string().min(1).max(200),
  command: z.strictObject({
    name: z.string().max(40),
    words: z.array(z.string().max(4000)).max(6000),
    options: z.record(z.string().max(40), z.array(z.string().max(4000)).max(64)),
  }),
  actor: z.strictObject({
    surface,
    id: z.string().max(200),
    shown: z.strictObject({ foreign: z.string().max(400) }),
    groups: z.array(z.string().max(100)).max(100).exactOptional(),
    groupsUnknown: z.string().max(400).exactOptional(),
  }),
  conversation: z.strictObject({
    surface,
    id: z.string().max(400),
    reference: z.string().max(16_384).exactOptional(),
    beneath: z.string().max(400).exactOptional(),
    alone: z.literal(true).exactOptional(),
  }),
  at: z.number(),
  deadlineMs: z.number().int().positive().exactOptional(),
  files: z.record(z.string().max(40), z.string().max(4096)),
  nonce: z.string().max(100).exactOptional(),
} satisfies Readonly<Record<keyof Required<CommandRequest>, z.ZodType>>;

const requestSchema: z.ZodType<CommandRequest> = z.strictObject(requestShape);

/** Renderers are exhaustive over the block kinds; here it matters only that a message is one. */
const messageSchema = z.custom<Message>(
  (value) =>
    z.looseObject({ summary: z.array(z.unknown()).min(1), blocks: z.array(z.unknown()) }).safeParse(value).success,
);

/** Every field of an answer, so that none that is added later is refused in the middle of a morning. */
const answerShape = {
  status: z.enum(['ok', 'warning', 'critical', 'unknown', 'refused']),
  message: messageSchema,
  data: z.custom<Json>().exactOptional(),
  file: z
    .strictObject({
      name: z.string().max(200),
      type: z.enum(['text/markdown', 'text/plain']),
      text: z.string().max(4_000_000),
    })
    .exactOptional(),
  look: z.array(z.string().max(400)).max(20).exactOptional(),
  unlessWell: z.custom<readonly Block[]>(Array.isArray).exactOptional(),
  settles: z.enum(['no', 'yes']).exactOptional(),
  about: z.int().positive().exactOptional(),
} satisfies Readonly<Record<keyof Required<Answer>, z.ZodType>>;

const answerSchema: z.ZodType<Answer> = z.strictObject(answerShape);

export function readRequest(data: unknown): CommandRequest {
  return requestSchema.parse(data);
}

export function readAnswer(data: unknown): Answer {
  return answerSchema.parse(data);
}

type Load = () => Promise<CommandJob>;

/** Command name -> its job. test/architecture.test.ts holds it against the registry. */
export const commandJobs: Readonly<Record<string, Load>> = {
  ack: async () => (await import('./incidents/open.ts')).runAck,
  approve: async () => (await import('./measures/decide.ts')).runApprove,
  assign: async () => (await import('./incidents/open.ts')).runAssign,
  'audit-log': async () => (await import('./measures/show.ts')).runAuditLog,
  block: async () => (await import('./measures/order.ts')).runBlock,
  'break-glass': async () => (await import('./measures/decide.ts')).runBreakGlass,
  audit: async () => (await import('./mail/audit.ts')).runAudit,
  check: async () => (await import('./blocklists/check.ts')).runCheck,
  confirm: async () => (await import('./measures/confirm.ts')).runConfirm,
  'clean-queue': async () => (await import('./measures/order.ts')).runCleanQueue,
  close: async () => (await import('./incidents/close.ts')).runClose,
  deny: async () => (await import('./measures/decide.ts')).runDeny,
  'disable-account': async () => (await import('./measures/order.ts')).runDisableAccount,
  do: async () => (await import('./incidents/steps.ts')).runDo,
  done: async () => (await import('./incidents/steps.ts')).runDone,
  escalate: async () => (await import('./escalation/begin.ts')).runEscalateCommand,
  extend: async () => (await import('./measures/undo.ts')).runExtend,
  freeze: async () => (await import('./measures/order.ts')).runFreeze,
  drill: async () => (await import('./drill/command.ts')).runDrill,
  help: async () => (await import('./help.ts')).runHelp,
  incident: async () => (await import('./incidents/show.ts')).runIncident,
  incidents: async () => (await import('./incidents/show.ts')).runIncidents,
  hunt: async () => (await import('./hunt/hunt.ts')).runHunt,
  keep: async () => (await import('./measures/undo.ts')).runKeep,
  leak: async () => (await import('./incidents/leak-look.ts')).runLeak,
  ledger: async () => (await import('./measures/show.ts')).runLedger,
  next: async () => (await import('./incidents/show.ts')).runNext,
  note: async () => (await import('./incidents/open.ts')).runNote,
  open: async () => (await import('./incidents/open.ts')).runOpen,
  quarantine: async () => (await import('./measures/order.ts')).runQuarantine,
  hint: async () => (await import('./drill/command.ts')).runHint,
  queue: async () => (await import('./mail/look-at-queue.ts')).runQueue,
  report: async () => (await import('./incidents/report.ts')).runReport,
  reroute: async () => (await import('./measures/order.ts')).runReroute,
  handover: async () => (await import('./shift/handover.ts')).runHandover,
  digest: async () => (await import('./shift/digest.ts')).runDigest,
  schedule: async () => (await import('./morning/schedule-command.ts')).runScheduleCommand,
  skip: async () => (await import('./incidents/steps.ts')).runSkip,
  status: async () => (await import('./status.ts')).runStatus,
  triage: async () => (await import('./triage/triage.ts')).runTriage,
  undo: async () => (await import('./measures/undo.ts')).runUndo,
  unplug: async () => (await import('./measures/order.ts')).runUnplug,
  windows: async () => (await import('./windows.ts')).runWindows,
};

type Chore = (world: World) => Promise<void>;

/** What the house does by itself, by name; jobs/schedule.ts says when. */
export const chores: Readonly<Record<string, () => Promise<Chore>>> = {
  canary: async () => (await import('./canary.ts')).runCanary,
  escalate: async () => (await import('./escalation/tick.ts')).runEscalate,
  watch: async () => (await import('./morning/watch.ts')).runWatch,
  morning: async () => (await import('./morning/morning.ts')).runMornings,
  reconcile: async () => (await import('./measures/reconcile.ts')).runReconcile,
  late: async () => (await import('./measures/late.ts')).runLate,
  rotas: async () => (await import('./escalation/rotas.ts')).runFetchRotas,
  shift: async () => (await import('./shift/tick.ts')).runShift,
  settle: async () => (await import('./measures/reconcile.ts')).runSettle,
  unknown: async () => (await import('./escalation/unknown.ts')).runUnknown,
};
