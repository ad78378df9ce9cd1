import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { describeLab } from '../../lab/packages.ts';
import { loginAs, startOffice } from '../../lab/postfix-office.ts';
import type { Office } from '../../lab/postfix-office.ts';
import { until } from '../../lab/process.ts';
import { startRelay } from '../../lab/relay.ts';
import { handIn, openSession, startSink } from '../../lab/smtp.ts';
import type { Session, Sink } from '../../lab/smtp.ts';
import { hostOf, openDriver, planned } from '../../support/measure-rigs.ts';

describeLab('measures on a real Postfix', { sets: ['postfix', 'dovecot', 'net'], root: true }, () => {
  let office: Office;
  let isp: Sink;
  let fence = 0;
  const next = (): number => (fence += 1);
  const config = (): string => office.box.read('/etc/postfix/main.cf') + office.box.read('/etc/postfix/master.cf');
  const driverOf = (order: MeasureOrder): MeasureDriver => openDriver(office, order, hostOf(office.box));
  const engage = async (order: MeasureOrder, tag: string): Promise<{ driver: MeasureDriver; task: MeasureTask }> => {
    const driver = driverOf(order);
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
  const waits = async (recipient: string): Promise<boolean> =>
    (await office.box.must(['postqueue', '-j'])).includes(`"${recipient}"`);
  // Made with the first message.
  const mailbox = async (): Promise<string> => (await office.box.exec(['cat', '/var/mail/alice'])).out;

  beforeAll(async () => {
    office = await startOffice();
    isp = await startSink(office.box, 2603, 'isp');
  });
  afterAll(() => office.stop());

  it('freezes what leaves: users hand in, inbound and local mail arrive, and nothing leaks', async () => {
    const before = config();
    const session = await loggedIn('alice');
    await handIn(session, 'alice@office.test', 'before@far.test');
    await until(() => office.outside.reached().includes('before@far.test'), 15_000, 'mail to flow');
    const { driver, task } = await engage({ kind: 'freeze-outbound', server: 'mx1' }, 'tq1');
    expect(config()).toContain('master_service_disable = smtp/unix, bulk/unix\n');

    expect(await handIn(session, 'alice@office.test', 'held@far.test')).toMatch(/^250/);
    await until(() => waits('held@far.test'), 10_000, 'the message to wait');
    const stranger = await openSession(office.box, 25);
    await stranger.say('EHLO far.test');
    expect(await handIn(stranger, 'friend@far.test', 'alice@office.test')).toMatch(/^250/);
    await until(async () => (await mailbox()).includes('friend@far.test'), 15_000, 'inbound mail to arrive');
    expect(await handIn(stranger, 'friend@far.test', 'anna@branch.test')).toMatch(/^250/);
    await until(() => office.outside.reached().includes('anna@branch.test'), 15_000, 'mail for the branch to go on');

    await office.box.must(['setpriv', '--reuid=www-data', '--clear-groups', 'postqueue', '-f']);
    await office.box.must(['sh', '-c', 'postfix stop && postfix start']);
    await office.box.must(['postqueue', '-f']);
    await until(() => waits('held@far.test'), 10_000, 'the queue after the restart');
    await until(
      async () => (await office.box.must(['postqueue', '-j'])).includes('mail transport unavailable'),
      15_000,
      'a delivery to be tried in vain',
    );
    expect(office.outside.reached()).not.toContain('held@far.test');
    expect((await driver.verify(task)).kind).toBe('proved');

    expect(await driver.release(task, next(), 'exact')).toEqual({ kind: 'released', notes: [] });
    expect(config()).toBe(before);
    await until(() => office.outside.reached().includes('held@far.test'), 15_000, 'what waited to leave at once');
  });

  it('says whom a freeze touches, in numbers', async () => {
    const { blastRadius } = await driverOf({ kind: 'freeze-outbound', server: 'mx1' }).plan(
      { kind: 'freeze-outbound', server: 'mx1' },
      'tq2',
    );
    expect(blastRadius.map(plain)).toEqual([
      'holds 0 messages that wait now',
      'nothing leaves mx1 by SMTP (smtp/unix bulk/unix); inbound mail, local delivery and what users hand in go on',
      'what leads inward goes on: relay_transport (relay)',
      "the pager's mail leaves through this server too, and is held with the rest",
      'held mail goes back to its sender after 5d',
    ]);
  });

  it('ends the open sessions of a disabled account and those that may be its own, and leaves other logins alone', async () => {
    const before = config();
    const open = await loggedIn('alice');
    const silent = await loggedIn('alice');
    const others = await loggedIn('bob');
    expect(await handIn(open, 'alice@office.test', 'one@far.test')).toMatch(/^250/);
    expect(await handIn(others, 'bob@office.test', 'bob-before@far.test')).toMatch(/^250/);
    await until(
      () => office.box.read('/var/log/postfix.log').includes('sasl_username=bob'),
      10_000,
      'Postfix to have logged',
    );
    const order: MeasureOrder = { kind: 'disable-account', server: 'mx1', account: 'alice' };
    expect((await driverOf(order).plan(order, 'tq3')).blastRadius.map(plain)[1]).toMatch(
      /^ends (\d) of the \d sessions that are open on smtp submission: 1 of alice, \d whose login has sent nothing yet; leaves 1 of other logins;/,
    );
    const { driver, task } = await engage(order, 'tq3');
    expect(await handIn(open, 'alice@office.test', 'two@far.test')).toBe('closed');
    expect(await silent.say('NOOP'), 'nobody knows yet whose it is').toBe('closed');
    expect(await handIn(others, 'bob@office.test', 'bob-after@far.test')).toMatch(/^250/);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    const again = await loggedIn('alice');
    expect(await handIn(again, 'alice@office.test', 'three@far.test')).toContain('account suspended');
    const bob = await loggedIn('bob');
    expect(await handIn(bob, 'bob@office.test', 'four@far.test')).toMatch(/^250/);
    expect(await handIn(await loggedIn('Alice'), 'alice@office.test', 'five@far.test')).toContain('account suspended');

    const second = await engage({ kind: 'disable-account', server: 'mx1', account: 'bob' }, 'tq4');
    expect(await driver.release(task, next(), 'exact')).toMatchObject({ kind: 'released' });
    expect(await handIn(await loggedIn('alice'), 'alice@office.test', 'six@far.test')).toMatch(/^250/);
    expect(await handIn(await loggedIn('bob'), 'bob@office.test', 'seven@far.test')).toContain('account suspended');
    await second.driver.release(second.task, next(), 'exact');
    expect(config()).toBe(before);
  });

  it('ends every session of the services with logins where the log can not be read, and says so beforehand', async () => {
    const others = await loggedIn('bob');
    expect(await handIn(others, 'bob@office.test', 'blind@far.test')).toMatch(/^250/);
    const order: MeasureOrder = { kind: 'disable-account', server: 'mx1', account: 'alice' };
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
    const { driver, task } = await engage({ kind: 'reroute', server: 'mx1' }, 'tq5');
    const session = await loggedIn('alice');
    await handIn(session, 'alice@office.test', 'rerouted@far.test');
    await until(() => isp.reached().includes('rerouted@far.test'), 15_000, 'mail to go through the provider');
    expect((await driver.verify(task)).kind).toBe('proved');
    await driver.release(task, next(), 'exact');
    expect(config()).toBe(before);
    await handIn(session, 'alice@office.test', 'back@far.test');
    await until(() => office.outside.reached().includes('back@far.test'), 15_000, 'mail to go directly again');
  });

  it.each([
    [2604, 'Ahx7ooKa'],
    [2605, 'pa:ss^w^^ord;{$x}"\\\\'],
  ])('reroutes through a relay at %i that wants a login, whatever is in its password: %s', async (port, password) => {
    const before = config();
    const relay = await startRelay(office.box, port, 'office@isp.test', password);
    office.box.write('/etc/postfix/relay-login', `[127.0.0.1]:${port} office@isp.test:${password}\n`);
    await office.box.must(['chmod', '600', '/etc/postfix/relay-login']);
    const smartHost = { host: '127.0.0.1', port, loginFile: '/etc/postfix/relay-login' };
    const order: MeasureOrder = { kind: 'reroute', server: 'mx1' };
    const driver = openDriver(office, order, hostOf(office.box), { smartHost });
    const plan = await driver.plan(order, 'tq9');
    expect(JSON.stringify(plan), 'the secret stays on the server').not.toContain(password);
    const task = { tag: 'tq9', order, prior: plan.prior };
    await driver.engage(task, next());
    await handIn(await loggedIn('alice'), 'alice@office.test', `with-login${port}@far.test`);
    await until(
      () => relay.reached().includes(`with-login${port}@far.test`),
      15_000,
      'mail to go through the provider',
    );
    const stranger = await openSession(office.box, 25);
    await stranger.say('EHLO far.test');
    const inside = `rerouted${port}@branch.test`;
    expect(await handIn(stranger, 'friend@far.test', inside)).toMatch(/^250/);
    await until(
      () => office.outside.reached().includes(inside),
      15_000,
      'mail inward to a server without TLS to go on',
    );
    await driver.release(task, next(), 'exact');
    expect(config()).toBe(before);
  });

  it('refuses a relay at 465 with the remedy, as it would have to speak so to every server', async () => {
    const order: MeasureOrder = { kind: 'reroute', server: 'mx1' };
    const driver = openDriver(office, order, hostOf(office.box), { smartHost: { host: '127.0.0.1', port: 465 } });
    await expect(driver.plan(order, 'tq16')).rejects.toThrow(/write the provider's port 587 under smartHost/);
  });

  it('can send what a cleaning has saved, after undo as well as by hand from its folder', async () => {
    const frozen = await engage({ kind: 'freeze-outbound', server: 'mx1' }, 'tq10');
    const session = await loggedIn('alice');
    for (const [index, to] of ['undone@far.test', 'by-hand@far.test'].entries()) {
      expect(await handIn(session, `clean${index}@office.test`, to)).toMatch(/^250/);
      await until(() => waits(to), 10_000, 'the message to wait');
    }
    const cleaned = async (sender: string, tag: string) =>
      await engage({ kind: 'clean-queue', server: 'mx1', selection: { sender } }, tag);
    const undone = await cleaned('clean0@office.test', 'tq11');
    const byHand = await cleaned('clean1@office.test', 'tq12');
    await frozen.driver.release(frozen.task, next(), 'exact');
    expect(await undone.driver.release(undone.task, next(), 'exact')).toMatchObject({ kind: 'released' });
    await office.box.must([
      'sh',
      '-c',
      'mv /var/spool/postfix-tourniquet/tq12/* /var/spool/postfix/hold/ && postsuper -s hold',
    ]);
    await office.box.must(['postqueue', '-f']);
    const held = async (): Promise<readonly string[]> =>
      [...(await office.box.must(['postqueue', '-j'])).matchAll(/"queue_name": "hold", "queue_id": "(\w+)"/g)].map(
        (match) => match[1] ?? '',
      );
    await until(async () => (await held()).length === 2, 10_000, 'both to be on hold');
    expect(
      office.outside.reached().filter((to) => /undone|by-hand/.test(to)),
      'sent by being given back',
    ).toEqual([]);
    for (const id of await held()) await office.box.must(['sh', '-c', `postsuper -H ${id} && postqueue -i ${id}`]);
    for (const to of ['undone@far.test', 'by-hand@far.test'])
      await until(() => office.outside.reached().includes(to), 15_000, `${to} to be sent`);
    expect(await byHand.driver.release(byHand.task, next(), 'exact')).toMatchObject({ kind: 'refused' });
    expect(await byHand.driver.release(byHand.task, next(), 'ours-only')).toMatchObject({ kind: 'released' });
  });

  it('knows what Postfix has read on a machine that is so busy that ps takes a second', async () => {
    const order: MeasureOrder = { kind: 'disable-account', server: 'mx1', account: 'alice' };
    const { driver, task } = await engage(order, 'tq8');
    office.box.write('/usr/local/bin/ps', '#!/bin/sh\nsleep 1.1\nexec /usr/bin/ps "$@"\n');
    await office.box.must(['chmod', '+x', '/usr/local/bin/ps']);
    expect(await driver.observe(task)).toMatchObject({ kind: 'in-force' });
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    // The same second, and not read yet.
    office.box.write('/etc/postfix/main.cf', office.box.read('/etc/postfix/main.cf'));
    expect(await driver.observe(task)).toMatchObject({ kind: 'changed' });
    await office.box.must(['sh', '-c', 'postfix reload && rm /usr/local/bin/ps']);
    await driver.release(task, next(), 'exact');
  });

  it.each(['-rf', 'a b', 'x}{y', 'CORP\\anna', ''])('refuses %j as an account', async (account) => {
    const order: MeasureOrder = { kind: 'disable-account', server: 'mx1', account };
    await expect(driverOf(order).plan(order, 'tq6')).rejects.toThrow('is no login');
  });
});
