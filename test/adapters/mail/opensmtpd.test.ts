import { afterAll, beforeAll, expect, it } from 'vitest';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { startOpensmtpd } from '../../lab/opensmtpd.ts';
import { describeLab } from '../../lab/packages.ts';
import type { MailLab } from '../../lab/postfix.ts';
import { until } from '../../lab/process.ts';
import { handIn, openSession, startSink } from '../../lab/smtp.ts';
import type { Sink } from '../../lab/smtp.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { HOUSE } from '../../../src/domain/incidents/incident.ts';
import { readMeasure } from '../../../jobs/measures/ledger.ts';
import { reconcile } from '../../../jobs/measures/reconcile.ts';
import { releaseMeasure } from '../../../jobs/measures/release.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { makeMeasureStage, standing } from '../../support/measure-world.ts';
import { hostOf, openDriver, planned } from '../../support/measure-rigs.ts';

const FREEZE: MeasureOrder = { kind: 'freeze-outbound', server: 'mx4' };

describeLab('freezing a real OpenSMTPD', { sets: ['opensmtpd', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const lab = await startOpensmtpd();
    const { box } = lab;
    return {
      host: hostOf(box),
      order: FREEZE,
      open: (host) => openDriver(lab, FREEZE, host),
      world: () =>
        box.must([
          'sh',
          '-c',
          'smtpctl show status; cat /var/spool/smtpd/tourniquet-freeze 2>/dev/null; ls /var/spool/smtpd',
        ]),
      meddle: async () => void (await box.must(['smtpctl', 'resume', 'mta'])),
      mend: async () => {},
      stop: () => lab.stop(),
    };
  });
});

describeLab('a frozen OpenSMTPD', { sets: ['opensmtpd', 'net'], root: true }, () => {
  let lab: MailLab;
  let outside: Sink;
  beforeAll(async () => {
    lab = await startOpensmtpd();
    outside = await startSink(lab.box, 2602);
  });
  afterAll(() => lab.stop());
  const arrived = async (sender: string): Promise<boolean> =>
    (await lab.box.exec(['grep', '-q', sender, '/var/mail/alice'])).code === 0;

  it('holds what leaves, also when everything is scheduled; takes in, delivers here, and sends at once when it is released', async () => {
    await lab.send('alice@office.test', ['before@far.test']);
    await until(() => outside.reached().includes('before@far.test'), 15_000, 'mail to flow');
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const task = await planned(driver, FREEZE, 'tq1');
    await driver.engage(task, 1);
    expect((await driver.verify(task)).kind).toBe('proved');

    await lab.send('alice@office.test', ['held@far.test']);
    const stranger = await openSession(lab.box, 25);
    await stranger.say('EHLO far.test');
    expect(await handIn(stranger, 'friend@far.test', 'alice@office.test')).toMatch(/^250/);
    await until(() => arrived('friend@far.test'), 15_000, 'inbound mail to arrive');
    await lab.box.must(['smtpctl', 'schedule', 'all']);
    await expect(driver.plan(FREEZE, 'tq2')).rejects.toThrow('paused already, by tq1 stands');
    expect(await lab.box.must(['smtpctl', 'show', 'queue'])).toContain('held@far.test');
    expect(outside.reached()).not.toContain('held@far.test');
    await lab.send('alice@office.test', ['later@far.test']);
    await driver.release(task, 2, 'exact');
    await until(() => outside.reached().includes('later@far.test'), 15_000, 'what waited to leave at once');
    // OpenSMTPD 6.8 forgets what was scheduled while it was paused, until it is scheduled again.
    const queue = await lab.box.must(['smtpctl', 'show', 'queue']);
    await lab.box.must(['smtpctl', 'schedule', /^([0-9a-f]{16})\|.*held@far/m.exec(queue)?.[1] ?? '']);
    await until(() => outside.reached().includes('held@far.test'), 15_000, 'what was scheduled to leave');
  });

  it('says in numbers what it holds, and beforehand that a restart ends it', async () => {
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const plan = await driver.plan(FREEZE, 'tq3');
    expect(plan.blastRadius.map(plain)).toEqual([
      'holds 0 messages that wait now',
      'nothing leaves mx4 by SMTP; inbound mail, local delivery and what users hand in go on',
      'smtpd has begun with none of them; what it begins with until then leaves',
      "the pager's mail leaves through this server too, and is held with the rest",
      'a restart of smtpd ends it: that is seen within a minute, told, and paused again; what waits leaves until then',
      'held mail goes back to its sender after the queue ttl of smtpd.conf, 4 days unless it says otherwise',
    ]);
  });

  const restart = async (driver: MeasureDriver, task: MeasureTask, as = 'smtpd'): Promise<void> => {
    await lab.box.must([
      'sh',
      '-c',
      // The one whose parent is no smtpd.
      `kill $(ps -eo pid=,ppid=,comm= | awk '$3 == "smtpd" { of[$1] = $2 } END { for (each in of) if (!(of[each] in of)) print each }'); while ps -eo stat=,comm= | grep -q "^[^Z].* smtpd$"; do sleep 0.05; done; ${as} >/dev/null 2>&1 </dev/null`,
    ]);
    await until(async () => (await driver.observe(task)).kind !== 'unknown', 15_000, 'smtpd to answer again');
  };

  it('that smtpd forgets at its restart is paused again by the reconciler, and told; nothing leaves after that', async () => {
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const stage = makeMeasureStage();
    const world = { ...stage.world, measureDrivers: { find: () => driver } };
    await standing(world, driver, FREEZE);
    const task = { tag: 'tq1', order: FREEZE, prior: (await readMeasure(world, 1))?.record.plan.prior ?? null };
    await restart(driver, task);
    expect(await driver.observe(task)).toMatchObject({ kind: 'slipped', how: 'gap' });
    stage.now += 60_000;
    await reconcile(world);
    expect(await driver.observe(task)).toMatchObject({ kind: 'in-force' });
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    expect(stage.said.map(({ message }) => plain(message.summary)).join('\n')).toMatch(
      /Measure 1: freeze outbound mail of mx4: held again\. smtpd on mx4 was restarted/,
    );
    expect(stage.audit.map(({ what }) => what)).toContain('hold it again');
    await lab.send('alice@office.test', ['after-restart@far.test']);
    await lab.box.must(['smtpctl', 'schedule', 'all']);
    expect(await lab.box.must(['smtpctl', 'show', 'queue'])).toContain('after-restart@far.test');

    // Somebody's own hand is told, and not overruled.
    await lab.box.must(['smtpctl', 'resume', 'mta']);
    stage.now += 60_000;
    await reconcile(world);
    expect(await driver.observe(task)).toMatchObject({ kind: 'changed' });
    expect(await lab.box.must(['smtpctl', 'show', 'status'])).toContain('MTA running');
    expect((await releaseMeasure(world, 1, HOUSE, 'exact')).refused?.map(plain).join()).toContain('has resumed it');
    expect((await releaseMeasure(world, 1, HOUSE, 'ours-only')).state).toBe('released');
    expect((await driver.observe(task)).kind).toBe('absent');
  });

  it('can be taken back exactly after a restart that nobody has looked at yet', async () => {
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const task = await planned(driver, FREEZE, 'tq5');
    await driver.engage(task, 1_900_000_000_000);
    await restart(driver, task);
    expect(await driver.release(task, 1_900_000_000_001, 'exact')).toEqual({ kind: 'released', notes: [] });
    expect((await driver.observe(task)).kind).toBe('absent');
  });

  it('is not proved while smtpd still sends what it had begun with; started anew as said, it holds that too', async () => {
    outside.takes(0.5);
    const queued = Array.from({ length: 40 }, (_, index) => `begun${index}@far.test`);
    for (const each of queued) await lab.send('alice@office.test', [each]);
    const reached = (): number => outside.reached().filter((each) => queued.includes(each)).length;
    await until(() => reached() > 0, 15_000, 'smtpd to begin');
    const driver = openDriver(lab, FREEZE, hostOf(lab.box));
    const plan = await driver.plan(FREEZE, 'tq6');
    expect(plan.blastRadius.map(plain).join('\n')).toMatch(
      /smtpd has begun with \d\d recipients already: these leave all/,
    );
    const task = { tag: 'tq6', order: FREEZE, prior: plan.prior };
    await driver.engage(task, 1_900_000_000_002);
    const proof = await driver.verify(task);
    expect(proof.kind === 'disproved' && proof.by.map(plain).join()).toMatch(
      /had begun with \d\d more recipients and still sends to them; block port 25 for everyone, or start it anew as smtpd -P mta/,
    );
    await restart(driver, task, 'smtpd -P mta');
    const held = reached();
    expect(held).toBeLessThan(queued.length);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    expect(reached()).toBe(held);
    outside.takes(0);
    expect(await driver.release(task, 1_900_000_000_003, 'exact')).toEqual({ kind: 'released', notes: [] });
    await until(() => queued.every((each) => outside.reached().includes(each)), 20_000, 'what waited to leave');
  });
});
