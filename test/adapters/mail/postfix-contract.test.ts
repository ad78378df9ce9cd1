import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { describeLab } from '../../lab/packages.ts';
import { startOffice } from '../../lab/postfix-office.ts';
import { startSink } from '../../lab/smtp.ts';
import { configRig } from '../../support/measure-rigs.ts';

const MAIN_CF = '/etc/postfix/main.cf';

describeLab('freezing a real Postfix', { sets: ['postfix', 'dovecot', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () =>
    configRig(await startOffice(), { kind: 'freeze-outbound', server: 'mx1' }, '/etc/postfix', MAIN_CF),
  );
});

describeLab('rerouting a real Postfix', { sets: ['postfix', 'dovecot', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const office = await startOffice();
    await startSink(office.box, 2603);
    return configRig(office, { kind: 'reroute', server: 'mx1' }, '/etc/postfix', MAIN_CF);
  });
});

describeLab('disabling an account of a real Postfix', { sets: ['postfix', 'dovecot', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () =>
    configRig(
      await startOffice(),
      { kind: 'disable-account', server: 'mx1', account: 'alice' },
      '/etc/postfix',
      MAIN_CF,
    ),
  );
});
