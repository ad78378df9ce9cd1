import { beforeEach, describe, expect, it } from 'vitest';
import { openByHand } from '../../../adapters/firewall/by-hand/driver.ts';
import { runConfirm } from '../../../jobs/measures/confirm.ts';
import { carryMeasureOut } from '../../../jobs/measures/engine.ts';
import { change } from '../../../jobs/measures/ledger.ts';
import { propose } from '../../../jobs/measures/propose.ts';
import { settle } from '../../../jobs/measures/reconcile.ts';
import { releaseMeasure } from '../../../jobs/measures/release.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { parseLine } from '../../../src/commands/parse.ts';
import { registry } from '../../../src/commands/registry.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { Who } from '../../../src/domain/measures/record.ts';
import type { Asked, Hands, HandState } from '../../../src/ports/hands.ts';
import { makeMeasureStage } from '../../support/measure-world.ts';
import type { MeasureStage, MeasureWorld } from '../../support/measure-world.ts';

const ana: Who = { person: 'ana', shown: { foreign: 'ana' } };
const ben: Who = { person: 'ben', shown: { foreign: 'ben' } };
const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gateway', who: 'everyone', submissionToo: false };

function makeHands(): Hands {
  const states = new Map<string, HandState>();
  return {
    state: async (tag) => states.get(tag) ?? {},
    ask: async (_target, tag, what: Asked) => {
      if (states.get(tag)?.asked !== what) states.set(tag, { asked: what });
    },
    confirm: async (tag, by, at) => {
      const { asked } = states.get(tag) ?? {};
      if (asked) states.set(tag, { asked, confirmed: { by, at } });
      return asked;
    },
  };
}

describe('confirm', () => {
  let stage: MeasureStage;
  let world: MeasureWorld & { hands: Hands };
  /** What a connection outward would say. */
  let way: 'open' | 'refused';
  beforeEach(() => {
    stage = makeMeasureStage();
    way = 'refused';
    const hands = makeHands();
    const probe = { host: 'mail.example.org', port: 25 };
    const gateway = { name: 'gateway', mailServers: [], allowed: [], here: [], probe };
    const driver = openByHand(gateway, hands, { connect: async () => way });
    world = { ...stage.world, hands, measureDrivers: { find: () => driver } };
  });
  const confirm = async (number: number): Promise<Answer> => {
    const command = parseLine(`confirm ${number}`, registry);
    if (command.kind === 'misheard') throw new Error(command.why);
    const actor = { surface: 'slack', id: 'ben', shown: { foreign: 'ben' } } as const;
    const conversation = { surface: 'slack', id: 'room' } as const;
    return runConfirm(
      { id: `confirm-${number}`, command: command.spoken, actor, conversation, at: stage.now, files: {} },
      world,
      () => {},
    );
  };
  const words = (answer: Answer): string => plain(answer.message.summary);
  const asked = async (): Promise<number> => {
    const proposed = await propose(world, BLOCK, ana);
    if (proposed.kind === 'refused') throw new Error(proposed.why);
    const { number } = proposed.record;
    await change(world, number, () => [{ kind: 'approved', at: stage.now, by: ben }]);
    await carryMeasureOut(world, number);
    return number;
  };

  it('has the measure in force at once, and writes down who said so', async () => {
    const number = await asked();
    expect(words(await confirm(number))).toBe(`Measure ${number}: block port 25 on gateway for everyone: in force`);
    expect(stage.audit.map((entry) => `${entry.who}: ${entry.what}`)).toContain('ben: confirmed by hand: lay');
  });

  it('is not believed where a connection outward still passes', async () => {
    const number = await asked();
    way = 'open';
    expect(words(await confirm(number))).toMatch(/changed by somebody else’s hand$/);
  });

  it('takes back what a person says they have taken back, and not before', async () => {
    const number = await asked();
    await confirm(number);
    expect((await releaseMeasure(world, number, ana, 'exact')).state).toBe('releasing');
    expect(words(await confirm(number))).toMatch(/taken back/);
  });

  it('is waited for without a line in the records for each look', async () => {
    const number = await asked();
    const { version } = await world.ledger.read(number);
    const entries = stage.audit.length;
    for (let look = 0; look < 40; look += 1) {
      stage.now += 15_000;
      await settle(world);
    }
    expect([stage.audit.length, (await world.ledger.read(number)).version]).toEqual([entries, version]);
    expect(words(await confirm(number))).toMatch(/in force$/);
    await releaseMeasure(world, number, ana, 'exact');
    const after = stage.audit.length;
    for (let look = 0; look < 40; look += 1) {
      stage.now += 15_000;
      await settle(world);
    }
    expect(stage.audit.length, 'also while it is to be taken back').toBe(after);
    expect(words(await confirm(number))).toMatch(/taken back/);
  });

  it('is refused where nobody was asked', async () => {
    expect(words(await confirm(3))).toMatch(/nobody was asked to do anything by hand for measure 3; say ledger/);
  });
});
