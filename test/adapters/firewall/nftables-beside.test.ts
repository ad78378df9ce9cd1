/** What stands beside a measure on a gateway: other ways out, other hands, other measures, translation. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNow, rememberedConnections } from '../../../adapters/firewall/netfilter/conntrack.ts';
import { openNftables } from '../../../adapters/firewall/netfilter/nftables/driver.ts';
import { tableOf } from '../../../adapters/firewall/netfilter/nftables/orders.ts';
import { watchNftables } from '../../../adapters/firewall/netfilter/nftables/watch.ts';
import { openHost } from '../../../adapters/host/process.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { ADDRESSES, ADDRESSES6, startCompany } from '../../lab/company.ts';
import type { Company } from '../../lab/company.ts';
import { describeLab } from '../../lab/packages.ts';

const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false };
/** Of the mail server, translated by the gateway; of a second one at a provider. */
const PUBLISHED = '203.0.113.77';
const HOSTED = { four: '203.0.113.9', six: '2001:db8:9::9' };
const TRANSLATION = `table ip office {
  chain inward {
    type nat hook prerouting priority dstnat; policy accept;
    ip daddr ${PUBLISHED} tcp dport 25 dnat to ${ADDRESSES.mail}
  }
  chain outward {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr 10.77.0.0/24 ip daddr ${ADDRESSES.mail} tcp dport 25 masquerade
    oifname "wan0" masquerade
  }
}
`;

describeLab('beside a measure on a real gateway with nftables', { sets: ['net'], root: true }, () => {
  let company: Company;
  let host: Host;
  let driver: MeasureDriver;
  let before: string;
  /** Each hand is a later one. */
  let hand = 0;
  const rules = async (): Promise<string> => company.boxes.gateway.must(['nft', 'list', 'ruleset']);
  const engaged = async (order: MeasureOrder): Promise<MeasureTask> => {
    hand += 1;
    const { prior } = await driver.plan(order, `tq${hand}`);
    const task = { tag: `tq${hand}`, order, prior };
    await driver.engage(task, hand);
    return task;
  };
  const released = async (task: MeasureTask): Promise<string> => {
    const { kind } = await driver.release(task, (hand += 1), 'exact');
    return (await rules()) === before ? kind : 'something was left in the rules';
  };
  const accused = async (task: MeasureTask): Promise<readonly string[] | string> => {
    const look = await watchNftables('gw', host, Date.now).attempts(task);
    return look.kind === 'counted' ? look.sources.map(({ source }) => source).toSorted() : 'not counted';
  };
  const gateway = {
    name: 'gw',
    outside: ['wan0'],
    keep: [],
    manage: [],
    allowed: [],
    mailServers: [ADDRESSES.mail, HOSTED.four, HOSTED.six],
  };

  beforeAll(async () => {
    company = await startCompany();
    const { boxes } = company;
    await boxes.gateway.must(['nft', '-f', '-'], TRANSLATION);
    before = await rules();
    host = openHost('gw', (argv) => boxes.gateway.enter(argv), '/run/tourniquet-fence');
    driver = openNftables(gateway, host, Date.now);
    await boxes.outside.must(['ip', 'route', 'add', PUBLISHED, 'via', ADDRESSES.gatewayOutside]);
    await boxes.outside.must(['ip', 'address', 'add', `${HOSTED.four}/32`, 'dev', 'lo']);
    await boxes.outside.must(['ip', 'address', 'add', `${HOSTED.six}/128`, 'dev', 'lo']);
    await company.listen('outside', 25);
    await company.listen('mail', 25);
  }, 60_000);
  afterAll(() => company.stop());

  it('finds a way out in every table that a rule leads to, and the halves of a VPN, and takes no dead end for one', async () => {
    const via = ['via', ADDRESSES.innocent, 'dev', 'br0'];
    const ip = async (...words: readonly string[]): Promise<unknown> => company.boxes.gateway.must(['ip', ...words]);
    await ip('route', 'add', 'default', ...via, 'table', '100');
    const task = await engaged(BLOCK);
    expect((await driver.verify(task)).kind, 'no rule leads there').toBe('proved');
    await ip('rule', 'add', 'from', ADDRESSES.infected, 'lookup', '100');
    expect(await driver.observe(task)).toMatchObject({ kind: 'changed' });
    await expect(driver.plan(BLOCK, 'tq904')).rejects.toThrow(/leads through br0 of gw too/);
    await ip('rule', 'del', 'from', ADDRESSES.infected);
    await ip('route', 'flush', 'table', '100');
    await ip('route', 'add', '128.0.0.0/1', ...via);
    expect(await driver.observe(task)).toMatchObject({ kind: 'changed' });
    await ip('route', 'del', '128.0.0.0/1');
    await ip('-6', 'route', 'add', '2000::/3', 'dev', 'br0');
    expect(await driver.observe(task)).toMatchObject({ kind: 'changed' });
    await ip('-6', 'route', 'del', '2000::/3');
    await ip('-6', 'route', 'add', 'unreachable', 'default', 'metric', '4294967295');
    await ip('route', 'add', '224.0.0.0/4', 'dev', 'br0');
    expect((await driver.plan(BLOCK, 'tq905')).commands).not.toEqual([]);
    expect((await driver.verify(task)).kind).toBe('proved');
    await ip('-6', 'route', 'del', 'unreachable', 'default', 'metric', '4294967295');
    await ip('route', 'del', '224.0.0.0/4', 'dev', 'br0');
    expect(await released(task)).toBe('released');
  });

  it('sees a rule of its own that was laid once more before the counting, and a table that is switched off', async () => {
    const task = await engaged(BLOCK);
    const { gateway: box } = company.boxes;
    const table = tableOf(task.tag);
    await box.must(['nft', 'insert', 'rule', 'inet', table, 'smtp', 'reject', 'with', 'tcp', 'reset']);
    expect(await driver.observe(task)).toEqual({
      kind: 'changed',
      differences: [[{ foreign: '+ smtp: reject with tcp reset' }]],
    });
    await box.must(['nft', 'flush', 'chain', 'inet', table, 'smtp']);
    expect(await driver.release(task, (hand += 1), 'ours-only')).toMatchObject({ kind: 'released' });
    const other = await engaged(BLOCK);
    await box.must(['nft', 'add', 'table', 'inet', tableOf(other.tag), '{ flags dormant; }']);
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('open');
    expect(await driver.verify(other)).toMatchObject({
      kind: 'disproved',
      by: [[{ foreign: '+ table: flags dormant' }]],
    });
    expect(await driver.release(other, (hand += 1), 'ours-only')).toMatchObject({ kind: 'released' });
  });

  it('goes on counting who tries while the plug is pulled and a machine is in quarantine, and each is taken back by itself', async () => {
    const block = await engaged(BLOCK);
    const plug = await engaged({ kind: 'unplug', firewall: 'gw', leaseMinutes: 1 });
    const one = await engaged({ kind: 'quarantine-host', firewall: 'gw', address: ADDRESSES.infected });
    await company.connect('infected', ADDRESSES.outside, 25);
    await company.connect('mail', ADDRESSES6.outside, 25);
    expect(await accused(block)).toEqual([ADDRESSES.infected, ADDRESSES6.mail]);
    for (const task of [block, plug]) expect((await driver.release(task, (hand += 1), 'exact')).kind).toBe('released');
    expect((await driver.observe(one)).kind).toBe('in-force');
    expect(await released(one)).toBe('released');
  });

  it('has several uplinks in whatever order they are written, one twice too, and takes them back exactly', async () => {
    for (const outside of [
      ['wan0', 'ppp0', 'lte0'],
      ['wan10', 'wan0', 'wan9', 'wan0'],
    ]) {
      const several = openNftables({ ...gateway, outside }, host, Date.now);
      const orders: readonly MeasureOrder[] = [BLOCK, { kind: 'unplug', firewall: 'gw', leaseMinutes: 1 }];
      for (const order of orders) {
        const { prior } = await several.plan(order, 'tq920');
        const task: MeasureTask = { tag: 'tq920', order, prior };
        await several.engage(task, (hand += 1));
        expect(await several.verify(task)).toMatchObject({ kind: 'proved' });
        expect(await released(task)).toBe('released');
      }
    }
  });

  it('calls nothing proved that a bridge carries past the rules, and says so beforehand', async () => {
    const bridging = openNftables({ ...gateway, outside: ['wan0', 'br0'] }, host, Date.now);
    const { gateway: box } = company.boxes;
    const filtering = async (value: '0' | '1'): Promise<unknown> =>
      box.must([
        'sh',
        '-c',
        `for each in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do echo ${value} > $each; done`,
      ]);
    await filtering('0');
    const plan = await bridging.plan(BLOCK, 'tq910');
    expect(plan.blastRadius.map(plain).join('\n')).toContain('br0 of gw is a bridge: what it carries');
    const task: MeasureTask = { tag: 'tq910', order: BLOCK, prior: plan.prior };
    await bridging.engage(task, (hand += 1));
    expect(await company.connect('infected', ADDRESSES.mail, 25), 'over the bridge').toBe('open');
    expect(await bridging.verify(task)).toMatchObject({ kind: 'unknown' });
    await filtering('1');
    expect(await bridging.verify(task)).toMatchObject({ kind: 'proved' });
    expect(await released(task)).toBe('released');
  });

  it('lets workstations reach the house’s own servers, one at a provider too, and accuses nobody who does', async () => {
    const task = await engaged(BLOCK);
    const own = [PUBLISHED, HOSTED.four, HOSTED.six].map((to) => company.connect('innocent', to, 25));
    expect(await Promise.all(own)).toEqual(['open', 'open', 'open']);
    expect(await company.connect('outside', PUBLISHED, 25), 'inbound').toBe('open');
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('refused');
    expect(await accused(task)).toEqual([ADDRESSES.infected]);
    expect((await driver.verify(task)).kind).toBe('proved');
    expect(await released(task)).toBe('released');
  });

  it('takes no connection to a published server for one outward, from inside or from outside', async () => {
    const held = [
      await company.hold('infected', ADDRESSES.outside, 25),
      await company.hold('innocent', PUBLISHED, 25),
      await company.hold('outside', PUBLISHED, 25),
    ];
    for (const each of held) expect(await each.talk()).toBe('carried');
    const memory = await rememberedConnections(host, 'gw');
    const of = (source: string): readonly string[] =>
      memory.kind === 'seen'
        ? memory.connections.flatMap((each) => (each.source === source ? each.destination : []))
        : [];
    expect(of(ADDRESSES.innocent)).toContain(ADDRESSES.mail);
    expect(of(ADDRESSES.innocent)).not.toContain(PUBLISHED);
    expect(of(ADDRESSES.infected)).toContain(ADDRESSES.outside);
    expect(plain(await openNow(BLOCK, gateway, host))).toMatch(/^1 connection to 25 outside/);
  });
});
