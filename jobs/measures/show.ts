/** `ledger`: what stands, looked at now; `audit-log verify`. */
import { readArguments } from '../../src/commands/parse.ts';
import { ledgerSpec } from '../../src/commands/specs/decisions.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import { isStanding } from '../../src/domain/measures/record.ts';
import { sayLedger, toneOf } from '../../src/messages/measure.ts';
import { message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { CommandJob } from '../answer.ts';
import { lookAtMeasure } from './look.ts';
import type { Acting } from './notes.ts';
import { openMeasures, readMeasure } from './ledger.ts';
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
  const tones = standing.map(toneOf);
  return {
    status: tones.includes('critical')
      ? 'critical'
      : tones.includes('unknown')
        ? 'unknown'
        : standing.length > 0
          ? 'warning'
          : 'ok',
    message: sayLedger(records),
    data: { schema: 'tourniquet.ledger/1', measures: records.map(measureJson) },
  };
};

export const runAuditLog: CommandJob<'auditLog'> = async (_request, world) => {
  const verdict = await world.auditLog.verify();
  const data = { schema: 'tourniquet.audit-log/1', ...verdict };
  switch (verdict.kind) {
    case 'whole': {
      const words = say`The audit log is whole: ${verdict.entries} entries, in both places. Its head is ${verdict.head.slice(0, 16)}.`;
      return { status: 'ok', message: message('good', words, notice('good', words)), data };
    }
    case 'broken': {
      const words = say`The audit log is not whole: ${verdict.faults.length} ${verdict.faults.length === 1 ? 'fault' : 'faults'}.`;
      const faults = verdict.faults.map((fault) => notice('critical', [foreign(fault, 400)]));
      return { status: 'critical', message: message('critical', words, ...faults), data };
    }
    case 'unknown': {
      const words = say`Whether the audit log is whole is unknown: ${foreign(verdict.why, 400)}`;
      return { status: 'unknown', message: message('unknown', words, notice('unknown', words)), data };
    }
    default:
      return verdict satisfies never;
  }
};
