/** An Exim that asks the sender's own server whether an address exists: a connection to port 25 outside, frozen or not. */
import { afterEach, expect, it } from 'vitest';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { startEximOffice } from '../../lab/exim-office.ts';
import type { EximOffice } from '../../lab/exim-office.ts';
import { describeLab } from '../../lab/packages.ts';
import { openSession } from '../../lab/smtp.ts';
import { hostOf, openDriver, planned } from '../../support/measure-rigs.ts';

const FREEZE: MeasureOrder = { kind: 'freeze-outbound', server: 'mx2' };
const CONFIG = '/etc/exim4/exim4.conf';
/** What a gateway would count. */
const COUNTING = `table inet counting {
  counter outward { }
  chain output {
    type filter hook output priority 0; policy accept;
    tcp dport 2602 tcp flags syn / syn,ack counter name outward
  }
}
`;

describeLab('Exim with callouts', { sets: ['exim', 'net'], root: true }, () => {
  let office: EximOffice;
  afterEach(() => office.stop());
  const attempts = async (): Promise<number> => {
    const listed = await office.box.must(['nft', 'reset', 'counter', 'inet', 'counting', 'outward']);
    return Number(/packets (\d+)/.exec(listed)?.[1]);
  };
  const takesFrom = async (sender: string): Promise<string> => {
    const session = await openSession(office.box, 25);
    await session.say('EHLO far.test');
    await session.say(`MAIL FROM:<${sender}>`);
    return session.say('RCPT TO:<alice@office.test>');
  };

  it('takes mail in while frozen without a connection outward that would accuse it, and asks again afterwards', async () => {
    office = await startEximOffice();
    const verify = '  require verify = sender/callout=3s\n  require message';
    office.box.write(CONFIG, office.box.read(CONFIG).replace('  require message', verify));
    const restart =
      'kill $(cat /run/exim4/exim.pid); while ss -Hltnp | grep -q exim; do sleep 0.05; done; exim4 -bd -oP /run/exim4/exim.pid >/dev/null 2>&1';
    await office.box.must(['sh', '-c', restart]);
    await office.box.must(['nft', '-f', '-'], COUNTING);
    expect(await takesFrom('one@far.test')).toMatch(/^250/);
    expect(await attempts(), 'it calls out').toBeGreaterThan(0);
    const driver = openDriver(office, FREEZE, hostOf(office.box));
    const task = await planned(driver, FREEZE, 'tq1');
    await driver.engage(task, 1);
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    expect(await takesFrom('two@further.test')).toMatch(/^250/);
    expect(await attempts()).toBe(0);
    await driver.release(task, 2, 'exact');
    expect(await takesFrom('three@furthest.test')).toMatch(/^250/);
    expect(await attempts()).toBeGreaterThan(0);
  });
});
