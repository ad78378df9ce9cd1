/** `ledger`: what stands, looked at now; `audit-log verify`. */
import { readArguments } from '../../src/commands/parse.ts';
import { auditLogSpec, ledgerSpec } from '../../src/commands/specs/decisions.ts';
import { isStanding } from '../../src/domain/measures/record.ts';
import { sayLedger, sayLost, toneOf } from '../../src/messages/measure.ts';
import { sayAuditLog } from '../../src/messages/audit-log.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { AuditVerdict } from '../../src/ports/audit-log.ts';
import type { CommandJob } from '../answer.ts';
import { lookAtMeasure } from './look.ts';
import type { Acting } from './notes.ts';
import { lostMeasures, openMeasures, readMeasure } from './ledger.ts';
import { measureJson } from './order.ts';

const MOST_SHOWN = 50;

export const runLedger: CommandJob<keyof Acting> = async (request, world) => {
  const args = readArguments(ledgerSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  await Promise.all((await openMeasures(world)).map((record) => lookAtMeasure(world, record.number)));
  const records = args.value.all
    ? (
        await Promise.all(
          (await world.ledger.numbers('all')).slice(0, MOST_SHOWN).map((number) => readMeasure(world, number)),
        )
      ).flatMap((entry) => (entry ? [entry.record] : []))
    : await openMeasures(world);
  const standing = records.filter(isStanding);
  const lost = await lostMeasures(world);
  const tones = [...standing.map(toneOf), ...(lost.length > 0 ? ['critical'] : [])];
  const said = sayLedger(records);
  return {
    status: tones.includes('critical')
      ? 'critical'
      : tones.includes('unknown')
        ? 'unknown'
        : standing.length > 0
          ? 'warning'
          : 'ok',
    message: {
      ...said,
      ...(lost.length > 0 && { tone: 'critical' as const }),
      blocks: [...sayLost(lost), ...said.blocks],
    },
    data: { schema: 'tourniquet.ledger/1', measures: records.map(measureJson) },
  };
};

export const runAuditLog: CommandJob<'auditLog' | 'agentAuditLog'> = async (request, world) => {
  const args = readArguments(auditLogSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const { noted } = args.value;
  const agents = await world.agentAuditLog?.verify();
  const verdict = await world.auditLog.verify(noted);
  const data = { schema: 'tourniquet.audit-log/1', ...verdict, ...(agents && { agent: agents }) };
  const status = worstOf([verdict, ...(agents ? [agents] : [])]);
  return { status, message: sayAuditLog(verdict, agents), data };
};

function worstOf(verdicts: readonly AuditVerdict[]): 'ok' | 'unknown' | 'critical' {
  if (verdicts.some(({ kind }) => kind === 'broken')) return 'critical';
  return verdicts.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'ok';
}
