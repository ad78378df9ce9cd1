import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSecondOpinion } from '../../../adapters/dns/second-opinion.ts';
import { startRbldnsd } from '../../lab/dns.ts';
import type { RblServer } from '../../lab/dns.ts';
import { describeLab } from '../../lab/packages.ts';
import { subject } from '../../support/verdicts.ts';

describeLab('the second opinion', { sets: ['dns'] }, () => {
  let server: RblServer;
  beforeAll(async () => {
    server = await startRbldnsd({
      'good.bl.test': [
        { type: 'ip4set', data: '127.0.0.2\n192.0.2.66\n' },
        { type: 'ip6trie', data: '2001:db8::25 :127.0.0.2:x\n' },
      ],
      'names.bl.test': [{ type: 'dnset', data: 'bad.example :127.0.1.2:x\nerror.example :127.255.255.254:x\n' }],
      'refusing.bl.test': [
        { type: 'ip4set', data: '192.0.2.66\n' },
        { type: 'acl', data: '127.0.0.0/8 :refuse\n' },
      ],
    });
  });
  afterAll(() => server.stop());

  it.each([
    ['192.0.2.66', 'good.bl.test', 'confirmed'],
    ['2001:db8::25', 'good.bl.test', 'confirmed'],
    ['192.0.2.1', 'good.bl.test', 'unconfirmed'],
    ['192.0.2.66', 'refusing.bl.test', 'unconfirmed'],
    ['bad.example', 'names.bl.test', 'confirmed'],
    ['good.example', 'names.bl.test', 'unconfirmed'],
    ['error.example', 'names.bl.test', 'unconfirmed'],
    ['bad.example', 'refusing.bl.test', 'unconfirmed'],
  ])('of %s on %s is %s', async (address, zone, opinion) => {
    expect(await openSecondOpinion([server.address]).confirm(subject(address), zone)).toBe(opinion);
  });

  it('is never given where no independent resolver is configured, or none answers', async () => {
    expect(await openSecondOpinion([]).confirm(subject('192.0.2.66'), 'good.bl.test')).toBe('unconfirmed');
    expect(await openSecondOpinion(['127.0.0.1:1']).confirm(subject('192.0.2.66'), 'good.bl.test')).toBe('unconfirmed');
    expect(await openSecondOpinion(['127.0.0.1:1']).confirm(subject('bad.example'), 'names.bl.test')).toBe(
      'unconfirmed',
    );
  });
});
