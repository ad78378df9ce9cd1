import { openHostFiles } from '../../../adapters/host/files.ts';
import { openHost } from '../../../adapters/host/process.ts';
import { openPostfix } from '../../../adapters/mail/postfix/driver.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { describeLab } from '../../lab/packages.ts';
import { startPostfix } from '../../lab/postfix.ts';

const FREEZE: MeasureOrder = { kind: 'freeze-outbound', server: 'mx1' };

describeLab('freezing a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const lab = await startPostfix();
    const { box } = lab;
    return {
      host: openHost('mx1', (argv) => box.enter(argv), '/run/tourniquet-fence'),
      order: FREEZE,
      open: (host) => {
        const driver = openPostfix(
          { name: 'mx1', instances: [], pagerLeavesHere: true },
          FREEZE.kind,
          host,
          openHostFiles('mx1', host),
          Date.now,
        );
        if (driver === undefined) throw new Error('no driver');
        return driver;
      },
      world: async () =>
        box.read('/etc/postfix/main.cf') +
        box.read('/etc/postfix/master.cf') +
        (await box.must(['sh', '-c', "find /etc/postfix -printf '%p %U %G %m\n' | sort"])),
      meddle: async () => box.write('/etc/postfix/main.cf', `${box.read('/etc/postfix/main.cf')}# by hand\n`),
      mend: async () => box.write('/etc/postfix/main.cf', box.read('/etc/postfix/main.cf').replace('# by hand\n', '')),
      stop: () => lab.stop(),
    };
  });
});
