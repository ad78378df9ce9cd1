import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { openNetwork } from '../../../adapters/network/machines.ts';
import type { NetworkSources } from '../../../adapters/network/machines.ts';
import { vendorOf } from '../../../adapters/network/vendor.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { DnsReply, Resolver } from '../../../src/ports/dns.ts';
import type { Host } from '../../../src/ports/host.ts';
import { ADDRESSES, ADDRESSES6, LEASES, startCompany } from '../../lab/company.ts';
import type { Company } from '../../lab/company.ts';
import { describeLab } from '../../lab/packages.ts';

/** Answers reverse names from a table, and fails where it has `fails`. */
function resolverOf(names: Readonly<Record<string, string>>): Resolver {
  const base = { resolver: '127.0.0.1:53', ms: 1 };
  return {
    servers: ['127.0.0.1:53'],
    close: () => {},
    ask: async ({ name }): Promise<DnsReply> => {
      const found = names[name];
      if (found === 'fails') return { ...base, kind: 'failed', why: 'timeout', detail: '' };
      if (found === undefined) return { ...base, kind: 'answer', rcode: 'NXDOMAIN', data: [], ttl: 60 };
      return { ...base, kind: 'answer', rcode: 'NOERROR', data: [found], ttl: 60 };
    },
  };
}

const sources = (more: Partial<NetworkSources>): NetworkSources => ({
  leases: [],
  segments: [],
  resolver: resolverOf({}),
  files: { text: () => Promise.reject(new Error('no file is expected')) },
  ...more,
});

describe('who an address is', () => {
  it('says who made a network card, and which address is made up', () => {
    expect(vendorOf('00:1b:21:11:22:33')).toMatch(/^Intel/);
    expect(vendorOf('7a:14:7e:27:ce:75')).toBe('made up');
  });

  it('gives the reverse name, and says where it could not be asked', async () => {
    const resolver = resolverOf({
      '11.0.77.10.in-addr.arpa': 'reception.example.test.',
      '12.0.77.10.in-addr.arpa': 'fails',
    });
    const at = 1_000_000;
    const [named, blind, nameless] = await openNetwork(sources({ resolver })).identify(
      [
        { addresses: ['10.77.0.11'], at },
        { addresses: ['10.77.0.12'], at },
        { addresses: ['10.77.0.13'], at },
      ],
      1000,
    );
    expect(named).toEqual({ addresses: ['10.77.0.11'], reverse: { foreign: 'reception.example.test' }, blind: [] });
    expect(blind?.blind).toHaveLength(1);
    expect(nameless).toEqual({ addresses: ['10.77.0.13'], blind: [] });
  });

  it('is blind, not nameless, where the leases can not be read; and a name from outside is made harmless', async () => {
    const [machine] = await openNetwork(sources({ leases: [{ kind: 'dnsmasq', file: '/nowhere' }] })).identify(
      [{ addresses: ['10.77.0.11'], at: 1 }],
      1000,
    );
    expect(machine?.blind).toHaveLength(1);
    const other = async (): Promise<string> => '"Client-IP-Adresse";"Name"\n"10.77.0.11";"PC-RECEPTION"\n';
    const [unread] = await openNetwork(
      sources({ leases: [{ kind: 'windows', file: '/export.csv' }], files: { text: other } }),
    ).identify([{ addresses: ['10.77.0.11'], at: 1 }], 1000);
    expect(plain(unread?.blind[0] ?? [])).toBe(
      '/export.csv is no file of leases of windows: DHCP names are missing; look at docs/hunt.md',
    );
    const elsewhere = { leases: [{ kind: 'dnsmasq', file: '/nowhere' }], isElsewhere: async () => true } as const;
    const [there] = await openNetwork(sources(elsewhere)).identify([{ addresses: ['10.77.0.11'], at: 1 }], 1000);
    expect(there?.blind, 'an agent reads it').toEqual([]);
    const text = async (): Promise<string> => '0 7a:14:7e:27:ce:75 10.77.0.11 pc\u202e *\n';
    const [named] = await openNetwork(
      sources({ leases: [{ kind: 'dnsmasq', file: '/there' }], files: { text } }),
    ).identify([{ addresses: ['10.77.0.11'], at: 1 }], 1000);
    expect(named?.dhcp).toEqual({ name: { foreign: 'pc<U+202E>' }, covers: 'yes', until: Infinity });
  });
});

describe('a machine behind a router', () => {
  it('is not called by the router’s name, maker or port; what it came in through is said', async () => {
    const ROUTER = '00:1b:21:11:22:33';
    const prints: Readonly<Record<string, string>> = {
      'ip -j neigh': `[{"dst":"10.77.0.254","lladdr":"${ROUTER}"}]`,
      'ip -j address': '[{"ifname":"br0","addr_info":[{"local":"10.77.0.1","prefixlen":24}]}]',
      'bridge -j fdb show': `[{"mac":"${ROUTER}","ifname":"lan1","master":"br0","state":""}]`,
    };
    const host: Host = {
      run: async (argv) => ({ code: 0, out: prints[argv.join(' ')] ?? '', err: '' }),
      lines: () => {
        throw new Error('nothing is read line by line');
      },
    };
    const text = async (): Promise<string> => `0 ${ROUTER} 10.77.0.254 BRANCH-ROUTER *\n`;
    const network = openNetwork(
      sources({ segments: [{ name: 'gw', host }], leases: [{ kind: 'dnsmasq', file: '/there' }], files: { text } }),
    );
    const [behind, itself] = await network.identify(
      [
        { addresses: ['10.80.0.5'], mac: ROUTER, at: 1 },
        { addresses: ['10.77.0.254'], mac: ROUTER, at: 1 },
      ],
      1000,
    );
    expect(behind).toEqual({ addresses: ['10.80.0.5'], via: `10.77.0.254 (${ROUTER})`, blind: [] });
    expect(itself).toMatchObject({ mac: ROUTER, dhcp: { name: { foreign: 'BRANCH-ROUTER' } } });
  });
});

describeLab('machines of a real segment with a real DHCP server', { sets: ['net'], root: true }, () => {
  let company: Company;
  beforeAll(async () => {
    company = await startCompany();
    await company.startDhcp();
  });
  afterAll(() => company.stop());

  it('are named by the lease, the network card and the port, also where they tried by IPv6', async () => {
    const { gateway, infected } = company.boxes;
    await company.connect('infected', ADDRESSES.gateway, 9);
    await company.connect('infected', ADDRESSES6.gateway, 9);
    const network = openNetwork(
      sources({
        leases: [{ kind: 'dnsmasq', file: LEASES }],
        segments: [{ name: 'gw', host: openHost('gw', (argv) => gateway.enter(argv)) }],
        files: { text: async (path) => gateway.read(path) },
      }),
    );
    const mac = (await infected.must(['cat', '/sys/class/net/eth0/address'])).trim();
    const machines = await network.identify([{ addresses: [ADDRESSES6.infected], at: Date.now() }], 5000);
    expect(machines).toEqual([
      {
        addresses: expect.arrayContaining([ADDRESSES6.infected, ADDRESSES.infected]),
        mac,
        vendor: 'made up',
        dhcp: { name: { foreign: 'PC-RECEPTION' }, covers: 'yes', until: expect.any(Number) },
        port: { foreign: 'lan1 of gw' },
        blind: [],
      },
    ]);
  });
});
