import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNftables } from '../../../adapters/firewall/netfilter/nftables/driver.ts';
import { watchNftables } from '../../../adapters/firewall/netfilter/nftables/watch.ts';
import { openHost } from '../../../adapters/host/process.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { Attempts } from '../../../src/domain/hunt/look.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { Watch } from '../../../src/ports/watch.ts';
import { ADDRESSES, ADDRESSES6, startCompany } from '../../lab/company.ts';
import type { Company } from '../../lab/company.ts';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';

const GATEWAY = { name: 'gw', outside: ['wan0'], keep: [], manage: [], allowed: [], mailServers: [ADDRESSES.mail] };
const TRACKING = `table inet office {
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
  }
}
`;

describeLab('watching a real gateway with nftables', { sets: ['net'], root: true }, () => {
  let company: Company;
  let host: Host;
  let watch: Watch;
  let task: MeasureTask;

  beforeAll(async () => {
    company = await startCompany();
    host = openHost('gw', (argv) => company.boxes.gateway.enter(argv), '/run/tourniquet-fence');
    watch = watchNftables('gw', host, Date.now);
    await company.listen('outside', 25);
    await company.listen('mail', 25);
  });
  afterAll(() => company.stop());

  it('says unknown where the gateway tracks no connections', async () => {
    expect(await watch.before()).toMatchObject({ kind: 'unknown' });
  });

  it('tells who is connected before the block, over IPv4 and IPv6', async () => {
    await company.boxes.gateway.must(['nft', '-f', '-'], TRACKING);
    await company.hold('infected', ADDRESSES.outside, 25);
    await company.hold('infected', ADDRESSES6.outside, 25);
    const before = await watch.before();
    expect(before.kind === 'seen' && before.connections).toEqual(
      expect.arrayContaining([
        { source: ADDRESSES.infected, destination: ADDRESSES.outside, port: 25 },
        { source: ADDRESSES6.infected, destination: ADDRESSES6.outside, port: 25 },
      ]),
    );
  });

  it('counts each source with its destinations, times and network card, and accuses nobody who sends inbound', async () => {
    const driver = openNftables(GATEWAY, host, Date.now);
    const plan = await driver.plan(
      { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: true },
      'tq1',
    );
    task = { tag: 'tq1', order: plan.order, prior: plan.prior };
    await driver.engage(task, 1);
    const began = Date.now();
    await company.connect('infected', ADDRESSES.outside, 25);
    await company.connect('infected', ADDRESSES.outside, 587);
    await company.connect('infected', '198.51.100.77', 25);
    await company.connect('infected', ADDRESSES6.outside, 25);
    await company.connect('gateway', ADDRESSES.outside, 25);
    await company.connect('outside', ADDRESSES.mail, 25);
    await company.connect('innocent', ADDRESSES.mail, 25);
    const look = await watch.attempts(task);
    const mac = (await company.boxes.infected.must(['cat', '/sys/class/net/eth0/address'])).trim();
    const sources = new Map<string, Attempts>(
      look.kind === 'counted' ? look.sources.map((each) => [each.source, each]) : [],
    );
    expect([...sources.keys()].toSorted()).toEqual(
      [ADDRESSES.infected, ADDRESSES6.infected, ADDRESSES.gatewayOutside].toSorted(),
    );
    const infected = sources.get(ADDRESSES.infected);
    expect(infected).toMatchObject({ attempts: 3, destinations: 2, macs: [mac] });
    expect(infected?.ports.toSorted((a, b) => a - b)).toEqual([25, 587]);
    expect(sources.get(ADDRESSES6.infected)).toMatchObject({ attempts: 1, macs: [mac] });
    expect(infected?.last).toBeGreaterThan(began - 2000);
    expect(infected?.last).toBeLessThanOrEqual(Date.now());
    await until(() => Date.now() > began + 4000, 15_000, 'time to pass');
    await company.connect('infected', ADDRESSES.outside, 25);
    await company.connect('infected', '198.51.100.77', 25);
    await company.connect('infected', ADDRESSES.outside, 587);
    const later = await watch.attempts(task);
    const again = later.kind === 'counted' && later.sources.find(({ source }) => source === ADDRESSES.infected);
    expect(again && again.first, 'when it tried first').toBeLessThan(began + 3500);
    expect(again && again.last).toBeGreaterThan(began + 3500);
    expect(await watch.ownAddresses()).toEqual(expect.arrayContaining([ADDRESSES.gatewayOutside, ADDRESSES6.gateway]));
  });

  it('tells what a source of another network came in through, and takes that card for none of its own', async () => {
    const { gateway, infected } = company.boxes;
    await infected.must(['ip', 'address', 'add', '10.80.0.5/32', 'dev', 'lo']);
    await gateway.must(['ip', 'route', 'add', '10.80.0.0/24', 'via', ADDRESSES.infected]);
    const from = `import socket
try: socket.create_connection(('${ADDRESSES.outside}',25),2,('10.80.0.5',0))
except OSError: pass`;
    await infected.must(['python3', '-c', from]);
    const mac = (await infected.must(['cat', '/sys/class/net/eth0/address'])).trim();
    const look = await watch.attempts(task);
    expect(look.kind === 'counted' && look.sources.find(({ source }) => source === '10.80.0.5')).toMatchObject({
      attempts: 1,
      macs: [],
      via: [`${ADDRESSES.infected} (${mac})`],
    });
  });

  it('says unknown, never nobody, where the rules are gone', async () => {
    await company.boxes.gateway.must(['nft', 'flush', 'ruleset']);
    const look = await watch.attempts(task);
    expect(look.kind === 'unknown' && plain(look.why)).toBe(
      'the rules of the block are gone from gw: nothing is refused there, and nobody is counted',
    );
  });
});

describe('reading what the kernel counted', () => {
  /** As `nft list set` prints it, line by line. */
  const printing = (lines: (set: string) => readonly string[]): Host => ({
    run: () => Promise.reject(new Error('nothing but listing is expected')),
    lines: async function* (argv) {
      yield lines(argv.at(-1) ?? '');
    },
  });
  const task: MeasureTask = {
    tag: 'tq1',
    order: { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false },
    prior: {},
  };

  it('reads a set that is full, and says that it is', async () => {
    const many = Array.from(
      { length: 65_535 },
      (_, at) =>
        `\t\t\t     10.0.${at >> 8}.${at & 255} . 192.0.2.9 . 25 counter packets 2 bytes 120 expires 23h59m50s984ms,`,
    );
    const host = printing((set) => (set === 'offenders4' ? many : []));
    const look = await watchNftables('gw', host, () => 1_000_000).attempts(task);
    expect(look).toMatchObject({ kind: 'counted', full: true });
    expect(look.kind === 'counted' && look.sources[300]).toEqual({
      source: '10.0.1.44',
      attempts: 2,
      destinations: 1,
      ports: [25],
      first: 1_000_000 - 9016,
      last: 1_000_000 - 9016,
      macs: [],
    });
  });

  it('reads several elements on a line, as older nft prints them, and what a newer one adds', async () => {
    const line =
      '\t\telements = { 10.0.0.1 . 192.0.2.9 . 25 timeout 1d expires 23h59m59s counter packets 2 bytes 120, 10.0.0.1 . 192.0.2.8 . 465 counter packets 1 bytes 60 expires 23h }';
    const host = printing((set) => (set === 'offenders4' ? [line] : []));
    const look = await watchNftables('gw', host, () => 10_000_000).attempts(task);
    expect(look.kind === 'counted' && look.sources).toMatchObject([
      { source: '10.0.0.1', attempts: 3, destinations: 2, ports: [25, 465], first: 6_400_000, last: 9_999_000 },
    ]);
  });
});
