import { afterAll, beforeAll, expect, it } from 'vitest';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { describeLab } from '../../lab/packages.ts';
import type { MailLab } from '../../lab/postfix.ts';
import { until } from '../../lab/process.ts';
import { startSendmail } from '../../lab/sendmail.ts';
import { handIn, openSession, startSink } from '../../lab/smtp.ts';
import type { Sink } from '../../lab/smtp.ts';
import { configRig, hostOf, openDriver, planned } from '../../support/measure-rigs.ts';

const FREEZE: MeasureOrder = { kind: 'freeze-outbound', server: 'mx5' };
const CONFIG = '/etc/mail/sendmail.cf';

describeLab('freezing a real Sendmail', { sets: ['sendmail', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () => configRig(await startSendmail(), FREEZE, '/etc/mail', CONFIG));
});

describeLab('a frozen Sendmail', { sets: ['sendmail', 'net'], root: true }, () => {
  let lab: MailLab;
  let outside: Sink;
  beforeAll(async () => {
    lab = await startSendmail();
    outside = await startSink(lab.box, 2602);
  });
  afterAll(() => lab.stop());
  const arrived = async (words: string): Promise<boolean> =>
    (await lab.box.exec(['grep', '-q', words, '/var/mail/alice'])).code === 0;

  it('holds what leaves through a queue run and a restart, takes in and delivers here, and sends at once when released', async () => {
    const before = lab.box.read(CONFIG);
    await lab.send('alice@office.test', ['before@far.test']);
    await until(() => outside.reached().includes('before@far.test'), 15_000, 'mail to flow');
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const early = await Promise.all([openSession(lab.box, 25), openSession(lab.box, 25)]);
    for (const each of early) await each.say('EHLO pc.office.test');
    const task = await planned(driver, FREEZE, 'tq1');
    await driver.engage(task, 1);
    expect((await driver.verify(task)).kind).toBe('proved');
    for (const each of early)
      expect(await handIn(each, 'alice@office.test', 'open@far.test'), 'a session of before').toBe('closed');
    await expect(driver.plan(FREEZE, 'tq2')).rejects.toThrow('frozen already, by measure tq1');

    await lab.send('alice@office.test', ['held@far.test']);
    const client = await openSession(lab.box, 25);
    await client.say('EHLO pc.office.test');
    expect(await handIn(client, 'alice@office.test', 'held-too@far.test'), 'users hand in').toMatch(/^250/);
    expect(await handIn(client, 'friend@far.test', 'alice@office.test')).toMatch(/^250/);
    await until(() => arrived('friend@far.test'), 15_000, 'inbound mail to arrive');
    const waits = (): Promise<string> => lab.box.must(['mailq', '-v']);
    await lab.box.must(['sendmail', '-q']);
    await until(async () => (await waits()).includes('tourniquet-frozen)'), 15_000, 'a delivery to be put off');
    expect(await waits()).toMatch(/held@far\.test[^]*held-too@far\.test|held-too@far\.test[^]*held@far\.test/);
    await lab.box.must([
      'sh',
      '-c',
      'kill $(head -1 /run/sendmail.pid); while ss -ltn | grep -q :25; do sleep 0.05; done; /usr/sbin/sendmail -bd -q1m >/dev/null 2>&1 </dev/null; sendmail -q',
    ]);
    expect(outside.reached()).toEqual(['before@far.test']);

    expect(await driver.release(task, 2, 'exact')).toEqual({ kind: 'released', notes: [] });
    expect(lab.box.read(CONFIG)).toBe(before);
    await until(
      () => outside.reached().includes('held@far.test') && outside.reached().includes('held-too@far.test'),
      20_000,
      'what waited to leave at once',
    );
  });

  it('lets no queue run that is under way go on', async () => {
    const queued = Array.from({ length: 20 }, (_, index) => `run${index}@far.test`);
    for (const each of queued)
      await lab.box.must(['sendmail', '-odq', '-f', 'alice@office.test', '--', each], 'Subject: lab\n\nlab\n');
    outside.takes(0.5);
    const reached = (): number => outside.reached().filter((each) => queued.includes(each)).length;
    await lab.box.must(['sh', '-c', 'sendmail -q >/dev/null 2>&1 </dev/null &']);
    await until(() => reached() > 1, 15_000, 'the run to be under way');
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const task = await planned(driver, FREEZE, 'tq6');
    await driver.engage(task, 3);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    const frozen = reached();
    expect(frozen, 'the run has gone on').toBeLessThan(queued.length / 2);
    await lab.box.must(['sendmail', '-q']);
    expect(reached()).toBe(frozen);
    outside.takes(0);
    expect(await driver.release(task, 4, 'exact')).toEqual({ kind: 'released', notes: [] });
    await until(() => queued.every((each) => outside.reached().includes(each)), 20_000, 'what waited to leave');
  });

  it('says in numbers what it holds', async () => {
    const { blastRadius, commands } = await openDriver(lab, FREEZE, hostOf(lab.box)).plan(FREEZE, 'tq3');
    expect(blastRadius.map(plain)).toEqual([
      'holds 0 messages that wait now',
      'nothing leaves mx5 over the network (smtp esmtp smtp8 dsmtp relay), nor what it relays to servers inside; local delivery and what users hand in go on',
      'queue runs that are under way end with the message that they are at, which is sent once more when this is taken back',
      'SMTP sessions that are open are ended, as they would send on; clients and other servers come back by themselves, and nothing accepted is lost',
      "the pager's mail leaves through this server too, and is held with the rest",
      'held mail goes back to its sender after Timeout.queuereturn of sendmail.cf, 5 days unless it says otherwise',
    ]);
    expect(commands.filter((each) => each.includes('A=FILE /run/tourniquet-frozen'))).toHaveLength(5);
  });

  it('is neither begun nor taken back by a HUP where that would end the daemon, and the remedy is said', async () => {
    const start = (how: string): Promise<string> =>
      lab.box.must([
        'sh',
        '-c',
        `kill $(head -1 /run/sendmail.pid); while ss -ltn | grep -q :25; do sleep 0.05; done; ${how} -bd -q1m >/dev/null 2>&1 </dev/null; until ss -ltn | grep -q :25; do sleep 0.05; done`,
      ]);
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const before = lab.box.read(CONFIG);
    await start('sendmail');
    await expect(driver.plan(FREEZE, 'tq5')).rejects.toThrow(
      /The daemon on mx5 was started as "sendmail -bd -q1m", without its full path.*Start it anew by its full path/,
    );
    await start('/usr/sbin/sendmail');
    const task = await planned(driver, FREEZE, 'tq5');
    await driver.engage(task, 5);
    await start('sendmail');
    await expect(driver.release(task, 6, 'exact')).rejects.toThrow(/Start it anew by its full path/);
    expect(lab.box.read(CONFIG), 'the file is as it was, whoever reads it next').toBe(before);
    expect((await lab.box.exec(['sh', '-c', 'ss -ltn | grep -q :25'])).code, 'the daemon lives').toBe(0);
    await start('/usr/sbin/sendmail');
    expect(await driver.release(task, 7, 'exact')).toEqual({ kind: 'released', notes: [] });
  });

  it('is not begun with a configuration that Sendmail refuses', async () => {
    const host = hostOf(lab.box);
    const driver = openDriver(lab, FREEZE, {
      ...host,
      run: (argv, how) =>
        host.run(argv, how.input?.includes('A=FILE') ? { ...how, input: `${how.input}\nYnonsense\n` } : how),
    });
    const before = lab.box.read(CONFIG);
    const task = await planned(driver, FREEZE, 'tq4');
    await expect(driver.engage(task, 4)).rejects.toThrow('refuses the new configuration');
    expect(lab.box.read(CONFIG)).toBe(before);
  });
});
