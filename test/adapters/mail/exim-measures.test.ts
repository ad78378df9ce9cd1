import { afterAll, beforeAll, expect, it } from 'vitest';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { startEximOffice } from '../../lab/exim-office.ts';
import type { EximOffice } from '../../lab/exim-office.ts';
import { describeLab } from '../../lab/packages.ts';
import { loginAs } from '../../lab/postfix-office.ts';
import { until } from '../../lab/process.ts';
import { startRelay } from '../../lab/relay.ts';
import { handIn, openSession, startSink } from '../../lab/smtp.ts';
import type { Session, Sink } from '../../lab/smtp.ts';
import { hostOf, openDriver, planned } from '../../support/measure-rigs.ts';

describeLab('measures on a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  let office: EximOffice;
  let isp: Sink;
  let fence = 0;
  const next = (): number => (fence += 1);
  const config = (): string => office.box.read('/etc/exim4/exim4.conf');
  const engage = async (order: MeasureOrder, tag: string): Promise<{ driver: MeasureDriver; task: MeasureTask }> => {
    const driver = openDriver(office, order, hostOf(office.box));
    const task = await planned(driver, order, tag);
    await driver.engage(task, next());
    return { driver, task };
  };
  const loggedIn = async (account: string): Promise<Session> => {
    const session = await openSession(office.box, 587);
    await session.say('EHLO client.office.test');
    expect(await session.say(loginAs(account))).toMatch(/^235/);
    return session;
  };
  const runQueue = (option: string): Promise<unknown> => office.box.exec(['exim4', option]);

  beforeAll(async () => {
    office = await startEximOffice();
    isp = await startSink(office.box, 2603, 'isp');
  });
  afterAll(() => office.stop());

  it('freezes what leaves: users hand in, inbound and local mail arrive, and no forced run leaks', async () => {
    const before = config();
    const { driver, task } = await engage({ kind: 'freeze-outbound', server: 'mx2' }, 'tq1');
    const session = await loggedIn('alice');
    expect(await handIn(session, 'alice@office.test', 'held@far.test')).toMatch(/^250/);
    const stranger = await openSession(office.box, 25);
    await stranger.say('EHLO far.test');
    expect(await handIn(stranger, 'friend@far.test', 'anna@office.test')).toMatch(/^250/);
    const arrived = async (): Promise<boolean> =>
      (await office.box.exec(['test', '-s', '/var/spool/exim4/box-anna'])).code === 0;
    await until(arrived, 15_000, 'inbound mail to arrive');
    expect(await handIn(stranger, 'friend@far.test', 'anna@branch.test')).toMatch(/^250/);
    await until(() => office.outside.reached().includes('anna@branch.test'), 15_000, 'mail for the branch to go on');
    for (const option of ['-q', '-qf', '-qff']) await runQueue(option);
    await office.box.must([
      'sh',
      '-c',
      'pid=$(cat /run/exim4/exim.pid); kill $pid; while ss -Hltnp | grep -q exim; do sleep 0.05; done; exim4 -bd -q30m -oP /run/exim4/exim.pid >/dev/null 2>&1',
    ]);
    await runQueue('-qff');
    expect(office.outside.reached()).not.toContain('held@far.test');
    expect((await driver.verify(task)).kind).toBe('proved');

    expect(await driver.release(task, next(), 'exact')).toEqual({ kind: 'released', notes: [] });
    expect(config()).toBe(before);
    await until(() => office.outside.reached().includes('held@far.test'), 15_000, 'what waited to leave at once');
  });

  it('lets neither a queue run that is under way nor an open session send any more', async () => {
    const before = config();
    const open = await loggedIn('alice');
    expect(await handIn(open, 'alice@office.test', 'first@far.test')).toMatch(/^250/);
    await until(() => office.outside.reached().includes('first@far.test'), 15_000, 'mail to flow');
    const queued = Array.from({ length: 40 }, (_, index) => `run${index}@far.test`);
    for (const each of queued)
      await office.box.must(['exim4', '-odq', '-f', 'alice@office.test', '--', each], 'Subject: lab\n\nlab\n');
    office.outside.takes(0.3);
    const reached = (): number => office.outside.reached().filter((each) => queued.includes(each)).length;
    await office.box.must(['sh', '-c', 'exim4 -qf >/dev/null 2>&1 </dev/null &']);
    await until(() => reached() > 1, 15_000, 'the run to be under way');
    const { driver, task } = await engage({ kind: 'freeze-outbound', server: 'mx2' }, 'tq6');
    const frozen = reached();
    expect(frozen, 'the run was over already').toBeLessThan(queued.length / 2);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    expect(await handIn(open, 'alice@office.test', 'after@far.test')).toMatch(/^250/);
    await runQueue('-qff');
    expect(reached(), 'the run has gone on').toBe(frozen);
    expect((await office.box.must(['exim4', '-bp'])).includes('frozen'), 'a message was left frozen').toBe(false);
    office.outside.takes(0);
    expect(await driver.release(task, next(), 'exact')).toEqual({ kind: 'released', notes: [] });
    expect(config()).toBe(before);
    const left = (): readonly string[] =>
      ['after@far.test', ...queued].filter((each) => !office.outside.reached().includes(each));
    await until(() => left().length === 0, 30_000, 'what waited to leave');
    expect(
      office.outside.reached().filter((each) => queued.includes(each)),
      'sent twice',
    ).toHaveLength(queued.length);
  });

  it('ends the open sessions of a disabled account and those that may be its own, and leaves other logins alone', async () => {
    const before = config();
    const open = await loggedIn('alice');
    const silent = await loggedIn('alice');
    const others = await loggedIn('bob');
    expect(await handIn(open, 'alice@office.test', 'one@far.test')).toMatch(/^250/);
    expect(await handIn(open, '"x A=plain:bob "@office.test', 'forged@far.test'), 'a sender like a login').toMatch(
      /^250/,
    );
    expect(await handIn(others, 'bob@office.test', 'bob-before@far.test')).toMatch(/^250/);
    const order: MeasureOrder = { kind: 'disable-account', server: 'mx2', account: 'alice' };
    const counts = async (): Promise<string> =>
      plain((await openDriver(office, order, hostOf(office.box)).plan(order, 'tq2')).blastRadius[1] ?? []);
    expect(await counts()).toMatch(
      /^ends (\d) of the \d sessions that are open on 25, 587: \d of alice, \d whose login has sent nothing yet; leaves 1 of other logins; clients come back/,
    );
    const { driver, task } = await engage(order, 'tq2');
    expect(await handIn(open, 'alice@office.test', 'two@far.test')).toBe('closed');
    expect(await silent.say('NOOP'), 'nobody knows yet whose it is').toBe('closed');
    expect(await handIn(others, 'bob@office.test', 'bob-after@far.test')).toMatch(/^250/);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    expect(await handIn(await loggedIn('alice'), 'alice@office.test', 'three@far.test')).toContain('account suspended');
    expect(await handIn(await loggedIn('ALICE'), 'alice@office.test', 'four@far.test')).toContain('account suspended');
    expect(await handIn(await loggedIn('bob'), 'bob@office.test', 'five@far.test')).toMatch(/^250/);
    await driver.release(task, next(), 'exact');
    expect(config()).toBe(before);
    expect(await handIn(await loggedIn('alice'), 'alice@office.test', 'six@far.test')).toMatch(/^250/);
  });

  it('ends every session where the log can not be read, and says so beforehand', async () => {
    const others = await loggedIn('bob');
    expect(await handIn(others, 'bob@office.test', 'blind@far.test')).toMatch(/^250/);
    const order: MeasureOrder = { kind: 'disable-account', server: 'mx2', account: 'alice' };
    const driver = openDriver(office, order, hostOf(office.box), { log: '/var/log/nowhere' });
    const plan = await driver.plan(order, 'tq7');
    expect(plain(plan.blastRadius[1] ?? [])).toMatch(
      /^ends (\d) of the \1 sessions .*, as it can't be seen whose they are \(.*nowhere can not be read\)/,
    );
    const task = { tag: 'tq7', order, prior: plan.prior };
    await driver.engage(task, next());
    expect(await others.say('NOOP')).toBe('closed');
    await driver.release(task, next(), 'exact');
  });

  it('reroutes through the provider and back', async () => {
    const before = config();
    const { driver, task } = await engage({ kind: 'reroute', server: 'mx2' }, 'tq3');
    await handIn(await loggedIn('alice'), 'alice@office.test', 'rerouted@far.test');
    await until(() => isp.reached().includes('rerouted@far.test'), 15_000, 'mail to go through the provider');
    expect((await driver.verify(task)).kind).toBe('proved');
    await driver.release(task, next(), 'exact');
    expect(config()).toBe(before);
    await handIn(await loggedIn('alice'), 'alice@office.test', 'back@far.test');
    await until(() => office.outside.reached().includes('back@far.test'), 15_000, 'mail to go directly again');
  });

  it.each([
    [2604, 'Ahx7ooKa'],
    [2605, 'pa:ss^w^^ord;{$x}"\\\\'],
    [465, 'Ahx7ooKa'],
  ])('reroutes through a relay at %i that wants a login, whatever is in its password: %s', async (port, password) => {
    const before = config();
    const relay = await startRelay(office.box, port, 'office@isp.test', password);
    office.box.write('/etc/exim4/relay-login', `127.0.0.1:office@isp.test:${password}\n`);
    const smartHost = { host: '127.0.0.1', port, loginFile: '/etc/exim4/relay-login' };
    const order: MeasureOrder = { kind: 'reroute', server: 'mx2' };
    const driver = openDriver(office, order, hostOf(office.box), { smartHost });
    const file = async (how: string): Promise<unknown> =>
      office.box.must(['sh', '-c', `cd /etc/exim4 && chown root:root relay-login && ${how}`]);
    await file('chmod 644 relay-login');
    await expect(driver.plan(order, 'tq8')).rejects.toThrow(
      'can be read by others (mode 644); chown root:Debian-exim /etc/exim4/relay-login and chmod 640 it first',
    );
    await file('chmod 600 relay-login');
    await expect(driver.plan(order, 'tq8')).rejects.toThrow("can't be read by Debian-exim, as which Exim delivers");
    await file('chown root:Debian-exim relay-login && chmod 640 relay-login');
    const plan = await driver.plan(order, 'tq8');
    expect(JSON.stringify(plan), 'the secret stays on the server').not.toContain(password);
    const task = { tag: 'tq8', order, prior: plan.prior };
    await driver.engage(task, next());
    await handIn(await loggedIn('alice'), 'alice@office.test', `with-login${port}@far.test`);
    await until(
      () => relay.reached().includes(`with-login${port}@far.test`),
      15_000,
      'mail to go through the provider',
    );
    await driver.release(task, next(), 'exact');
    expect(config()).toBe(before);
  });

  it('can send what a cleaning has saved, after undo as well as by hand from its folder', async () => {
    const frozen = await engage({ kind: 'freeze-outbound', server: 'mx2' }, 'tq10');
    const session = await loggedIn('alice');
    for (const [index, to] of ['undone@far.test', 'by-hand@far.test'].entries())
      expect(await handIn(session, `clean${index}@office.test`, to)).toMatch(/^250/);
    const cleaned = async (sender: string, tag: string) =>
      await engage({ kind: 'clean-queue', server: 'mx2', selection: { sender } }, tag);
    const undone = await cleaned('clean0@office.test', 'tq11');
    const byHand = await cleaned('clean1@office.test', 'tq12');
    await frozen.driver.release(frozen.task, next(), 'exact');
    expect(await undone.driver.release(undone.task, next(), 'exact')).toMatchObject({ kind: 'released' });
    await office.box.must([
      'sh',
      '-c',
      'cd /var/spool/exim4-tourniquet/tq12 && for each in *-D *-H; do mv "$each" /var/spool/exim4/input/; done',
    ]);
    await runQueue('-qf');
    const held = async (): Promise<readonly string[]> =>
      [...(await office.box.must(['exim4', '-bp'])).matchAll(/ (\S+) <clean\d@office\.test> \*\*\* frozen/g)].map(
        (match) => match[1] ?? '',
      );
    expect(await held()).toHaveLength(2);
    expect(
      office.outside.reached().filter((to) => /undone|by-hand/.test(to)),
      'sent by being given back',
    ).toEqual([]);
    for (const id of await held()) await office.box.must(['sh', '-c', `exim4 -Mt ${id} && exim4 -M ${id}`]);
    for (const to of ['undone@far.test', 'by-hand@far.test'])
      await until(() => office.outside.reached().includes(to), 15_000, `${to} to be sent`);
    expect(await byHand.driver.release(byHand.task, next(), 'exact')).toMatchObject({ kind: 'refused' });
    expect(await byHand.driver.release(byHand.task, next(), 'ours-only')).toMatchObject({ kind: 'released' });
  });

  it('does not put a configuration in place that Exim itself refuses', async () => {
    const good = config();
    office.box.write('/etc/exim4/exim4.conf', `${good}nonsense\n`);
    const driver = openDriver(office, { kind: 'freeze-outbound', server: 'mx2' }, hostOf(office.box));
    await expect(driver.plan({ kind: 'freeze-outbound', server: 'mx2' }, 'tq4')).rejects.toThrow('ended with 1');
    office.box.write('/etc/exim4/exim4.conf', good);
    const task = await planned(driver, { kind: 'freeze-outbound', server: 'mx2' }, 'tq5');
    const hostile = {
      ...task,
      prior: JSON.parse(
        JSON.stringify(task.prior).replace('"domains":"! +local_domains', String.raw`"domains":"x\nnonsense = y\n`),
      ),
    };
    await expect(driver.engage(hostile, next())).rejects.toThrow('refuses the new configuration');
    expect(config()).toBe(good);
  });
});
