import { expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { openMailServer } from '../../../adapters/mail/queue/listing.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { keepsTheMailServerContract, rigOf } from '../../contracts/mail-server.ts';
import { startExim } from '../../lab/exim.ts';
import { describeLab } from '../../lab/packages.ts';
import { startPostfix } from '../../lab/postfix.ts';

describeLab('the queue of a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  keepsTheMailServerContract(() => rigOf(startPostfix()), {
    reasons: /^connect to <host>: Connection refused$/,
    goneId: 'ABCDEF12',
  });
});

describeLab('the queue of a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  keepsTheMailServerContract(() => rigOf(startExim()), { reasons: undefined, goneId: '1xVhU1-0001pt-20' });

  it('is unknown, never empty, for somebody who may not read it', async () => {
    const lab = await startExim();
    await lab.send('alice@example.test', ['b1@defer.test']);
    const nobody = openHost('mx2', (argv) =>
      lab.box.enter(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...argv]),
    );
    const read = async (): Promise<void> => {
      for await (const lines of openMailServer('mx2', 'exim', nobody, []).listing(10_000)) expect(lines).toEqual([]);
    };
    await expect(read()).rejects.toThrow(HostUnknown);
    await lab.stop();
  });
});
