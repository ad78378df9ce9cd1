import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMikrotik } from '../../../adapters/firewall/mikrotik/driver.ts';
import type { MikrotikGateway } from '../../../adapters/firewall/mikrotik/resolved.ts';
import { watchMikrotik } from '../../../adapters/firewall/mikrotik/watch.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { keepsALateHandOut } from '../../contracts/late-hand.ts';
import { apiOfHost, hostOfApi } from '../../support/fake-api.ts';
import { startFakeMikrotik } from '../../support/fake-mikrotik.ts';
import type { FakeMikrotik } from '../../support/fake-mikrotik.ts';

const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false };
const GATEWAY: MikrotikGateway = {
  name: 'gw',
  outside: ['ether1-WAN'],
  keep: ['192.168.88.5'],
  manage: [],
  allowed: [],
  mailServers: ['192.168.88.25', '2001:db8:88::25'],
  isInside: (address) => address.startsWith('192.168.') || address.startsWith('2001:db8:88:'),
};

const isFence = (row: Record<string, string>): boolean => /^tourniquet fence \d+$/.test(row['comment'] ?? '');

/** Without what moves by itself (remaining seconds, ids) and without the fence, which stays. */
function worldOf(fake: FakeMikrotik): string {
  return ['ip/firewall/filter', 'ipv6/firewall/filter', 'ip/firewall/address-list', 'ipv6/firewall/address-list']
    .flatMap((menu) =>
      fake
        .rows(menu)
        .filter((row) => !isFence(row))
        .map(({ '.id': _id, timeout: _timeout, ...row }) => `${menu} ${JSON.stringify(row)}`),
    )
    .join('\n');
}

const OTHERS = { '.id': '*F1', chain: 'forward', action: 'fasttrack-connection', dynamic: 'false', disabled: 'false' };

describe('block-port-25 on a MikroTik router', () => {
  keepsTheMeasureContract(async () => {
    const fake = await startFakeMikrotik();
    fake.rows('ip/firewall/filter').push({ ...OTHERS });
    return {
      host: hostOfApi(fake.api),
      order: { ...BLOCK, leaseMinutes: 30 },
      open: (host) => openMikrotik(GATEWAY, apiOfHost(host), Date.now),
      world: async () => worldOf(fake),
      meddle: async (tag) => {
        fake
          .rows('ip/firewall/address-list')
          .push({ '.id': '*FF', list: `tourniquet-${tag}`, address: '10.9.9.9', disabled: 'false' });
      },
      mend: async () => {},
      stop: () => fake.stop(),
    };
  });
});

describe.each<MeasureOrder>([
  BLOCK,
  { kind: 'unplug', firewall: 'gw', leaseMinutes: 30 },
  { kind: 'quarantine-host', firewall: 'gw', address: '192.168.88.20' },
])('a late hand at $kind on a MikroTik router', (order) => {
  keepsALateHandOut(async () => {
    const fake = await startFakeMikrotik();
    fake.rows('ip/firewall/filter').push({ ...OTHERS });
    return {
      api: fake.direct,
      order,
      open: (api) => openMikrotik(GATEWAY, api, Date.now),
      world: () => worldOf(fake),
      stop: () => fake.stop(),
    };
  });
});

describe('measures on a MikroTik router', () => {
  let fake: FakeMikrotik;
  beforeEach(async () => {
    fake = await startFakeMikrotik();
    fake.rows('ip/firewall/filter').push({ ...OTHERS });
  });
  afterEach(() => fake.stop());
  const engaged = async (order: MeasureOrder): Promise<MeasureTask> => {
    const driver = openMikrotik(GATEWAY, fake.api, Date.now);
    const { prior } = await driver.plan(order, 'tq7');
    const task = { tag: 'tq7', order, prior };
    await driver.engage(task, 1);
    return task;
  };

  it('puts its rules before everybody else’s, in order, and switches them on last', async () => {
    await engaged(BLOCK);
    // Between them stands the fence: switched off, so that it matches nothing.
    const [fence, ...others] = fake.rows('ip/firewall/filter').filter(isFence);
    expect([fence?.['disabled'], others.length]).toEqual(['true', 0]);
    const filter = fake.rows('ip/firewall/filter').filter((row) => !isFence(row));
    expect(filter.map((row) => row['action'])).toEqual([
      'add-src-to-address-list',
      'reject',
      'add-src-to-address-list',
      'reject',
      'fasttrack-connection',
    ]);
    const puts = fake.asked.filter((line) => line.startsWith('PUT'));
    expect(puts.slice(-5).every((line) => line.endsWith('address-list'))).toBe(true);
    expect(puts.slice(0, -5).every((line) => line.endsWith('filter'))).toBe(true);
  });

  it('lets the mail servers send over both where that is ordered, and names FastTrack beforehand', async () => {
    const driver = openMikrotik(GATEWAY, fake.api, Date.now);
    const plan = await driver.plan({ ...BLOCK, who: 'all-but-mail-servers' }, 'tq7');
    expect(plan.blastRadius.map(plain).join('\n')).toContain('FastTrack is on');
    await engaged({ ...BLOCK, who: 'all-but-mail-servers' });
    const allowed = [...fake.rows('ip/firewall/address-list'), ...fake.rows('ipv6/firewall/address-list')];
    expect(allowed.filter((row) => row['list'] === 'tourniquet-allow-tq7').map((row) => row['address'])).toEqual(
      GATEWAY.mailServers,
    );
    for (const menu of ['ip/firewall/filter', 'ipv6/firewall/filter'])
      expect(fake.rows(menu)[1]?.['src-address-list']).toBe('!tourniquet-allow-tq7');
  });

  it('removes connections outward to the blocked port that FastTrack would carry on, and no others', async () => {
    fake
      .rows('ip/firewall/connection')
      .push(
        { '.id': '*A1', protocol: 'tcp', 'src-address': '192.168.88.20:59388', 'dst-address': '203.0.113.9:25' },
        { '.id': '*A2', protocol: 'tcp', 'src-address': '192.168.88.20:59389', 'dst-address': '203.0.113.9:443' },
        { '.id': '*A3', protocol: 'tcp', 'src-address': '203.0.113.9:40000', 'dst-address': '198.51.100.1:25' },
      );
    const { blastRadius } = await openMikrotik(GATEWAY, fake.api, Date.now).plan(BLOCK, 'tq7');
    expect(plain(blastRadius[0] ?? [])).toBe('1 connection to 25 outside is open now, of 1 machine');
    const task = await engaged(BLOCK);
    expect(fake.rows('ip/firewall/connection').map((row) => row['.id'])).toEqual(['*A2', '*A3']);
    const driver = openMikrotik(GATEWAY, fake.api, Date.now);
    expect((await driver.verify(task)).kind).toBe('proved');
    fake
      .rows('ip/firewall/connection')
      .push({ '.id': '*A4', protocol: 'tcp', 'src-address': '192.168.88.20:1', 'dst-address': '203.0.113.9:25' });
    expect((await driver.verify(task)).kind).toBe('disproved');
  });

  it.each([
    ['203.0.113.1', /lies outside, beyond ether1-WAN of gw; only a machine inside/],
    ['192.168.88.1', /is gw itself; say the address of the machine behind it/],
  ])('takes no machine for one to be cut off that is not inside: %s', async (address, why) => {
    const neighbour = { '.id': '*1', interface: 'ether1-WAN', 'mac-address': 'AA:BB:CC:00:00:01' };
    fake.rows('ip/arp').push({ ...neighbour, address: '203.0.113.1' });
    fake.rows('ip/address').push({ '.id': '*1', address: '192.168.88.1/24', interface: 'bridge' });
    const driver = openMikrotik(GATEWAY, fake.api, Date.now);
    await expect(driver.plan({ kind: 'quarantine-host', firewall: 'gw', address }, 'tq9')).rejects.toThrow(why);
  });

  it('removes what FastTrack would carry on past the plug and the quarantine, and nothing that is kept', async () => {
    const carried = (id: string, from: string, to: string, more: Record<string, string> = {}) => ({
      '.id': id,
      protocol: 'udp',
      'src-address': from,
      'dst-address': to,
      fasttrack: 'true',
      ...more,
    });
    const connections = [
      carried('*A1', '192.168.88.20:59388', '203.0.113.9:443'),
      carried('*A2', '203.0.113.9:40000', '198.51.100.1:25', { 'reply-src-address': '192.168.88.25:25' }),
      carried('*A3', '192.168.88.20:5000', '192.168.88.25:25'),
      carried('*A4', `${GATEWAY.keep[0] ?? ''}:5001`, '203.0.113.9:443'),
      carried('*A5', '192.168.88.21:5002', '203.0.113.9:443', { fasttrack: 'false' }),
      carried('*A6', '192.168.88.22', '203.0.113.9', { protocol: 'icmp' }),
    ];
    const ids = (): readonly (string | undefined)[] => fake.rows('ip/firewall/connection').map((row) => row['.id']);
    fake.rows('ip/firewall/connection').push(...connections);
    const driver = openMikrotik(GATEWAY, fake.api, Date.now);
    const one: MeasureOrder = { kind: 'quarantine-host', firewall: 'gw', address: '192.168.88.20' };
    expect((await driver.plan(one, 'tq7')).blastRadius.map(plain).join('\n')).toContain(
      'those that this cuts are removed',
    );
    const quarantined = await engaged(one);
    expect(ids(), 'by the rules alone goes what FastTrack does not carry').toEqual(['*A2', '*A4', '*A5', '*A6']);
    expect((await driver.verify(quarantined)).kind).toBe('proved');
    await driver.release(quarantined, 2, 'exact');
    const plan = await driver.plan({ kind: 'unplug', firewall: 'gw', leaseMinutes: 30 }, 'tq8');
    const task = { tag: 'tq8', order: plan.order, prior: plan.prior };
    await driver.engage(task, 3);
    expect(ids()).toEqual(['*A4', '*A5']);
    expect((await driver.verify(task)).kind).toBe('proved');
    fake.rows('ip/firewall/connection').push(carried('*A7', '192.168.88.20:59388', '203.0.113.9:443'));
    expect((await driver.verify(task)).kind).toBe('disproved');
  });

  it('is ended by the router itself when the lease is over, and the rules that are left do nothing', async () => {
    const order: MeasureOrder = { kind: 'unplug', firewall: 'gw', leaseMinutes: 30 };
    const task = await engaged(order);
    const driver = openMikrotik(GATEWAY, fake.api, Date.now);
    expect(await driver.observe(task)).toMatchObject({ kind: 'in-force', until: expect.any(Number) });
    fake.pass(1700);
    await driver.renew(task, 2);
    fake.pass(1700);
    expect((await driver.observe(task)).kind, 'the lease was begun anew').toBe('in-force');
    fake.pass(200);
    expect((await driver.observe(task)).kind).toBe('absent');
    const left = fake.rows('ip/firewall/filter').filter((row) => row['action'] === 'drop');
    expect(left.every((row) => row['dst-address-list'] === 'tourniquet-tq7')).toBe(true);
    expect(await driver.release(task, 3, 'exact')).toMatchObject({ kind: 'released' });
    expect(worldOf(fake)).toBe(
      `ip/firewall/filter ${JSON.stringify({ chain: 'forward', action: 'fasttrack-connection', dynamic: 'false', disabled: 'false' })}`,
    );
  });

  it('cuts a machine off by its address and its network card', async () => {
    fake.rows('ip/arp').push({ '.id': '*1', address: '192.168.88.20', 'mac-address': '00:17:10:88:BC:02' });
    await engaged({ kind: 'quarantine-host', firewall: 'gw', address: '192.168.88.20' });
    const matches = fake
      .rows('ip/firewall/filter')
      .map((row) => row['src-mac-address'] ?? row['src-address'] ?? row['dst-address']);
    expect(matches).toEqual(expect.arrayContaining(['00:17:10:88:BC:02', '192.168.88.20']));
    const six = fake.rows('ipv6/firewall/filter').filter((row) => !isFence(row));
    expect(six.every((row) => row['src-mac-address'] === '00:17:10:88:BC:02')).toBe(true);
  });

  it('tells who was connected, and who tried: everybody from the list, how often from the log', async () => {
    fake
      .rows('ip/firewall/connection')
      .push({ '.id': '*A1', protocol: 'tcp', 'src-address': '192.168.88.20:59388', 'dst-address': '203.0.113.9:25' });
    const watch = watchMikrotik('gw', fake.api, 'UTC', () => Date.UTC(2026, 10, 25));
    expect(await watch.before()).toEqual({
      kind: 'seen',
      connections: [{ source: '192.168.88.20', destination: '203.0.113.9', port: 25 }],
    });
    const task = await engaged(BLOCK);
    fake
      .rows('ip/firewall/address-list')
      .push(
        { '.id': '*B1', list: 'tourniquet-tried-tq7', address: '192.168.88.20', dynamic: 'true' },
        { '.id': '*B2', list: 'tourniquet-tried-tq7', address: '192.168.88.21', dynamic: 'true' },
      );
    const line = (destination: string): string =>
      `tourniquet tq7 forward: in:bridge out:ether1-WAN, connection-state:new src-mac 00:17:10:88:bc:02, proto TCP (SYN), 192.168.88.20:59388->${destination}:25, len 40`;
    fake
      .rows('log')
      .push(
        { '.id': '*C1', time: '2026-11-24 08:35:05', topics: 'firewall,info', message: line('203.0.113.9') },
        { '.id': '*C2', time: '2026-11-24 08:35:09', topics: 'firewall,info', message: line('203.0.113.8') },
        { '.id': '*C3', time: '2026-11-24 08:35:09', topics: 'system,info', message: 'user admin logged in' },
      );
    const look = await watch.attempts(task);
    expect(look.kind === 'counted' && look.sources).toEqual([
      {
        source: '192.168.88.20',
        attempts: 2,
        destinations: 2,
        ports: [25],
        first: Date.UTC(2026, 10, 24, 8, 35, 5),
        last: Date.UTC(2026, 10, 24, 8, 35, 9),
        macs: ['00:17:10:88:bc:02'],
      },
      { source: '192.168.88.21', attempts: 1, destinations: 1, ports: [25], macs: [] },
    ]);
    fake.fails = 'broken';
    expect((await watch.attempts(task)).kind).toBe('unknown');
    expect((await watch.before()).kind).toBe('unknown');
  });

  it.each(['silent', 'broken', 'unauthorised'] as const)(
    'says unknown, never absent, where the router is %s',
    async (how) => {
      const task = await engaged(BLOCK);
      fake.fails = how;
      const driver = openMikrotik(GATEWAY, fake.api, Date.now);
      expect((await driver.observe(task)).kind).toBe('unknown');
      await expect(driver.plan(BLOCK, 'tq8')).rejects.toThrow(HostUnknown);
    },
  );
});
