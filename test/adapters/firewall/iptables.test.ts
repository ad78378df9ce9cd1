import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIptables } from '../../../adapters/firewall/netfilter/iptables/driver.ts';
import { chainOf, setOf } from '../../../adapters/firewall/netfilter/iptables/rules.ts';
import { watchIptables } from '../../../adapters/firewall/netfilter/iptables/watch.ts';
import { openHost } from '../../../adapters/host/process.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { startBox } from '../../lab/box.ts';
import { ADDRESSES, ADDRESSES6, startCompany } from '../../lab/company.ts';
import type { Company } from '../../lab/company.ts';
import { rulesAndSets, useIptables } from '../../lab/iptables.ts';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';
import { whenOpenAgain } from '../../support/way-out.ts';
import { NOT_INSIDE } from '../../support/not-inside.ts';

const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false };
const UNPLUG: MeasureOrder = { kind: 'unplug', firewall: 'gw', leaseMinutes: 1 };
const SET_UP = {
  name: 'gw',
  outside: ['wan0'],
  keep: [ADDRESSES.innocent],
  manage: [],
  allowed: [],
  mailServers: [ADDRESSES.mail, ADDRESSES6.mail],
} as const;

/** A SYN to port 25 from each of that many addresses that it hasn't got. */
const MANY_SOURCES = `import socket,struct,sys,time
n=int(sys.argv[1]); to=sys.argv[2]; d=socket.inet_aton(to)
s=socket.socket(socket.AF_INET,socket.SOCK_RAW,socket.IPPROTO_RAW)
def total(b):
  t=sum(struct.unpack('!%dH'%(len(b)//2),b)); t=(t>>16)+(t&0xffff); return ~(t+(t>>16))&0xffff
for i in range(n):
  src=bytes([10,78,i>>8,i&255])
  tcp=struct.pack('!HHLLBBHHH',40000,25,i,0,0x50,2,64240,0,0)
  c=total(src+d+struct.pack('!BBH',0,6,20)+tcp)
  s.sendto(struct.pack('!BBHHHBBH4s4s',0x45,0,40,0,0,64,6,0,src,d)+tcp[:16]+struct.pack('!H',c)+tcp[18:],(to,0))
  if i%200==199: time.sleep(0.01)`;

describeLab('measures on a real gateway with iptables', { sets: ['net'], root: true }, () => {
  let company: Company;
  let host: Host;
  let driver: MeasureDriver;
  let before: string;
  let hand = 0;
  const engaged = async (order: MeasureOrder, by = driver): Promise<MeasureTask> => {
    hand += 1;
    const plan = await by.plan(order, `tq${hand}`);
    const task = { tag: `tq${hand}`, order, prior: plan.prior };
    await by.engage(task, hand);
    expect((await by.observe(task)).kind).toBe('in-force');
    return task;
  };
  const released = async (task: MeasureTask): Promise<string> => {
    hand += 1;
    const { kind } = await driver.release(task, hand, 'exact');
    return (await rulesAndSets(company.boxes.gateway)) === before ? kind : 'something was left';
  };

  beforeAll(async () => {
    company = await startCompany();
    const { gateway } = company.boxes;
    await useIptables(gateway, 'legacy');
    before = await rulesAndSets(gateway);
    host = openHost('gw', (argv) => gateway.enter(argv), '/run/tourniquet-fence');
    driver = openIptables(SET_UP, host, Date.now);
    await company.listen('outside', 25);
    await company.listen('outside', 443);
    await company.listen('mail', 25);
    await company.listen('gateway', 22);
  });
  afterAll(() => company.stop());

  it('blocks port 25 outward for everyone over IPv4 and IPv6, established connections too, and counts who tried', async () => {
    const held = await company.hold('infected', ADDRESSES.outside, 25);
    expect(await held.talk()).toBe('carried');
    const began = Date.now();
    const task = await engaged(BLOCK);
    expect(await held.talk()).toBe('cut');
    const tries = await Promise.all([
      ...[ADDRESSES.outside, ADDRESSES.outside, ADDRESSES6.outside].map((to) => company.connect('infected', to, 25)),
      company.connect('mail', ADDRESSES.outside, 25),
      company.connect('gateway', ADDRESSES.outside, 25),
    ]);
    expect(tries).toEqual(tries.map(() => 'refused'));
    const others = await Promise.all([
      company.connect('infected', ADDRESSES.outside, 443),
      company.connect('outside', ADDRESSES.mail, 25),
      company.connect('innocent', ADDRESSES6.mail, 25),
    ]);
    expect(others).toEqual(['open', 'open', 'open']);
    const look = await watchIptables('gw', host, Date.now).attempts(task);
    const sources = look.kind === 'counted' ? look.sources : [];
    expect(Object.fromEntries(sources.map(({ source, attempts }) => [source, attempts]))).toEqual({
      [ADDRESSES.infected]: 2,
      [ADDRESSES6.infected]: 1,
      [ADDRESSES.mail]: 1,
      [ADDRESSES.gatewayOutside]: 1,
    });
    expect(sources[0]?.first).toBeGreaterThan(began - 2000);
    const again = Date.now();
    await until(() => Date.now() > again + 2500, 10_000, 'time to pass');
    await company.connect('infected', ADDRESSES.outside, 25);
    const later = await watchIptables('gw', host, Date.now).attempts(task);
    const infected = later.kind === 'counted' && later.sources.find(({ source }) => source === ADDRESSES.infected);
    expect(infected).toMatchObject({ attempts: 3, destinations: 1 });
    expect(infected && infected.last).toBeGreaterThan(again + 1000);
    expect((await driver.verify(task)).kind).toBe('proved');
    expect(await released(task)).toBe('released');
    const gone = await watchIptables('gw', host, Date.now).attempts(task);
    expect(gone.kind === 'unknown' && plain(gone.why)).toContain('the rules of the block are gone from gw');
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('open');
  });

  it('lets the mail servers alone send where that is ordered, over both', async () => {
    const task = await engaged({ ...BLOCK, who: 'all-but-mail-servers' });
    for (const outside of [ADDRESSES.outside, ADDRESSES6.outside]) {
      expect(await company.connect('mail', outside, 25)).toBe('open');
      expect(await company.connect('infected', outside, 25)).toBe('refused');
    }
    expect(await released(task)).toBe('released');
  });

  it('blocks on although the set of counted sources is full', async () => {
    const task = await engaged(BLOCK);
    const many = Array.from(
      { length: 65_536 },
      (_, at) => `add ${setOf(task.tag, 'tried')} 10.${at >> 8}.${at & 255}.9,tcp:25,192.0.2.9`,
    );
    await company.boxes.gateway.exec(['ipset', 'restore', '-exist'], `${many.join('\n')}\n`);
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('refused');
    expect(await released(task)).toBe('released');
  });

  it('misses none of twenty thousand sources, each from an address of its own', async () => {
    const task = await engaged(BLOCK);
    const { infected } = company.boxes;
    await infected.must(['python3', '-c', MANY_SOURCES, '20000', ADDRESSES.outside]);
    const look = await watchIptables('gw', host, Date.now).attempts(task);
    expect(look).toMatchObject({ kind: 'counted', full: false });
    expect(look.kind === 'counted' && look.sources.length).toBe(20_000);
    expect(await released(task)).toBe('released');
  });

  it('counts who tries while the plug is pulled too; measures of its own beside are no hindrance, and each is taken back by itself', async () => {
    const block = await engaged(BLOCK);
    const one = await engaged({ kind: 'quarantine-host', firewall: 'gw', address: ADDRESSES.innocent });
    const plug = await engaged(UNPLUG);
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('refused');
    const look = await watchIptables('gw', host, Date.now).attempts(block);
    expect(look.kind === 'counted' && look.sources.map(({ source }) => source)).toEqual([ADDRESSES.infected]);
    for (const task of [block, one, plug]) expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    hand += 2;
    for (const task of [block, one])
      expect(await driver.release(task, hand, 'exact')).toMatchObject({ kind: 'released' });
    expect(await driver.verify(plug)).toMatchObject({ kind: 'proved' });
    expect(await released(plug)).toBe('released');
  });

  it('sees a rule of its own that was laid once more, and rules that stand in another order', async () => {
    const task = await engaged(BLOCK);
    const { gateway } = company.boxes;
    const chain = chainOf(task.tag);
    const reject = ['-p', 'tcp', '-j', 'REJECT', '--reject-with', 'tcp-reset'];
    await gateway.must(['iptables', '-I', chain, '1', ...reject]);
    expect(await driver.observe(task)).toMatchObject({
      kind: 'changed',
      differences: [[{ foreign: `+ iptables ${chain}: ${reject.join(' ')}` }]],
    });
    const last = (await gateway.must(['iptables', '-S', chain])).match(/^-A /gm)?.length;
    await gateway.must(['iptables', '-D', chain, String(last)]);
    expect(await driver.observe(task)).toMatchObject({
      kind: 'changed',
      differences: [[{ foreign: `~ iptables ${chain}: the rules stand in another order` }]],
    });
    await gateway.must(['iptables', '-D', chain, '1']);
    await gateway.must(['iptables', '-A', chain, ...reject]);
    expect(await released(task)).toBe('released');
  });

  it('pulls the plug but for what is kept and for those who manage the gateway', async () => {
    const managing = await company.hold('outside', ADDRESSES.gatewayOutside, 22);
    const task = await engaged(UNPLUG);
    const [infected, six, mail, gateway, bot, again] = await Promise.all([
      company.connect('infected', ADDRESSES.outside, 443),
      company.connect('infected', ADDRESSES6.outside, 443),
      company.connect('outside', ADDRESSES.mail, 25),
      company.connect('gateway', ADDRESSES.outside, 443),
      company.connect('innocent', ADDRESSES.outside, 443),
      company.connect('outside', ADDRESSES.gatewayOutside, 22),
    ]);
    expect({ infected, six, mail, gateway, bot, again }).toEqual({
      infected: 'silence',
      six: 'silence',
      mail: 'silence',
      gateway: 'silence',
      bot: 'open',
      again: 'open',
    });
    expect(await managing.talk()).toBe('carried');
    expect(await released(task)).toBe('released');
  });

  it('is put back by the kernel alone when the lease ends', async () => {
    const began = Date.now();
    const task = await engaged({ ...UNPLUG, leaseMinutes: 6 / 60 });
    const shutBy = Date.now();
    const { lastShut, open } = await whenOpenAgain(company);
    expect((open - began) / 1000).toBeGreaterThan(5.5);
    expect((lastShut - shutBy) / 1000).toBeLessThan(6.5);
    expect(await driver.observe(task)).toMatchObject({ kind: 'absent' });
    hand += 1;
    await driver.renew(task, hand);
    expect((await driver.observe(task)).kind).toBe('in-force');
    expect(await released(task)).toBe('released');
  });

  it('cuts one machine off, under its other addresses and from the gateway too', async () => {
    await company.connect('infected', ADDRESSES.gateway, 9);
    const task = await engaged({ kind: 'quarantine-host', firewall: 'gw', address: ADDRESSES.infected });
    const [four, six, own, other] = await Promise.all([
      company.connect('infected', ADDRESSES.outside, 443),
      company.connect('infected', ADDRESSES6.outside, 443),
      company.connect('infected', ADDRESSES.gateway, 22),
      company.connect('innocent', ADDRESSES.outside, 443),
    ]);
    expect({ four, six, own, other }).toEqual({ four: 'silence', six: 'silence', own: 'silence', other: 'open' });
    expect(await released(task)).toBe('released');
  });

  it.each(NOT_INSIDE)('takes no machine for one to be cut off that is not inside: %s', async (_what, address, why) => {
    // So that the gateway knows its network card.
    await company.connect('outside', ADDRESSES.gatewayOutside, 9);
    await expect(driver.plan({ kind: 'quarantine-host', firewall: 'gw', address }, 'tq9')).rejects.toThrow(why);
  });

  it('sees a rule of somebody else before ours that lets everything pass, and calls nothing proved then', async () => {
    const task = await engaged(BLOCK);
    const { gateway } = company.boxes;
    await gateway.must(['iptables', '-I', 'FORWARD', '1', '-j', 'LOG']);
    expect((await driver.observe(task)).kind).toBe('in-force');
    await gateway.must(['iptables', '-I', 'FORWARD', '1', '-j', 'ACCEPT']);
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('open');
    expect(await driver.observe(task)).toEqual({
      kind: 'changed',
      differences: [[{ foreign: '+ iptables FORWARD: -j ACCEPT (before ours)' }]],
    });
    expect((await driver.verify(task)).kind).toBe('unknown');
    await gateway.must(['iptables', '-D', 'FORWARD', '1']);
    await gateway.must(['iptables', '-D', 'FORWARD', '1']);
    expect((await driver.verify(task)).kind).toBe('proved');
    expect(await released(task)).toBe('released');
  });
});

describeLab('block-port-25 with iptables', { sets: ['net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const gateway = await startBox({ name: 'gw', sets: ['net'] });
    await useIptables(gateway, 'nft');
    return {
      host: openHost('gw', (argv) => gateway.enter(argv), '/run/tourniquet-fence'),
      order: BLOCK,
      open: (reached) => openIptables({ ...SET_UP, outside: ['lo'] }, reached, Date.now),
      world: () => rulesAndSets(gateway),
      meddle: async (tag) => {
        await gateway.must(['iptables', '-I', chainOf(tag), '1', '-j', 'RETURN']);
      },
      mend: async () => {},
      stop: () => gateway.stop(),
    };
  });
});
