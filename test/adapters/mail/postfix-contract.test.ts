import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { describeLab } from '../../lab/packages.ts';
import { startPostfix } from '../../lab/postfix.ts';
import { startOffice } from '../../lab/postfix-office.ts';
import { until } from '../../lab/process.ts';
import { configRig, hostOf, openDriver } from '../../support/measure-rigs.ts';

const MAIN_CF = '/etc/postfix/main.cf';

describeLab('freezing a real Postfix', { sets: ['postfix', 'dovecot', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () =>
    configRig(await startOffice(), { kind: 'freeze-outbound', server: 'mx1' }, '/etc/postfix', MAIN_CF),
  );
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

describeLab('cleaning the queue of a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  keepsTheMeasureContract(async () => {
    const lab = await startPostfix();
    const { box } = lab;
    for (const sender of ['spammer@example.test', 'spammer@example.test', 'alice@example.test'])
      await lab.send(sender, ['b@far.test', 'c@far.test']);
    const listing = (): Promise<string> => box.must(['postqueue', '-j']);
    await until(async () => (await listing()).split('"deferred"').length === 4, 15_000, 'all to be deferred');
    // On the same file system, so that it keeps its id.
    const taken = '/var/spool/taken';
    return {
      host: hostOf(box),
      order: { kind: 'clean-queue', server: 'mx1', selection: { sender: 'spammer@example.test' } },
      open: (host) =>
        openDriver(lab, { kind: 'clean-queue', server: 'mx1', selection: { sender: 'spammer@example.test' } }, host),
      world: async () => {
        const lines = (await listing()).replaceAll(/"queue_name": "\w+", |, "delay_reason": "[^"]*"/g, '').split('\n');
        return `${lines.toSorted().join('\n')}\n${await box.must(['find', '/var/spool', '-path', '*-tourniquet/*'])}`;
      },
      meddle: async (tag) => {
        await box.must([
          'sh',
          '-c',
          `set -- /var/spool/postfix-tourniquet/${tag}/*; mkdir ${taken}; mv "$1" ${taken}/`,
        ]);
      },
      mend: async () => {
        await box.must(['sh', '-c', `mv ${taken}/* /var/spool/postfix/hold/; rmdir ${taken}; postsuper -s`]);
      },
      stop: () => lab.stop(),
    };
  });
});
