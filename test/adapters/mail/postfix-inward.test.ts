/** Inbound mail that an agent of smtp(8) carries inward, to a content filter or a server inside, while outbound mail is frozen. */
import { afterEach, expect, it } from 'vitest';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { describeLab } from '../../lab/packages.ts';
import { loginAs, startOffice } from '../../lab/postfix-office.ts';
import type { Office } from '../../lab/postfix-office.ts';
import { until } from '../../lab/process.ts';
import { handIn, openSession } from '../../lab/smtp.ts';
import { hostOf, openDriver } from '../../support/measure-rigs.ts';

const FREEZE: MeasureOrder = { kind: 'freeze-outbound', server: 'mx1' };
/** It hands everything back to a port that doesn't filter, as amavis does. */
const FILTER = `scan unix - - y - - smtp
127.0.0.1:10025 inet n - y - - smtpd
  -o content_filter=
  -o mynetworks=127.0.0.0/8
  -o smtpd_relay_restrictions=permit_mynetworks,reject
`;

describeLab('a frozen Postfix', { sets: ['postfix', 'dovecot', 'net'], root: true }, () => {
  let office: Office;
  afterEach(() => office.stop());
  const begin = async (main: string, master = ''): Promise<void> => {
    office = await startOffice();
    // In place of what is set there: Postfix warns of a parameter that is set twice, in each line that it logs.
    const set = new Set(main.match(/^\w+/gm));
    const others = office.box.read('/etc/postfix/main.cf').split('\n');
    const kept = others.filter((line) => !set.has(line.split(' ')[0] ?? '')).join('\n');
    office.box.write('/etc/postfix/main.cf', `${kept}\n${main}`);
    office.box.write('/etc/postfix/master.cf', `${office.box.read('/etc/postfix/master.cf')}${master}`);
    await office.box.must(['postfix', 'reload']);
  };
  const handsOut = async (to: string): Promise<void> => {
    const session = await openSession(office.box, 587);
    await session.say('EHLO client.office.test');
    await session.say(loginAs('alice'));
    expect(await handIn(session, 'alice@office.test', to)).toMatch(/^250/);
  };
  const isHeld = async (to: string): Promise<boolean> =>
    (await office.box.must(['postqueue', '-j']))
      .split('\n')
      .some((line) => line.includes(`"${to}"`) && line.includes('mail transport unavailable'));

  it.each([
    ['main.cf', 'content_filter = scan:[127.0.0.1]:10025\n', FILTER],
    [
      'master.cf',
      'content_filter =\n',
      `${FILTER}smtp inet n - y - - smtpd\n  -o content_filter=scan:[127.0.0.1]:10025\n`,
    ],
  ])('goes on taking mail in through a content filter of %s', async (_where, main, master) => {
    await begin(main, master);
    const driver = openDriver(office, FREEZE, hostOf(office.box));
    const plan = await driver.plan(FREEZE, 'tq1');
    expect(plan.blastRadius.map(plain).join('\n')).toContain(
      'what leads inward goes on: relay_transport (relay), content_filter (scan)',
    );
    const task = { tag: 'tq1', order: FREEZE, prior: plan.prior };
    await driver.engage(task, 1);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    const stranger = await openSession(office.box, 25);
    await stranger.say('EHLO far.test');
    expect(await handIn(stranger, 'filtered@far.test', 'alice@office.test')).toMatch(/^250/);
    const arrived = async (): Promise<boolean> =>
      (await office.box.exec(['grep', '-q', 'filtered@far.test', '/var/mail/alice'])).code === 0;
    await until(arrived, 15_000, 'inbound mail to arrive');
    await handsOut('out@far.test');
    await until(() => isHeld('out@far.test'), 15_000, 'outbound mail to be held, filtered or not');
    await driver.release(task, 2, 'exact');
    await until(() => office.outside.reached().includes('out@far.test'), 15_000, 'what waited to leave');
  });

  it.each([
    ['is held and said to be, by the agent of outbound mail', 'smtp', '', 'inbound mail is held too where it leads'],
    ['goes on, by an agent of its own', 'inner', 'inner unix - - y - - smtp\n', 'what leads inward goes on:'],
  ])('mail for a domain of its own that transport_maps leads inside %s', async (_how, agent, master, said) => {
    await begin(`transport_maps = inline:{ {branch.test=${agent}:[127.0.0.1]:2602} }\n`, master);
    const driver = openDriver(office, FREEZE, hostOf(office.box));
    const plan = await driver.plan(FREEZE, 'tq1');
    const line = plan.blastRadius.map(plain).find((each) => each.startsWith(said));
    expect(line).toContain(`transport_maps for branch.test (${agent})`);
    await driver.engage({ tag: 'tq1', order: FREEZE, prior: plan.prior }, 1);
    const stranger = await openSession(office.box, 25);
    await stranger.say('EHLO far.test');
    expect(await handIn(stranger, 'friend@far.test', 'anna@branch.test')).toMatch(/^250/);
    const isThrough = (): boolean => office.outside.reached().includes('anna@branch.test');
    await until(async () => isThrough() || (await isHeld('anna@branch.test')), 15_000, 'its way to be seen');
    expect(isThrough()).toBe(agent === 'inner');
  });

  it.each([
    ['by default', 'smtp', 'relay_transport = smtp:[127.0.0.1]:2602\n'],
    [
      'by its domain',
      'relay',
      'relayhost =\ntransport_maps = inline:{ {office.test=local:}, {*=relay:[127.0.0.1]:2602} }\n',
    ],
    [
      'by its sender',
      'relay',
      'sender_dependent_default_transport_maps = inline:{ {alice@office.test=relay:[127.0.0.1]:2602} }\n',
    ],
  ])(
    'holds outbound mail also where it takes, %s, the agent that mail inward takes, and says that this is held too',
    async (_how, agent, main) => {
      await begin(main);
      const driver = openDriver(office, FREEZE, hostOf(office.box));
      const plan = await driver.plan(FREEZE, 'tq1');
      expect(plan.blastRadius.map(plain).join('\n')).toContain(
        `inbound mail is held too where it leads through an agent that outbound mail takes: relay_transport (${agent}); to hold outbound mail alone, block port 25`,
      );
      const task = { tag: 'tq1', order: FREEZE, prior: plan.prior };
      await driver.engage(task, 1);
      expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
      await handsOut('out@far.test');
      await until(() => isHeld('out@far.test'), 15_000, 'outbound mail to be held');
      expect(office.outside.reached()).toEqual([]);
      await driver.release(task, 2, 'exact');
      await until(() => office.outside.reached().includes('out@far.test'), 15_000, 'what waited to leave');
    },
  );
});
