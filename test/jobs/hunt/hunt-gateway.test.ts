import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/clock/system.ts';
import { openNftables } from '../../../adapters/firewall/netfilter/nftables/driver.ts';
import { watchNftables } from '../../../adapters/firewall/netfilter/nftables/watch.ts';
import { openHost } from '../../../adapters/host/process.ts';
import { openNetwork } from '../../../adapters/network/machines.ts';
import { makeJournal } from '../../../adapters/simulated/journal.ts';
import { runHunt } from '../../../jobs/hunt/hunt.ts';
import type { MeasureEvent } from '../../../src/domain/measures/record.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { ADDRESSES, LEASES, startCompany } from '../../lab/company.ts';
import type { Company } from '../../lab/company.ts';
import { describeLab } from '../../lab/packages.ts';
import { BLOCK, inForce, makeStage, request, shown } from './stage.ts';

describeLab('the hunt at a real gateway', { sets: ['net'], root: true }, () => {
  let company: Company;
  beforeAll(async () => {
    company = await startCompany();
    await company.startDhcp();
  });
  afterAll(() => company.stop());

  it('names the machine, with its DHCP name, within 5 s of its first blocked attempt', async () => {
    const { gateway } = company.boxes;
    const host = openHost('gw', (argv) => gateway.enter(argv), '/run/tourniquet-fence');
    const driver = openNftables(
      { name: 'gw', outside: ['wan0'], keep: [], manage: [], allowed: [], mailServers: [ADDRESSES.mail] },
      host,
      Date.now,
    );
    const ledger = makeJournal<MeasureEvent>();
    const { prior } = await driver.plan(BLOCK, 'tq1');
    const number = await inForce(ledger, BLOCK, Date.now(), prior);
    await driver.engage({ tag: `tq${number}`, order: BLOCK, prior }, 1);
    const stage = makeStage({
      clock: systemClock,
      ledger,
      watches: { find: () => watchNftables('gw', host, Date.now) },
      network: openNetwork({
        leases: [{ kind: 'dnsmasq', file: LEASES }],
        segments: [{ name: 'gw', host }],
        files: { text: async (path) => gateway.read(path) },
        resolver: {
          servers: [],
          close: () => {},
          ask: async () => ({ kind: 'answer', rcode: 'NXDOMAIN', data: [], ttl: 1, resolver: '', ms: 1 }),
        },
      }),
    });
    let named: number | undefined;
    const hunting = runHunt(request('hunt gw --seconds 6'), stage.world, (message) => {
      if (plain(message.summary).includes('PC-RECEPTION')) named ??= performance.now();
    });
    expect(await company.connect('infected', ADDRESSES.outside, 25)).toBe('refused');
    const tried = performance.now();
    const answer = await hunting;
    expect(named === undefined ? 'never named' : (named - tried) / 1000).toBeLessThan(5);
    expect(shown(answer)).toMatch(/PC-RECEPTION[^]*lan1 of gw/);
  });
});
