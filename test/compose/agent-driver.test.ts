/** The bot's end of the line to an agent, with the agent's own end behind it, and a device in memory. */
import { beforeEach, describe, expect, it } from 'vitest';
import { runErrand } from '../../jobs/agent/agent.ts';
import { makePlanSeal } from '../../jobs/agent/plan-seal.ts';
import { carryMeasureOut } from '../../jobs/measures/engine.ts';
import { propose } from '../../jobs/measures/propose.ts';
import { change } from '../../jobs/measures/ledger.ts';
import { makeAgentDriver } from '../../src/compose/hosts/agent-driver.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import { makeMeasureStage } from '../support/measure-world.ts';
import type { MeasureStage } from '../support/measure-world.ts';

const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gateway', who: 'everyone', submissionToo: false };
const ANA: Who = { person: 'ana', shown: { foreign: 'Ana' } };
const BEN: Who = { person: 'ben', shown: { foreign: 'Ben' } };

describe('a measure at an agent, of which something moved between plan and approval', () => {
  let stage: MeasureStage;
  /** What the device's own driver says of its plan. */
  let says: { readonly restoresNothing?: true };
  beforeEach(() => {
    stage = makeMeasureStage();
  });

  const overTheLine = (): MeasureDriver => {
    const needs = {
      target: 'gateway',
      seal: makePlanSeal(Buffer.alloc(32, 7)),
      limits: { measures: ['block-port-25'], longestLeaseMinutes: 30, isProtected: () => false } as const,
      looks: { answer: async () => ({ kind: 'looked', value: null }) as const },
      auditLog: stage.world.auditLog,
      drivers: {
        find: (order: MeasureOrder) => {
          const driver = stage.device.drivers.find(order);
          if ('refused' in driver) return driver;
          return {
            ...driver,
            plan: async (wanted: MeasureOrder, tag: string) => ({ ...(await driver.plan(wanted, tag)), ...says }),
          };
        },
      },
    };
    return makeAgentDriver('gateway', {
      ask: async (question) =>
        JSON.parse(JSON.stringify(await runErrand(JSON.parse(JSON.stringify(question)), needs))) as unknown,
      close: async () => {},
    });
  };
  const approvedAfterAMove = async (): Promise<MeasureRecord> => {
    const world = { ...stage.world, measureDrivers: { find: overTheLine } };
    const proposed = await propose(world, BLOCK, ANA);
    if (proposed.kind !== 'proposed') throw new Error(proposed.why);
    const { number } = proposed.record;
    stage.device.state = 'another network card was seen';
    await change(world, number, () => [{ kind: 'approved', at: stage.now, by: BEN }]);
    return carryMeasureOut(world, number);
  };

  it('is carried out all the same where its plan says that it restores nothing', async () => {
    says = { restoresNothing: true };
    expect(await approvedAfterAMove()).toMatchObject({ state: 'in-force' });
    expect(stage.device.effects).toEqual(['engage tq1']);
  });

  it('is not carried out where its undo would put back what stood before', async () => {
    says = {};
    const after = await approvedAfterAMove();
    expect(after.state).toBe('failed');
    expect(JSON.stringify(after.why)).toContain('has been changed since the plan was shown');
    expect(stage.device.effects).toEqual([]);
  });
});
