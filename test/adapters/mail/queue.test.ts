import { keepsTheMailServerContract } from '../../contracts/mail-server.ts';
import { startExim } from '../../lab/exim.ts';
import { describeLab } from '../../lab/packages.ts';
import { startPostfix } from '../../lab/postfix.ts';

describeLab('the queue of a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  keepsTheMailServerContract(startPostfix, { reasons: true });
});

describeLab('the queue of a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  keepsTheMailServerContract(startExim, { reasons: false });
});
