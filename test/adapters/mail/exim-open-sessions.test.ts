/** Sessions of Exim that deliver by themselves what they take in, by the configuration that they began with. */
import { afterEach, expect, it } from 'vitest';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { startEximOffice } from '../../lab/exim-office.ts';
import type { EximOffice } from '../../lab/exim-office.ts';
import { describeLab } from '../../lab/packages.ts';
import { loginAs } from '../../lab/postfix-office.ts';
import { until } from '../../lab/process.ts';
import { handIn, openSession } from '../../lab/smtp.ts';
import type { Session } from '../../lab/smtp.ts';
import { hostOf, openDriver, planned } from '../../support/measure-rigs.ts';

const FREEZE: MeasureOrder = { kind: 'freeze-outbound', server: 'mx2' };
const CONFIG = '/etc/exim4/exim4.conf';

describeLab('a session of Exim that was open before a freeze', { sets: ['exim', 'net'], root: true }, () => {
  let office: EximOffice;
  afterEach(() => office.stop());
  const loggedIn = async (): Promise<Session> => {
    const session = await openSession(office.box, 587);
    await session.say('EHLO client.office.test');
    expect(await session.say(loginAs('alice'))).toMatch(/^235/);
    return session;
  };

  it.each([
    ['cutthrough_delivery', 'acl_check_rcpt:\n', 'acl_check_rcpt:\n  warn control = cutthrough_delivery\n'],
    ['deliver_drop_privilege', 'qualify_domain', 'deliver_drop_privilege = true\nqualify_domain'],
  ])('sends nothing any more with %s; a new one is taken from, and held', async (_what, from, to) => {
    office = await startEximOffice();
    office.box.write(CONFIG, office.box.read(CONFIG).replace(from, to));
    const restart =
      'kill $(cat /run/exim4/exim.pid); while ss -Hltnp | grep -q exim; do sleep 0.05; done; exim4 -bd -oP /run/exim4/exim.pid >/dev/null 2>&1; exim4 -q1s >/dev/null 2>&1';
    await office.box.must(['sh', '-c', restart]);
    const open = await loggedIn();
    expect(await handIn(open, 'alice@office.test', 'before@far.test')).toMatch(/^250/);
    await until(() => office.outside.reached().includes('before@far.test'), 15_000, 'mail to flow');
    const driver = openDriver(office, FREEZE, hostOf(office.box));
    const task = await planned(driver, FREEZE, 'tq1');
    await driver.engage(task, 1);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    expect(await handIn(open, 'alice@office.test', 'after@far.test')).toMatch(/^421|^closed/);
    expect(await handIn(await loggedIn(), 'alice@office.test', 'held@far.test')).toMatch(/^250/);
    await office.box.must(['exim4', '-qff']);
    expect(office.outside.reached()).toEqual(['before@far.test']);
    await driver.release(task, 2, 'exact');
    await until(() => office.outside.reached().includes('held@far.test'), 15_000, 'what waited to leave');
  });
});
