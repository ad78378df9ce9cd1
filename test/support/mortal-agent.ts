/**
 * An agent's process without Redis, to be killed: each line of its input is an errand, each line of its output the reply.
 * What it runs is what `tq agent` runs (jobs/agent/agent.ts, the real drivers, the audit log's file).
 *
 *   TOURNIQUET_DATA=… TOURNIQUET_CONFIG=… node mortal-agent.ts TARGET
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openAuditLog } from '../../adapters/audit/log.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { runErrand } from '../../jobs/agent/agent.ts';
import { makePlanSeal } from '../../jobs/agent/plan-seal.ts';
import { asLocal } from '../../src/compose/hosts/as-local.ts';
import { makeMeasureDrivers } from '../../src/compose/measures/drivers.ts';
import { ownKey } from '../../src/compose/own-key.ts';
import { readSettings } from '../../src/compose/settings.ts';
import { MEASURE_KINDS } from '../../src/domain/measures/order.ts';

const [target = ''] = process.argv.slice(2);
const settings = readSettings(undefined);
const copy: string[] = [];
const needs: Parameters<typeof runErrand>[1] = {
  target,
  drivers: makeMeasureDrivers({ ...settings, config: asLocal(settings.config, [target]) }, () => {
    throw new Error('no other agent is asked');
  }),
  seal: makePlanSeal(ownKey(join(settings.dataFolder, 'agent'), 'plan.key')),
  limits: { measures: MEASURE_KINDS, longestLeaseMinutes: 120, isProtected: () => false },
  auditLog: openAuditLog(
    join(settings.dataFolder, 'agent'),
    {
      name: 'memory',
      tail: async () => ({ count: copy.length, last: copy.at(-1) }),
      append: async (lines) => void copy.push(...lines),
      lines: async () => copy,
    },
    systemClock,
  ),
  looks: { answer: () => Promise.reject(new Error('it gives no looks')) },
};
for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await runErrand(JSON.parse(line), needs))}\n`);
