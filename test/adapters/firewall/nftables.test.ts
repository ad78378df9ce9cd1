import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNftables } from '../../../adapters/firewall/netfilter/nftables/driver.ts';
import { tableOf } from '../../../adapters/firewall/netfilter/nftables/orders.ts';
import { openHost } from '../../../adapters/host/process.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { FenceLost } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { startBox } from '../../lab/box.ts';
import { ADDRESSES, ADDRESSES6, startCompany } from '../../lab/company.ts';
import type { Company } from '../../lab/company.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { describeLab } from '../../lab/packages.ts';
import { whenOpenAgain } from '../../support/way-out.ts';
import { NOT_INSIDE } from '../../support/not-inside.ts';

/** What an office's gateway has of its own: connections are tracked. */
const OTHERS = `table inet office {
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
  }
}
`;
const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false };
const SET_UP = {
  name: 'gw',
  outside: ['wan0'],
  keep: [ADDRESSES.innocent],
  manage: [],
  allowed: [],
  mailServers: [ADDRESSES.mail],
} as const;

describeLab('measures on a real gateway with nftables', { sets: ['net'], root: true }, () => {
  let company: Company;
  let host: Host;
  let driver: MeasureDriver;
  let before: string;
  let number = 0;
  const rules = async (): Promise<string> => company.boxes.gateway.must(['nft', 'list', 'ruleset']);
  const planned = async (order: MeasureOrder, by = driver): Promise<MeasureTask> => {
    number += 1;
    const plan = await by.plan(order, `tq${number}`);
    return { tag: `tq${number}`, order, prior: plan.prior };
  };
  /** Each hand is a later one. */
  let hand = 0;
  const engaged = async (order: MeasureOrder, by = driver): Promise<MeasureTask> => {
    const task = await planned(order, by);
    await by.engage(task, (hand += 1));
    return task;
  };
  /** Taken back exactly, and the gateway's rules are byte for byte what they were. */
  const released = async (task: MeasureTask): Promise<string> => {
    const { kind } = await driver.release(task, (hand += 1), 'exact');
    return (await rules()) === before ? kind : 'something was left in the rules';
  };

  beforeAll(async () => {
    company = await startCompany();
    const { gateway } = company.boxes;
    await gateway.must(['nft', '-f', '-'], OTHERS);
    before = await rules();
    host = openHost('gw', (argv) => gateway.enter(argv), '/run/tourniquet-fence');
    driver = openNftables(SET_UP, host, Date.now);
    await company.listen('outside', 25);
    await company.listen('outside', 443);
    await company.listen('mail', 25);
    await company.listen('gateway', 22);
  });
  afterAll(() => company.stop());

  it('blocks port 25 outward for everyone, and nothing else', async () => {
    const task = await planned(BLOCK);
    expect(await rules(), 'planning changed something').toBe(before);
    await driver.engage(task, (hand += 1));
    expect(await driver.observe(task)).toEqual({ kind: 'in-force', notes: [] });
    const outward = await Promise.all(
      [ADDRESSES.outside, ADDRESSES6.outside].flatMap((outside) => [
        company.connect('infected', outside, 25),
        company.connect('mail', outside, 25),
        company.connect('gateway', outside, 25),
        company.connect('infected', outside, 443),
      ]),
    );
    expect(outward).toEqual(['refused', 'refused', 'refused', 'open', 'refused', 'refused', 'refused', 'open']);
    const inwardAndOwn = await Promise.all(
      [ADDRESSES.mail, ADDRESSES6.mail].flatMap((mail) => [
        company.connect('outside', mail, 25),
        company.connect('innocent', mail, 25),
      ]),
    );
    expect(inwardAndOwn, 'inbound mail, and mail inside').toEqual(['open', 'open', 'open', 'open']);
    await driver.engage(task, (hand += 1));
    expect((await driver.verify(task)).kind).toBe('proved');
    expect(await driver.release(task, (hand += 1), 'exact')).toEqual({ kind: 'released', notes: [] });
    expect(await released(task)).toBe('released');
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('open');
  });

  it('cuts what is connected already, over IPv4 and IPv6, and it does not resume afterwards', async () => {
    const held = await Promise.all(
      [ADDRESSES.outside, ADDRESSES6.outside].map((each) => company.hold('infected', each, 25)),
    );
    expect(await Promise.all(held.map((each) => each.talk()))).toEqual(['carried', 'carried']);
    const task = await engaged(BLOCK);
    expect(await Promise.all(held.map((each) => each.talk()))).toEqual(['cut', 'cut']);
    expect(await released(task)).toBe('released');
    expect(await Promise.all(held.map((each) => each.talk()))).toEqual(['cut', 'cut']);
  });

  it('says beforehand in numbers what it would cut, and counts neither inbound mail nor mail inside', async () => {
    const says = async (order: MeasureOrder): Promise<string> =>
      plain((await driver.plan(order, 'tq903')).blastRadius[0] ?? []);
    const countOf = async (order: MeasureOrder): Promise<number> => Number(/^\d+/.exec(await says(order))?.[0]);
    const plug: MeasureOrder = { kind: 'unplug', firewall: 'gw', leaseMinutes: 5 };
    const one: MeasureOrder = { kind: 'quarantine-host', firewall: 'gw', address: ADDRESSES.infected };
    // A kernel that remembers nothing at all may be one that tracks nothing.
    await company.connect('infected', ADDRESSES.outside, 443);
    const earlier = [await countOf(BLOCK), await countOf(plug), await countOf(one)];
    const held = [
      await company.hold('infected', ADDRESSES.outside, 25),
      await company.hold('infected', ADDRESSES6.outside, 25),
      await company.hold('outside', ADDRESSES.mail, 25),
      await company.hold('innocent', ADDRESSES.mail, 25),
    ];
    for (const each of held) expect(await each.talk()).toBe('carried');
    expect(await says(BLOCK)).toMatch(/^\d+ connections to 25 outside are open now, of \d+ machines?$/);
    expect(await countOf(BLOCK)).toBe((earlier[0] ?? 0) + 2);
    expect(await says(plug)).toMatch(/^\d+ connections through gw are open now, of \d+ machines?$/);
    expect(await countOf(plug)).toBe((earlier[1] ?? 0) + 3);
    expect(await countOf(one), 'by this address').toBe((earlier[2] ?? 0) + 1);
  });

  it.each(NOT_INSIDE)('takes no machine for one to be cut off that is not inside: %s', async (_what, address, why) => {
    // So that the gateway knows its network card.
    await company.connect('outside', ADDRESSES.gatewayOutside, 9);
    await expect(driver.plan({ kind: 'quarantine-host', firewall: 'gw', address }, 'tq9')).rejects.toThrow(why);
  });

  it('lets the mail servers alone send where that is ordered, by IPv4 and by the IPv6 of the same network card', async () => {
    await company.connect('mail', ADDRESSES.gateway, 9);
    await company.connect('mail', ADDRESSES6.gateway, 9);
    const task = await engaged({ ...BLOCK, who: 'all-but-mail-servers' });
    for (const outside of [ADDRESSES.outside, ADDRESSES6.outside]) {
      expect(await company.connect('mail', outside, 25)).toBe('open');
      expect(await company.connect('infected', outside, 25)).toBe('refused');
    }
    expect(await released(task)).toBe('released');
  });

  it('blocks 465 and 587 too where that is ordered, and leaves them alone where it is not', async () => {
    const tries = async (): Promise<readonly string[]> =>
      Promise.all(
        [25, 465, 587].flatMap((port) => [
          company.connect('infected', ADDRESSES.outside, port),
          company.connect('infected', ADDRESSES6.outside, port),
        ]),
      );
    await company.listen('outside', 465);
    await company.listen('outside', 587);
    const narrow = await engaged(BLOCK);
    expect(await tries()).toEqual(['refused', 'refused', 'open', 'open', 'open', 'open']);
    expect(await released(narrow)).toBe('released');
    const wide = await engaged({ ...BLOCK, submissionToo: true });
    expect(await tries()).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'refused']);
    expect(await company.connect('innocent', ADDRESSES.mail, 25), 'inside').toBe('open');
    expect(await released(wide)).toBe('released');
  });

  it('touches no table of others, and carries its measure’s number in its own', async () => {
    const others = async (): Promise<string> => company.boxes.gateway.must(['nft', 'list', 'table', 'inet', 'office']);
    const theirs = await others();
    const task = await engaged(BLOCK);
    expect(await others()).toBe(theirs);
    const tables = (await company.boxes.gateway.must(['nft', 'list', 'tables'])).trim().split('\n');
    expect(tables.filter((each) => !before.includes(each.replace('table ', '')))).toEqual([
      `table inet tourniquet_${task.tag}`,
    ]);
    expect(await released(task)).toBe('released');
  });

  it('says beforehand that an IPv6 address of the mail server is missing, and refuses where none is known at all', async () => {
    const elsewhere = openNftables({ ...SET_UP, mailServers: ['10.99.0.1'] }, host, Date.now);
    const order: MeasureOrder = { ...BLOCK, who: 'all-but-mail-servers' };
    const { blastRadius } = await elsewhere.plan(order, 'tq900');
    expect(blastRadius.map(plain).join('\n')).toContain('no IPv6 address of a mail server is known');
    const nobody = openNftables({ ...SET_UP, mailServers: [] }, host, Date.now);
    await expect(nobody.plan(order, 'tq901')).rejects.toThrow(MeasureRefused);
  });

  it('blocks on although the set of counted offenders is full', async () => {
    const task = await engaged(BLOCK);
    const many = Array.from({ length: 65_535 }, (_, at) => `10.${at >> 8}.${at & 255}.9 . 192.0.2.9 . 25`).join(', ');
    const table = tableOf(task.tag);
    await company.boxes.gateway.must(['nft', '-f', '-'], `add element inet ${table} offenders4 { ${many} }\n`);
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('refused');
    expect((await driver.observe(task)).kind).toBe('in-force');
    expect(await released(task)).toBe('released');
  });

  it('pulls the plug but for what is kept, inbound and outbound, and the firewall’s own way out with it', async () => {
    const managing = await company.hold('outside', ADDRESSES.gatewayOutside, 22);
    const surfing = await company.hold('infected', ADDRESSES.outside, 443);
    const task = await engaged({ kind: 'unplug', firewall: 'gw', leaseMinutes: 1 });
    expect(await driver.observe(task)).toMatchObject({ kind: 'in-force', until: expect.any(Number) });
    const [infected, mail, gateway, bot, again, inside] = await Promise.all([
      company.connect('infected', ADDRESSES6.outside, 443),
      company.connect('outside', ADDRESSES.mail, 25),
      company.connect('gateway', ADDRESSES.outside, 443),
      company.connect('innocent', ADDRESSES.outside, 443),
      company.connect('outside', ADDRESSES.gatewayOutside, 22),
      company.connect('infected', ADDRESSES.mail, 25),
    ]);
    expect({ infected, mail, gateway }).toEqual({ infected: 'silence', mail: 'silence', gateway: 'silence' });
    expect({ bot, again, inside }).toEqual({ bot: 'open', again: 'open', inside: 'open' });
    expect(await managing.talk(), 'the management path').toBe('carried');
    expect(await surfing.talk()).toBe('cut');
    expect((await driver.verify(task)).kind).toBe('proved');
    expect(await released(task)).toBe('released');
  });

  it('lets nobody but those who are named manage an unplugged firewall from outside', async () => {
    const strict = openNftables({ ...SET_UP, manage: ['203.0.113.0/24', ADDRESSES6.outside] }, host, Date.now);
    const task = await engaged({ kind: 'unplug', firewall: 'gw', leaseMinutes: 1 }, strict);
    expect((await strict.observe(task)).kind).toBe('in-force');
    expect(await company.connect('outside', ADDRESSES.gatewayOutside, 22)).toBe('silence');
    expect(await company.connect('outside', ADDRESSES6.gatewayOutside, 22)).toBe('open');
    expect(await company.connect('innocent', ADDRESSES.gateway, 22), 'from inside').toBe('open');
    expect(await released(task)).toBe('released');
  });

  it('is put back by the kernel alone when the lease ends, and by nothing earlier', async () => {
    const began = Date.now();
    const task = await engaged({ kind: 'unplug', firewall: 'gw', leaseMinutes: 4 / 60 });
    const shutBy = Date.now();
    const { lastShut, open } = await whenOpenAgain(company);
    expect((open - began) / 1000).toBeGreaterThan(3.5);
    expect((lastShut - shutBy) / 1000).toBeLessThan(4.5);
    expect(await driver.observe(task)).toMatchObject({ kind: 'absent' });
    await driver.renew(task, (hand += 1));
    expect((await driver.observe(task)).kind).toBe('in-force');
    expect(await released(task)).toBe('released');
  });

  it('begins a lease anew without touching what was counted', async () => {
    const task = await engaged({ ...BLOCK, leaseMinutes: 1 });
    await company.connect('infected', ADDRESSES.outside, 25);
    const counted = async (): Promise<string> =>
      company.boxes.gateway.must(['nft', '-s', 'list', 'set', 'inet', tableOf(task.tag), 'offenders4']);
    expect(await counted()).toContain(`${ADDRESSES.infected} . ${ADDRESSES.outside} . 25`);
    await driver.renew(task, (hand += 1));
    await driver.engage(task, (hand += 1));
    expect(await counted()).toContain(`${ADDRESSES.infected} . ${ADDRESSES.outside} . 25`);
    expect(await released(task)).toBe('released');
  });

  it('refuses to plan rules that the way to the internet does not lead through, and sees it when the way moves', async () => {
    const wrong = openNftables({ ...SET_UP, outside: ['wan7'] }, host, Date.now);
    await expect(wrong.plan(BLOCK, 'tq902')).rejects.toThrow(/leads through wan0 of gw too/);
    const task = await engaged(BLOCK);
    const { gateway } = company.boxes;
    const second = ['default', 'via', ADDRESSES.innocent, 'dev', 'br0', 'metric', '9'];
    await gateway.must(['ip', 'route', 'add', ...second]);
    expect(await driver.verify(task)).toMatchObject({ kind: 'disproved' });
    expect(await driver.observe(task)).toMatchObject({ kind: 'changed' });
    await gateway.must(['ip', 'route', 'del', ...second]);
    expect(await released(task)).toBe('released');
  });

  it('is engaged and taken back though the gateway’s disk is full: the kernel needs none of it, the fence no room', async () => {
    const { gateway } = company.boxes;
    const task = await engaged(BLOCK);
    const other = await planned({ kind: 'quarantine-host', firewall: 'gw', address: ADDRESSES.infected });
    const fill =
      'mkdir /run/full && mount -t tmpfs -o size=16k none /run/full && cp /run/tourniquet-fence/* /run/full/ && { cat /dev/zero > /run/full/spam 2>/dev/null || true; } && mount --bind /run/full /run/tourniquet-fence';
    await gateway.must(['sh', '-c', fill]);
    await driver.engage(other, (hand += 1));
    expect((await driver.observe(other)).kind).toBe('in-force');
    expect((await driver.release(other, (hand += 1), 'exact')).kind).toBe('released');
    expect(await released(task)).toBe('released');
    await expect(driver.engage(other, 1)).rejects.toThrow(FenceLost);
    await gateway.must(['sh', '-c', 'umount /run/tourniquet-fence /run/full']);
  });

  it('sees a hand in its rules and in its fixed sets, refuses to take back, and says which line', async () => {
    const task = await engaged(BLOCK);
    const { gateway } = company.boxes;
    const table = tableOf(task.tag);
    await gateway.must(['nft', 'add', 'element', 'inet', table, 'allowed4', '{ 10.77.0.0/24 }']);
    expect(await driver.observe(task)).toEqual({
      kind: 'changed',
      differences: [[{ foreign: '+ allowed4: 10.77.0.0/24' }]],
    });
    await gateway.must(['nft', 'insert', 'rule', 'inet', table, 'smtp', 'accept']);
    expect(await driver.observe(task)).toMatchObject({
      differences: [[{ foreign: '+ smtp: accept' }], [expect.anything()]],
    });
    expect(await driver.release(task, (hand += 1), 'exact')).toMatchObject({ kind: 'refused' });
    expect(await driver.release(task, (hand += 1), 'ours-only')).toMatchObject({ kind: 'released' });
  });

  it('sees that somebody flushed the rules, and a late hand is refused by the gateway itself', async () => {
    const task = await engaged(BLOCK);
    await company.boxes.gateway.must(['nft', 'flush', 'ruleset']);
    expect((await driver.observe(task)).kind).toBe('absent');
    await expect(driver.engage(task, 1)).rejects.toThrow(FenceLost);
    await company.boxes.gateway.must(['nft', '-f', '-'], OTHERS);
  });

  it('cuts one machine off by its addresses and its network card, from the firewall too, and no other', async () => {
    await company.connect('infected', ADDRESSES.outside, 443);
    const task = await engaged({ kind: 'quarantine-host', firewall: 'gw', address: ADDRESSES.infected });
    expect(task.prior).toMatchObject({ mac: expect.stringMatching(/^[0-9a-f:]{17}$/) });
    expect((await driver.observe(task)).kind).toBe('in-force');
    const [out, six, own, other] = await Promise.all([
      company.connect('infected', ADDRESSES.outside, 443),
      company.connect('infected', ADDRESSES6.outside, 443),
      company.connect('infected', ADDRESSES.gateway, 22),
      company.connect('innocent', ADDRESSES.outside, 443),
    ]);
    expect({ out, six, own, other }).toEqual({ out: 'silence', six: 'silence', own: 'silence', other: 'open' });
    const { infected } = company.boxes;
    await infected.must(['ip', 'address', 'add', '10.77.0.99/24', 'dev', 'eth0']);
    await infected.must(['ip', 'route', 'replace', 'default', 'via', ADDRESSES.gateway, 'src', '10.77.0.99']);
    expect(await company.connect('infected', ADDRESSES.outside, 443), 'with another address').toBe('silence');
    expect(await released(task)).toBe('released');
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
      open: (reached) => openNftables({ ...SET_UP, outside: ['lo'] }, reached, Date.now),
      world: () => gateway.must(['nft', '-s', 'list', 'ruleset']),
      meddle: async (tag) => {
        await gateway.must(['nft', 'insert', 'rule', 'inet', tableOf(tag), 'smtp', 'accept']);
      },
      mend: async () => {},
      stop: () => gateway.stop(),
    };
  });
});
