import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { startEximOffice } from '../../lab/exim-office.ts';
import { startExim } from '../../lab/exim.ts';
import { describeLab } from '../../lab/packages.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { configRig, hostOf, openDriver } from '../../support/measure-rigs.ts';

const CONFIG = '/etc/exim4/exim4.conf';
const ROUTERS = '/etc/exim4/tourniquet-routers.conf';

describeLab('freezing a real Exim by a prepared file', { sets: ['exim', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const office = await startEximOffice();
    const { box } = office;
    box.write(CONFIG, box.read(CONFIG).replace('begin routers\n', `begin routers\n.include_if_exists ${ROUTERS}\n`));
    const rig = configRig(office, { kind: 'freeze-outbound', server: 'mx2' }, '/etc/exim4', ROUTERS);
    return {
      ...rig,
      mend: async () => {
        await box.must(['rm', ROUTERS]);
      },
    };
  });
});

describeLab('disabling an account of a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () =>
    configRig(
      await startEximOffice(),
      { kind: 'disable-account', server: 'mx2', account: 'alice' },
      '/etc/exim4',
      CONFIG,
    ),
  );
});

describeLab('cleaning the queue of a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const lab = await startExim();
    const { box } = lab;
    for (const sender of ['spammer@example.test', 'spammer@example.test', 'alice@example.test'])
      await lab.send(sender, ['b@far.test', 'c@far.test']);
    const order: MeasureOrder = { kind: 'clean-queue', server: 'mx2', selection: { sender: 'spammer@example.test' } };
    const taken = '/var/spool/taken';
    return {
      host: hostOf(box),
      order,
      open: (host) => openDriver(lab, order, host),
      world: async () => {
        const listing = await box.must(['exim4', '-bp']);
        const files = await box.must(['sh', '-c', 'find /var/spool -path "*-tourniquet/*" | sort']);
        return `${listing.replaceAll(/^ *\d+[smhd] +[\d.]+[KMG]? | \*\*\* frozen \*\*\*/gm, '')}\n${files}`;
      },
      meddle: async (tag) => {
        await box.must(['sh', '-c', `set -- /var/spool/exim4-tourniquet/${tag}/*; mkdir ${taken}; mv "$1" ${taken}/`]);
      },
      mend: async () => {
        await box.must(['sh', '-c', `mv ${taken}/* /var/spool/exim4/input/; rmdir ${taken}`]);
      },
      stop: () => lab.stop(),
    };
  });
});
