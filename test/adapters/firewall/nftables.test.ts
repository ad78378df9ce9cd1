import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNftables, tableOf } from '../../../adapters/firewall/nftables/driver.ts';
import { openHost } from '../../../adapters/host/process.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { FenceLost } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { startBox } from '../../lab/box.ts';
import { ADDRESSES, startCompany } from '../../lab/company.ts';
import type { Company } from '../../lab/company.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';

const OTHERS =
  'table inet office {\n  chain forward {\n    type filter hook forward priority filter; policy accept;\n  }\n}\n';
const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false };

describeLab('measures on a real gateway with nftables', { sets: ['net'], root: true }, () => {
  let company: Company;
  let driver: MeasureDriver;
  let before: string;
  let number = 0;
  const rules = async (): Promise<string> => company.boxes.gateway.must(['nft', 'list', 'ruleset']);
  const planned = async (order: MeasureOrder): Promise<MeasureTask> => {
    number += 1;
    const plan = await driver.plan(order, `tq${number}`);
    return { tag: `tq${number}`, order, prior: plan.prior };
  };

  beforeAll(async () => {
    company = await startCompany();
    const { gateway } = company.boxes;
    await gateway.must(['nft', '-f', '-'], OTHERS);
    before = await rules();
    driver = openNftables(
      { name: 'gw', outside: ['wan0'], keep: [ADDRESSES.innocent], allowed: [], mailServers: [ADDRESSES.mail] },
      openHost('gw', (argv) => gateway.enter(argv), '/run/tourniquet-fence'),
      Date.now,
    );
    await company.listen('outside', 25);
    await company.listen('outside', 443);
    await company.listen('mail', 25);
  }, 60_000);
  afterAll(() => company.stop());

  it('blocks port 25 outward for everyone, and nothing else', async () => {
    const task = await planned(BLOCK);
    expect(await rules(), 'planning changed something').toBe(before);
    await driver.engage(task, 1);
    expect(await driver.observe(task)).toEqual({ kind: 'in-force', notes: [] });
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('refused');
    expect(await company.connect('mail', ADDRESSES.outside, 25)).toBe('refused');
    expect(await company.connect('gateway', ADDRESSES.outside, 25)).toBe('refused');
    expect(await company.connect('infected', ADDRESSES.outside, 443)).toBe('open');
    expect(await company.connect('outside', ADDRESSES.mail, 25), 'inbound mail').toBe('open');
    expect(await company.connect('innocent', ADDRESSES.mail, 25), 'their own server').toBe('open');
    await driver.engage(task, 2);
    expect((await driver.verify(task)).kind).toBe('proved');
    expect(await driver.release(task, 3, 'exact')).toEqual({ kind: 'released', notes: [] });
    expect(await driver.release(task, 3, 'exact')).toMatchObject({ kind: 'released' });
    expect(await rules()).toBe(before);
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('open');
  });

  it('lets the mail servers alone send where that is what was ordered', async () => {
    const task = await planned({ ...BLOCK, who: 'all-but-mail-servers' });
    await driver.engage(task, 4);
    expect(await company.connect('mail', ADDRESSES.outside, 25)).toBe('open');
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('refused');
    await driver.release(task, 5, 'exact');
    expect(await rules()).toBe(before);
  });

  it('pulls the plug but for what is kept, and the kernel puts it back by itself', async () => {
    const task = await planned({ kind: 'unplug', firewall: 'gw', leaseMinutes: 3 / 60 });
    await driver.engage(task, 6);
    expect(await driver.observe(task)).toMatchObject({ kind: 'in-force', until: expect.any(Number) });
    expect(await company.connect('infected', ADDRESSES.outside, 443)).toBe('silence');
    expect(await company.connect('innocent', ADDRESSES.outside, 443), 'the bot’s own way').toBe('open');
    await until(async () => (await driver.observe(task)).kind === 'absent', 6000, 'the lease is over');
    expect(await company.connect('infected', ADDRESSES.outside, 443)).toBe('open');
    await driver.renew(task, 7);
    expect((await driver.observe(task)).kind).toBe('in-force');
    await driver.release(task, 8, 'exact');
    expect(await rules()).toBe(before);
  });

  it('cuts one machine off by its addresses and its network card, and no other', async () => {
    await company.connect('infected', ADDRESSES.outside, 443);
    const task = await planned({ kind: 'quarantine-host', firewall: 'gw', address: ADDRESSES.infected });
    expect(task.prior).toMatchObject({ mac: expect.stringMatching(/^[0-9a-f:]{17}$/) });
    await driver.engage(task, 9);
    expect((await driver.observe(task)).kind).toBe('in-force');
    expect(await company.connect('infected', ADDRESSES.outside, 443)).toBe('silence');
    await company.boxes.infected.must(['ip', 'address', 'flush', 'dev', 'eth0']);
    await company.boxes.infected.must(['ip', 'address', 'add', '10.77.0.99/24', 'dev', 'eth0']);
    await company.boxes.infected.must(['ip', 'route', 'replace', 'default', 'via', ADDRESSES.gateway]);
    expect(await company.connect('infected', ADDRESSES.outside, 443), 'with another address').toBe('silence');
    expect(await company.connect('innocent', ADDRESSES.outside, 443)).toBe('open');
    await driver.release(task, 10, 'exact');
    expect(await rules()).toBe(before);
  });

  it('sees a hand in its rules, refuses to take back, and says which line', async () => {
    const task = await planned(BLOCK);
    await driver.engage(task, 11);
    await company.boxes.gateway.must(['nft', 'insert', 'rule', 'inet', tableOf(task.tag), 'smtp', 'accept']);
    expect(await driver.observe(task)).toEqual({ kind: 'changed', differences: [[{ foreign: '+ smtp: accept' }]] });
    expect(await driver.release(task, 12, 'exact')).toMatchObject({ kind: 'refused' });
    expect(await driver.release(task, 12, 'ours-only')).toMatchObject({ kind: 'released' });
    expect(await rules()).toBe(before);
  });

  it('sees that somebody flushed the rules, and a late hand is refused by the gateway itself', async () => {
    const task = await planned(BLOCK);
    await driver.engage(task, 13);
    await company.boxes.gateway.must(['nft', 'flush', 'ruleset']);
    expect((await driver.observe(task)).kind).toBe('absent');
    await expect(driver.engage(task, 5)).rejects.toThrow(FenceLost);
    await company.boxes.gateway.must(['nft', '-f', '-'], OTHERS);
  });
});

describeLab('block-port-25 on a real gateway', { sets: ['net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const gateway = await startBox({ name: 'gw', sets: ['net'] });
    const host = openHost('gw', (argv) => gateway.enter(argv), '/run/tourniquet-fence');
    await gateway.must(['nft', '-f', '-'], OTHERS);
    return {
      host,
      order: BLOCK,
      open: (reached) =>
        openNftables(
          { name: 'gw', outside: ['lo'], keep: [], allowed: [], mailServers: [ADDRESSES.mail] },
          reached,
          Date.now,
        ),
      world: () => gateway.must(['nft', '-s', 'list', 'ruleset']),
      meddle: async (tag) => {
        await gateway.must(['nft', 'insert', 'rule', 'inet', tableOf(tag), 'smtp', 'accept']);
      },
      mend: async () => {},
      stop: () => gateway.stop(),
    };
  });
});
