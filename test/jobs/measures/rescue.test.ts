import { beforeEach, describe, expect, it } from 'vitest';
import { carryMeasureOut } from '../../../jobs/measures/engine.ts';
import { releaseMeasure } from '../../../jobs/measures/release.ts';
import { change } from '../../../jobs/measures/ledger.ts';
import { propose } from '../../../jobs/measures/propose.ts';
import { begunMeasures, lookAtBegun, takeBack } from '../../../jobs/measures/rescue.ts';
import type { Who } from '../../../src/domain/measures/record.ts';
import { makeMeasureStage } from '../../support/measure-world.ts';
import type { MeasureStage } from '../../support/measure-world.ts';

const ana: Who = { person: 'ana', shown: { foreign: 'ana' } };

describe('rescue', () => {
  let stage: MeasureStage;
  beforeEach(() => {
    stage = makeMeasureStage();
  });
  const engage = async (): Promise<number> => {
    const proposed = await propose(stage.world, { kind: 'freeze-outbound', server: 'mx1' }, ana);
    if (proposed.kind === 'refused') throw new Error(proposed.why);
    const { number } = proposed.record;
    await change(stage.world, number, () => [{ kind: 'approved', at: stage.now, by: { ...ana, person: 'ben' } }]);
    await carryMeasureOut(stage.world, number);
    return number;
  };
  const lines = (): string[] => stage.audit.map((entry) => JSON.stringify(entry));

  it('finds in the audit log what was begun, and takes it back as the ledger would have', async () => {
    await engage();
    const [begun, ...others] = begunMeasures(lines());
    expect(others).toEqual([]);
    if (!begun) throw new Error('nothing was found');
    expect(begun).toMatchObject({ number: 1, undo: ['release tq1'], task: { prior: { state: 'as it was' } } });
    expect(await lookAtBegun(stage.world, begun)).toMatchObject({ kind: 'seen', seen: { kind: 'in-force' } });
    expect(await takeBack(stage.world, begun, 'root', 'exact')).toMatchObject({ kind: 'released' });
    expect(stage.device.effects).toEqual(['engage tq1', 'release tq1']);
    expect(begunMeasures(lines())).toEqual([]);
  });

  it('takes back also where the clock was set back meanwhile', async () => {
    await engage();
    stage.now -= 3_600_000;
    const [begun] = begunMeasures(lines());
    expect(begun && (await takeBack(stage.world, begun, 'root', 'exact'))).toMatchObject({ kind: 'released' });
    expect([...stage.device.inForce]).toEqual([]);
  });

  it('leaves alone what was taken back, and passes over what is no entry', async () => {
    const number = await engage();
    await releaseMeasure(stage.world, number, ana, 'exact');
    expect(begunMeasures(['', '{"half', '[]', ...lines()])).toEqual([]);
  });

  it('is not stopped by one that is reached in a way that is not there', async () => {
    await engage();
    const [begun] = begunMeasures(lines());
    const find = (): never => {
      throw new Error('mx1 is reached through its agent');
    };
    const blind = { ...stage.world, measureDrivers: { find } };
    expect(begun && (await takeBack(blind, begun, 'root', 'exact'))).toEqual({
      kind: 'failed',
      why: 'mx1 is reached through its agent',
    });
  });

  it('says so where it could not be taken back, and does nothing else', async () => {
    await engage();
    const [begun] = begunMeasures(lines());
    stage.device.fate.push('unreachable');
    expect(begun && (await takeBack(stage.world, begun, 'root', 'exact'))).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('reached'),
    });
    expect(stage.device.effects).toEqual(['engage tq1']);
    expect(begunMeasures(lines())).toHaveLength(1);
  });
});
