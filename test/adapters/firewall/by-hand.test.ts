import { describe, expect, it } from 'vitest';
import { openByHand } from '../../../adapters/firewall/by-hand/driver.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import type { Asked, Hands, HandState, Probe } from '../../../src/ports/hands.ts';
import { FenceLost, HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';

const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'old', who: 'everyone', submissionToo: false };
const GATEWAY = {
  name: 'old',
  mailServers: ['10.0.0.25'],
  allowed: [],
  here: ['10.0.0.4'],
  probe: { host: 'mail.example.org', port: 25 },
};
const TASK: MeasureTask = { tag: 'tq7', order: BLOCK, prior: { before: 'open' } };
const SOMEBODY = { by: { foreign: 'somebody' }, at: 1_795_600_000_000 };

interface Office {
  readonly hands: Hands;
  readonly probe: Probe;
  /** What a person has really done. */
  rule: string | undefined;
  isObedient: boolean;
  asked: { tag: string; what: Asked }[];
}

/** People who, where they are obedient, do at once what they are asked and confirm it. */
function makeOffice(): Office {
  const states = new Map<string, HandState>();
  let largest = 0;
  const office: Office = {
    rule: undefined,
    isObedient: true,
    asked: [],
    probe: { connect: async () => (office.rule === undefined ? 'open' : 'refused') },
    hands: {
      state: async (tag) => states.get(tag) ?? {},
      ask: async (target, tag, what, fence) => {
        if (fence < largest) throw new FenceLost(target);
        largest = fence;
        if (states.get(tag)?.asked === what) return;
        office.asked.push({ tag, what });
        states.set(tag, { asked: what, ...(office.isObedient && { confirmed: SOMEBODY }) });
        if (office.isObedient) office.rule = what === 'lay' ? tag : undefined;
      },
      confirm: async (tag) => {
        const { asked } = states.get(tag) ?? {};
        if (asked) states.set(tag, { asked, confirmed: SOMEBODY });
        return asked;
      },
    },
  };
  return office;
}

/** The contract lays deaths over a host: here each asking is a run of it, and the other way round. */
function hostOf(office: Office): Host {
  return {
    // oxlint-disable-next-line require-yield -- nothing is listed through it
    async *lines() {
      throw new Error('nothing is listed');
    },
    run: async ([verb, tag = '', what], how) => {
      if (verb === 'ask') await office.hands.ask('old', tag, what === 'take' ? 'take' : 'lay', how.fence ?? 0);
      return { code: 0, out: JSON.stringify(await office.hands.state(tag)), err: '' };
    },
  };
}

function handsOf(host: Host): Hands {
  return {
    state: async (tag) => JSON.parse((await host.run(['state', tag], { deadlineMs: 1000 })).out) as HandState,
    ask: async (_target, tag, what, fence) => void (await host.run(['ask', tag, what], { deadlineMs: 1000, fence })),
    confirm: async () => undefined,
  };
}

describe('block-port-25 by hand, with obedient people', () => {
  keepsTheMeasureContract(async () => {
    const office = makeOffice();
    return {
      host: hostOf(office),
      order: BLOCK,
      open: (host) => openByHand(GATEWAY, handsOf(host), office.probe),
      world: async () => `rule: ${office.rule ?? 'none'}`,
      meddle: async () => {
        office.rule = undefined;
      },
      mend: async () => {},
      stop: async () => {},
    };
  });
});

describe('a firewall that only a person reaches', () => {
  it('gets steps that a person can follow, and tells how to confirm', async () => {
    const { hands, probe } = makeOffice();
    const plan = await openByHand(GATEWAY, hands, probe).plan(BLOCK, 'tq7');
    expect(plan.commands.join('\n')).toMatch(/reject TCP to port 25[^]*IPv4 and IPv6[^]*confirm 7/);
    expect(plan.blastRadius.map(plain).join('\n')).toContain('tried from here, at mail.example.org:25');
  });

  it('is unknown until somebody has confirmed, also while it is being taken back', async () => {
    const office = makeOffice();
    office.isObedient = false;
    const driver = openByHand(GATEWAY, office.hands, office.probe);
    await expect(driver.engage(TASK, 1)).rejects.toThrow(HostUnknown);
    expect((await driver.observe(TASK)).kind).toBe('unknown');
    office.rule = 'tq7';
    await office.hands.confirm('tq7', SOMEBODY.by, SOMEBODY.at);
    await driver.engage(TASK, 2);
    expect((await driver.observe(TASK)).kind).toBe('in-force');
    await expect(driver.release(TASK, 3, 'exact')).rejects.toThrow(/take back measure 7[^]*confirm 7/);
    expect((await driver.observe(TASK)).kind).toBe('unknown');
    await office.hands.confirm('tq7', SOMEBODY.by, SOMEBODY.at);
    expect(await driver.release(TASK, 4, 'exact')).toMatchObject({ kind: 'released' });
    expect(office.asked.map(({ what }) => what)).toEqual(['lay', 'take']);
  });

  it('believes an open connection more than a confirmation, and a confirmation alone is no proof', async () => {
    const office = makeOffice();
    const driver = openByHand(GATEWAY, office.hands, office.probe);
    await driver.engage(TASK, 1);
    expect((await driver.verify(TASK)).kind).toBe('proved');
    office.rule = undefined;
    expect((await driver.verify(TASK)).kind).toBe('disproved');
    const { probe: _blind, ...unseen } = GATEWAY;
    expect((await openByHand(unseen, office.hands, office.probe).verify(TASK)).kind).toBe('unknown');
  });

  it('takes silence for no proof where the host did not answer before either', async () => {
    const office = makeOffice();
    const driver = openByHand(GATEWAY, office.hands, { connect: async () => 'refused' });
    const plan = await driver.plan(BLOCK, 'tq7');
    expect(plan.blastRadius.map(plain).join('\n')).toContain("mail.example.org:25 doesn't answer now either");
    const task = { ...TASK, prior: plan.prior };
    await driver.engage(task, 1);
    expect(await driver.verify(task)).toMatchObject({ kind: 'unknown' });
  });

  it('takes an open connection for no disproof from an address that may go on sending', async () => {
    const office = makeOffice();
    const order: MeasureOrder = { ...BLOCK, who: 'all-but-mail-servers' };
    const driver = openByHand({ ...GATEWAY, here: ['127.0.0.1', '10.0.0.25'] }, office.hands, {
      connect: async () => 'open',
    });
    const plan = await driver.plan(order, 'tq7');
    expect(plan.blastRadius.map(plain).join('\n')).toContain('runs at an address that may go on sending');
    const task = { ...TASK, order, prior: plan.prior };
    await driver.engage(task, 1);
    expect((await driver.observe(task)).kind).toBe('in-force');
    expect(await driver.verify(task)).toMatchObject({ kind: 'unknown' });
    expect((await openByHand(GATEWAY, office.hands, { connect: async () => 'open' }).observe(task)).kind).toBe(
      'changed',
    );
  });

  it('refuses what nothing would end: the plug, and a block with a lease', async () => {
    const { hands, probe } = makeOffice();
    const driver = openByHand(GATEWAY, hands, probe);
    await expect(driver.plan({ kind: 'unplug', firewall: 'old', leaseMinutes: 30 }, 'tq8')).rejects.toThrow(
      /Pull the cable/,
    );
    await expect(driver.plan({ ...BLOCK, leaseMinutes: 30 }, 'tq8')).rejects.toThrow(/without --lease/);
  });
});
