/** What is left where the bot and its Redis are dead: the device's own lease, and the audit logs' files. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ADDRESSES } from '../lab/company.ts';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { startSite } from '../lab/site.ts';
import type { Site } from '../lab/site.ts';
import { makeHouse } from '../support/house.ts';
import type { House } from '../support/house.ts';

const LEASE_MS = 60_000;
const TOLERANCE_MS = 5000;

/** Tries the way outside from a workstation, five times a second, whatever else is going on. */
const WATCH = `import socket,sys,time
while True:
  try: socket.create_connection((sys.argv[1],443),0.5).close(); how='open'
  except OSError: how='shut'
  print(how,int(time.time()*1000),flush=True); time.sleep(0.2)`;

interface Way {
  last(): string | undefined;
  /** When it was first seen open after it was last shut, milliseconds since 1970 UTC. */
  openSince(): number;
  stop(): void;
}

function watchTheWay(site: Site): Way {
  const inside = site.company.boxes.innocent.start(['python3', '-c', WATCH, ADDRESSES.outside]);
  const seen = (): readonly RegExpMatchArray[] => [...inside.output().matchAll(/^(open|shut) (\d+)$/gm)];
  return {
    last: () => seen().at(-1)?.[1],
    openSince: () => {
      const all = seen();
      return Number(all[all.findLastIndex(([, how]) => how === 'shut') + 1]?.[2]);
    },
    stop: () => inside.kill('SIGKILL'),
  };
}

describeLab('a bot that dies', { sets: ['net', 'postfix', 'dns', 'redis'], root: true }, () => {
  let site: Site;
  let house: House;
  let before: Readonly<Record<string, string>>;
  beforeAll(async () => {
    site = await startSite();
    await site.company.listen('outside', 443);
    before = await site.world();
  });
  afterEach(() => house.stop());
  afterAll(() => site.stop());
  it('with Redis gone in the middle of a freeze and a block, leaves what takes all back on each host', async () => {
    house = makeHouse(site);
    const ana = await house.startBot();
    await Promise.all([house.startAgent('gateway'), house.startAgent('mx1')]);
    for (const [number, words] of ['freeze mx1', 'block gateway'].entries()) {
      await ana.say(words);
      expect(await ana.say(`break-glass ${number + 1} alone at night`)).toContain('in force');
    }
    await house.killRedis();
    expect(await ana.say('undo all')).toMatch(/nothing was done/i);

    const seen = await house.tq('rescue');
    expect(seen.out).toMatch(
      /Measure 2: block port 25 on gateway.*Run tq rescue on gateway itself\.\n +By hand:\n +nft delete table inet tourniquet_tq2\nMeasure 1: freeze/,
    );
    expect(await house.tqAt('gateway', 'rescue')).toMatchObject({ code: 1, out: expect.stringContaining('in-force') });
    expect(await house.tqAt('gateway', 'rescue', 'all')).toMatchObject({
      code: 0,
      out: 'Measure 2: block port 25 on gateway for everyone: taken back\n',
    });
    expect((await house.tqAt('mx1', 'rescue', 'all')).out).toBe('Measure 1: freeze outbound mail of mx1: taken back\n');
    expect(await site.world()).toEqual(before);
    expect((await house.tqAt('mx1', 'rescue', 'all')).out).toBe('Nothing was begun that was not ended.\n');

    ana.inside.kill('SIGKILL');
    const again = await house.startBot();
    expect(await again.say('ledger')).toMatch(/#2 block-port-25 gateway: no longer in force/);
    expect(await again.say('undo all')).toContain('All 2 measures are taken back');
    expect(await site.world()).toEqual(before);
  }, 200_000);

  it('while the plug is pulled, has the kernel put it back at the lease’s end, and says so when it is back itself', async () => {
    house = makeHouse(site);
    const ana = await house.startBot();
    const agent = await house.startAgent('gateway');
    await ana.say('open hq something sends');
    const way = watchTheWay(site);
    await until(() => way.last() === 'open', 10_000, 'the way outside to be seen open');
    await ana.say('unplug gateway --lease 1');
    const earliest = Date.now() + LEASE_MS - TOLERANCE_MS;
    expect(await ana.say('break-glass 1 alone at night')).toContain('in force');
    const latest = Date.now() + LEASE_MS + TOLERANCE_MS;
    await until(() => way.last() === 'shut', 10_000, 'the way outside to be shut');
    ana.inside.kill('SIGKILL');
    await house.killRedis();
    agent.kill('SIGKILL');

    const [again] = await Promise.all([house.startBot(), house.startAgent('gateway')]);
    const said = await again.say('ledger');
    // On a machine so busy that all this took a minute, the other is the truth.
    expect(said).toMatch(Date.now() < earliest ? /#1 unplug gateway: in force, since .* until/ : /in force/);
    again.inside.kill('SIGKILL');
    await house.killRedis();

    await until(() => way.last() === 'open', LEASE_MS + 2 * TOLERANCE_MS, 'the plug to be back');
    expect(way.openSince()).toBeGreaterThan(earliest);
    expect(way.openSince()).toBeLessThan(latest);
    way.stop();

    const last = await house.startBot();
    expect(await last.say('ledger')).toMatch(/Nothing is in force/);
    expect(await last.say('incident 1')).toMatch(/in force +nothing/);
    expect(await last.say('report 1')).toContain('ended by its lease');
    expect(await last.say('audit-log verify')).toContain('The audit log is whole');
    expect(await site.world()).toEqual(before);
  }, 300_000);
});
