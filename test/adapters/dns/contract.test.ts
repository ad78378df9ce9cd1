import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { keepsTheResolverContract } from '../../contracts/resolver.ts';
import { startDnsdist, startRbldnsd } from '../../lab/dns.ts';
import { describeLab } from '../../lab/packages.ts';

describeLab('the resolver on a real rbldnsd behind dnsdist', { sets: ['dns'] }, () => {
  keepsTheResolverContract(async () => {
    const data = '192.0.2.7 :127.0.0.4:an infected machine\n';
    const rbl = await startRbldnsd({ 'bl.test': [{ type: 'ip4set', data }], 'drop.test': [{ type: 'ip4set', data }] });
    const dist = await startDnsdist(rbl.address, "addAction('drop.test', DropAction())");
    const resolver = openResolver([readServer(dist.address)]);
    return {
      resolver,
      listed: { name: '7.2.0.192.bl.test', code: '127.0.0.4', reason: 'an infected machine' },
      missing: '8.2.0.192.bl.test',
      silent: { name: '7.2.0.192.drop.test', type: 'A' },
      carry: (work) => work,
      stop: async () => {
        resolver.close();
        await dist.stop();
        await rbl.stop();
      },
    };
  });
});
