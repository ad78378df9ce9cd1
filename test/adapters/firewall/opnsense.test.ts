import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { openOpnsense } from '../../../adapters/firewall/opnsense/driver.ts';
import { everyAddressBut, rangeOf } from '../../../adapters/firewall/opnsense/ranges.ts';
import { watchOpnsense } from '../../../adapters/firewall/opnsense/watch.ts';
import { cidrContains } from '../../../src/domain/address/cidr.ts';
import { ipFromBytes } from '../../../src/domain/address/ip.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { carryMeasureOut } from '../../../jobs/measures/engine.ts';
import { takeAwayLate } from '../../../jobs/measures/late.ts';
import { readMeasure } from '../../../jobs/measures/ledger.ts';
import { reconcile } from '../../../jobs/measures/reconcile.ts';
import { releaseMeasure } from '../../../jobs/measures/release.ts';
import { HOUSE } from '../../../src/domain/incidents/incident.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { makeMeasureStage, standing } from '../../support/measure-world.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { keepsALateHandOut } from '../../contracts/late-hand.ts';
import { apiOfHost, hostOfApi } from '../../support/fake-api.ts';
import { startFakeOpnsense } from '../../support/fake-opnsense.ts';
import type { FakeOpnsense, FakeState } from '../../support/fake-opnsense.ts';

const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false };
const GATEWAY = {
  name: 'gw',
  keep: ['192.168.1.5'],
  allowed: [],
  mailServers: ['192.168.1.25'],
  own: ['198.51.100.10'],
  isInside: (address: string) => address.startsWith('192.168.1.'),
};

const worldOf = (fake: FakeOpnsense): string =>
  ['block', 'submission', 'plug', 'quarantine']
    .map((name) => `${name}: ${[...fake.table(`tourniquet_${name}`).keys()].toSorted().join(' ')}`)
    .join('\n');

const state = (id: string, source: string, destination: string, port: string): FakeState => ({
  id,
  proto: 'tcp',
  src_addr: source,
  src_port: '50000',
  dst_addr: destination,
  dst_port: port,
});

describe('block-port-25 on OPNsense', () => {
  keepsTheMeasureContract(async () => {
    const fake = await startFakeOpnsense();
    return {
      host: hostOfApi(fake.api),
      order: BLOCK,
      open: (host) => openOpnsense(GATEWAY, apiOfHost(host)),
      // The mark carries the measure's number as an address: of different measures it is the same thing.
      world: async () => worldOf(fake).replaceAll(/fd74:7100::[0-9a-f:]+/g, 'mark'),
      meddle: async () => void fake.table('tourniquet_block').set('192.0.2.0/24', 0),
      mend: async () => void fake.table('tourniquet_block').delete('192.0.2.0/24'),
      stop: () => fake.stop(),
    };
  });
});

describe.each<MeasureOrder>([BLOCK, { kind: 'quarantine-host', firewall: 'gw', address: '192.168.1.20' }])(
  'a late hand at $kind on OPNsense',
  (order) => {
    keepsALateHandOut(async () => {
      const fake = await startFakeOpnsense();
      fake.states = [state('a1/f1', '192.168.1.20', '203.0.113.9', '25')];
      return {
        api: fake.direct,
        order,
        open: (api) => openOpnsense(GATEWAY, api),
        world: () => worldOf(fake),
        stop: () => fake.stop(),
      };
    });
  },
);

/** The n-th call that changes anything is on its way when its hand dies; `arrives` is when it gets there. */
function dyingAt(api: DeviceApi, n: number) {
  let changes = 0;
  let late: (() => Promise<unknown>) | undefined;
  const dying: DeviceApi = {
    call: async (method, path, how) => {
      if (late) throw new HostUnknown('dead');
      const isChange = /alias_util\/(add|delete)\/tourniquet_(?!fence)/.test(path);
      if (isChange) changes += 1;
      if (!isChange || changes !== n) return api.call(method, path, how);
      late = () => api.call(method, path, how);
      throw new HostUnknown('dead');
    },
  };
  return { dying, isDead: () => late !== undefined, arrives: async () => void (await late?.()) };
}

describe.each<MeasureOrder>([
  BLOCK,
  { kind: 'quarantine-host', firewall: 'gw', address: '192.168.1.20' },
  { kind: 'unplug', firewall: 'gw', leaseMinutes: 30 },
])('a request of $kind on OPNsense that arrives after its hand has died', (order) => {
  const open = (api: DeviceApi): MeasureDriver => openOpnsense(GATEWAY, api);
  const carriesOutInVain = async (n: number) => {
    const fake = await startFakeOpnsense();
    const before = worldOf(fake);
    const stage = makeMeasureStage();
    const { dying, isDead, arrives } = dyingAt(fake.direct, n);
    const worldWith = (api: DeviceApi) => ({ ...stage.world, measureDrivers: { find: () => open(api) } });
    const world = worldWith(fake.direct);
    await standing(worldWith(dying), open(fake.direct), order);
    expect((await releaseMeasure(world, 1, HOUSE, 'exact')).state).toBe('released');
    return { fake, before, stage, world, isDead, arrives };
  };

  it('is found within a minute after the measure’s end, taken away and told: at each of its calls', async () => {
    let calls = 0;
    for (let n = 1; ; n += 1) {
      const { fake, before, stage, world, isDead, arrives } = await carriesOutInVain(n);
      try {
        if (!isDead()) break;
        calls = n;
        expect(worldOf(fake)).toBe(before);
        await arrives();
        expect(worldOf(fake), 'what arrives does something').not.toBe(before);
        stage.now += 60_000;
        await reconcile(world);
        expect(worldOf(fake), `call ${n}`).toBe(before);
        const said = stage.said.map(({ message }) => plain(message.summary)).join('\n');
        expect(said).toContain('ended, and then a request arrived on gw that had been on its way');
        expect(stage.audit.map(({ what }) => what)).toContain('take away what came late on gw');
        const count = stage.audit.length;
        stage.now += 60_000;
        await reconcile(world);
        expect(stage.audit.length, 'nothing is left to do').toBe(count);
      } finally {
        await fake.stop();
      }
    }
    expect(calls, 'it died nowhere').toBeGreaterThan(1);
  });

  it('is looked for every few seconds in the first minutes, when it is most likely, and by the half minute after that', async () => {
    const { fake, before, stage, world, arrives } = await carriesOutInVain(1);
    try {
      await arrives();
      stage.now += 301_000;
      await takeAwayLate(world, 300_000);
      expect(worldOf(fake)).not.toBe(before);
      stage.now -= 10_000;
      await takeAwayLate(world, 300_000);
      expect(worldOf(fake)).toBe(before);
    } finally {
      await fake.stop();
    }
  });

  it('harms nothing of the measure that stands by then', async () => {
    for (let n = 1; ; n += 1) {
      const { fake, stage, world, isDead, arrives } = await carriesOutInVain(n);
      try {
        if (!isDead()) return;
        const driver = open(fake.direct);
        const at = stage.now;
        const plan = await driver.plan(order, 'tq2');
        const by = { person: 'ana', shown: { foreign: 'ana' } };
        const proposal = { order, plan, hash: '0', nonce: '0', quorum: 1, expiresAt: at + 900_000 };
        await world.ledger.begin([
          { kind: 'proposed', at, by, ...proposal },
          { kind: 'approved', at, by },
        ]);
        await carryMeasureOut(world, 2);
        const stands = worldOf(fake);
        await arrives();
        stage.now += 60_000;
        await reconcile(world);
        expect(worldOf(fake), `call ${n}`).toBe(stands);
        stage.now += 60_000;
        await reconcile(world);
        expect((await readMeasure(world, 2))?.record.lastSeen?.seen).toBe('in-force');
      } finally {
        await fake.stop();
      }
    }
  });
});

describe('measures on OPNsense', () => {
  let fake: FakeOpnsense;
  beforeEach(async () => {
    fake = await startFakeOpnsense();
  });
  afterEach(() => fake.stop());
  const engaged = async (order: MeasureOrder): Promise<MeasureTask> => {
    const driver = openOpnsense(GATEWAY, fake.api);
    const { prior } = await driver.plan(order, 'tq7');
    const task = { tag: 'tq7', order, prior };
    await driver.engage(task, 1_795_600_000_000);
    return task;
  };

  it('cuts the states that its rule would refuse, and no others', async () => {
    fake.states = [
      state('a1/f1', '192.168.1.20', '203.0.113.9', '25'),
      state('a2/f1', '192.168.1.20', '203.0.113.9', '443'),
      state('a3/f1', '203.0.113.9', '192.168.1.25', '25'),
      state('a4/f1', '192.168.1.21', '192.168.1.25', '25'),
    ];
    const task = await engaged(BLOCK);
    expect(fake.states.map(({ id }) => id)).toEqual(['a2/f1', 'a3/f1', 'a4/f1']);
    const driver = openOpnsense(GATEWAY, fake.api);
    expect((await driver.verify(task)).kind).toBe('proved');
    fake.states.push(state('a5/f1', '192.168.1.20', '203.0.113.9', '25'));
    expect((await driver.verify(task)).kind).toBe('disproved');
    fake.states.pop();
    fake.rules.length = 0;
    expect((await driver.verify(task)).kind, 'a rule that can not be seen').toBe('unknown');
  });

  it('leaves out the mail servers where that is ordered, and switches submission where that is', async () => {
    await engaged({ ...BLOCK, who: 'all-but-mail-servers', submissionToo: true });
    for (const alias of ['tourniquet_block', 'tourniquet_submission']) {
      const ranges = [...fake.table(alias).keys()].flatMap(rangeOf);
      const holds = (text: string): boolean =>
        rangeOf(text).some(({ base }) => ranges.some((range) => cidrContains(range, base)));
      expect({ mail: holds('192.168.1.25'), next: holds('192.168.1.24'), other: holds('10.9.9.9') }).toEqual({
        mail: false,
        next: true,
        other: true,
      });
    }
  });

  it('is ended by the firewall itself after the alias’s expire, and begun anew before', async () => {
    const task = await engaged({ kind: 'unplug', firewall: 'gw', leaseMinutes: 30 });
    const driver = openOpnsense(GATEWAY, fake.api);
    fake.pass(1700);
    await driver.renew(task, 1_795_600_000_001);
    fake.pass(1700);
    expect((await driver.observe(task)).kind).toBe('in-force');
    fake.pass(200);
    expect((await driver.observe(task)).kind).toBe('absent');
    expect(worldOf(fake)).toBe('block: \nsubmission: \nplug: \nquarantine: ');
  });

  it('refuses what it can not keep: a lease shorter than the alias’s, none at all, a block with one', async () => {
    const driver = openOpnsense(GATEWAY, fake.api);
    await expect(driver.plan({ kind: 'unplug', firewall: 'gw', leaseMinutes: 5 }, 'tq8')).rejects.toThrow(
      /say --lease 30/,
    );
    await expect(driver.plan({ ...BLOCK, leaseMinutes: 30 }, 'tq8')).rejects.toThrow(/no lease/);
    const plug = fake.aliases.find(({ name }) => name === 'tourniquet_plug');
    if (plug) plug.expire = '';
    await expect(driver.plan({ kind: 'unplug', firewall: 'gw', leaseMinutes: 30 }, 'tq8')).rejects.toThrow(
      /never expires/,
    );
    const block = fake.aliases.find(({ name }) => name === 'tourniquet_block');
    if (block) block.type = 'host';
    await expect(driver.plan(BLOCK, 'tq8')).rejects.toThrow(/of the type external/);
  });

  it('quarantines several machines in one alias, each by itself', async () => {
    const driver = openOpnsense(GATEWAY, fake.api);
    const tasks = await Promise.all(
      ['192.168.1.20', '192.168.1.21'].map(async (address, index): Promise<MeasureTask> => {
        const order: MeasureOrder = { kind: 'quarantine-host', firewall: 'gw', address };
        const tag = `tq${index + 1}`;
        return { tag, order, prior: (await driver.plan(order, tag)).prior };
      }),
    );
    let hand = 1;
    for (const task of tasks) await driver.engage(task, (hand += 1));
    const [first, second] = tasks;
    if (!first || !second) throw new Error('two were planned');
    expect(await driver.release(first, (hand += 1), 'exact')).toMatchObject({ kind: 'released' });
    expect((await driver.observe(first)).kind).toBe('absent');
    expect((await driver.observe(second)).kind).toBe('in-force');
    expect([...fake.table('tourniquet_quarantine').keys()]).toContain('192.168.1.21');
  });

  it('tells who tried from the firewall’s log, and who was connected from its states', async () => {
    fake.states = [
      state('a1/f1', '192.168.1.20', '203.0.113.9', '25'),
      state('a2/f1', '192.168.1.20', '203.0.113.9', '443'),
    ];
    const record = {
      interface: 'em1',
      action: 'block',
      dir: 'in',
      version: '4',
      protoname: 'tcp',
      tcpflags: 'S',
      srcport: '50000',
      rid: 'ab',
    };
    fake.log = [
      { ...record, __timestamp__: '2026-11-24T08:35:05+01:00', src: '192.168.1.20', dst: '203.0.113.9', dstport: '25' },
      { ...record, __timestamp__: '2026-11-24T08:35:09+01:00', src: '192.168.1.20', dst: '203.0.113.8', dstport: '25' },
      {
        ...record,
        __timestamp__: '2026-11-24T08:35:09+01:00',
        src: '192.168.1.20',
        dst: '203.0.113.8',
        dstport: '443',
      },
      {
        ...record,
        __timestamp__: '2026-11-24T08:35:09+01:00',
        src: '203.0.113.8',
        dst: '198.51.100.10',
        dstport: '25',
      },
    ];
    const watch = watchOpnsense({ ...GATEWAY, zone: 'UTC' }, fake.api, () => Date.UTC(2026, 10, 25));
    const before = await watch.before();
    expect(before.kind === 'seen' && before.connections).toEqual([
      { source: '192.168.1.20', destination: '203.0.113.9', port: 25 },
    ]);
    const task: MeasureTask = { tag: 'tq7', order: BLOCK, prior: [] };
    const look = await watch.attempts(task);
    expect(look.kind === 'counted' && look.sources).toMatchObject([
      { source: '192.168.1.20', attempts: 2, destinations: 2, ports: [25], last: Date.UTC(2026, 10, 24, 7, 35, 9) },
    ]);
    fake.fails = 'broken';
    expect((await watch.attempts(task)).kind).toBe('unknown');
  });

  it.each(['broken', 'unauthorised'] as const)('says unknown, never absent, where the firewall is %s', async (how) => {
    const task = await engaged(BLOCK);
    fake.fails = how;
    const driver = openOpnsense(GATEWAY, fake.api);
    expect((await driver.observe(task)).kind).toBe('unknown');
    await expect(driver.plan(BLOCK, 'tq8')).rejects.toThrow(HostUnknown);
  });

  it('says beforehand in numbers what it cuts', async () => {
    fake.states = [
      state('a1/f1', '192.168.1.20', '203.0.113.9', '25'),
      state('a2/f1', '192.168.1.20', '203.0.113.8', '25'),
      state('a3/f1', '192.168.1.21', '203.0.113.9', '443'),
      state('a4/f1', '203.0.113.9', '192.168.1.25', '25'),
    ];
    const says = async (order: MeasureOrder): Promise<string> =>
      plain((await openOpnsense(GATEWAY, fake.api).plan(order, 'tq8')).blastRadius[0] ?? []);
    expect(await says(BLOCK)).toBe('2 connections to 25 outside are open now, of 1 machine');
    expect(await says({ kind: 'unplug', firewall: 'gw', leaseMinutes: 60 })).toBe(
      '4 connections through gw are open now, of 3 machines',
    );
    expect(await says({ kind: 'quarantine-host', firewall: 'gw', address: '192.168.1.21' })).toBe(
      '1 connection of 192.168.1.21 through gw is open now',
    );
  });

  it('says beforehand how the firewall itself takes it back', async () => {
    const { blastRadius } = await openOpnsense(GATEWAY, fake.api).plan(
      { kind: 'unplug', firewall: 'gw', leaseMinutes: 60 },
      'tq8',
    );
    expect(blastRadius.map(plain).join('\n')).toContain('gw empties the alias itself after 30 min');
  });
});

describe('every address but some', () => {
  it('holds every other one, and none of those', () => {
    const address = fc.oneof(
      fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
      fc.array(fc.nat(255), { minLength: 16, maxLength: 16 }).filter((bytes) => bytes.some((byte) => byte !== 0)),
    );
    fc.assert(
      fc.property(fc.array(address, { maxLength: 4 }), address, (out, probe) => {
        const left = out.map((bytes) => ipFromBytes(bytes).text);
        const ranges = everyAddressBut(left).flatMap(rangeOf);
        const ip = ipFromBytes(probe);
        const holds = ranges.filter((range) => cidrContains(range, ip)).length;
        expect(holds).toBe(left.includes(ip.text) ? 0 : 1);
        for (const each of out) expect(ranges.some((range) => cidrContains(range, ipFromBytes(each)))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
