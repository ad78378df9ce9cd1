/** The simulated firewall as the hunt looks at it, and the company's machines as they are looked up. */
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Network } from '../../src/ports/network.ts';
import type { Watches } from '../../src/ports/watch.ts';
import type { Company } from './company.ts';
import { FIREWALL } from './names.ts';

/** A look takes a moment. Milliseconds. */
const LOOK_MS = 200;
const PORT = 25;

export function openWatches(company: Company): Watches {
  const { clock, gateway } = company;
  const wall = (monotonic: number): number => clock.now() - clock.monotonic() + monotonic;
  return {
    find: (name) =>
      name === FIREWALL
        ? {
            ownAddresses: async () => [company.publicAddress],
            before: async () => {
              await clock.wait(LOOK_MS);
              const connections = gateway
                .passed()
                .map(({ address, destination }) => ({ source: address, destination, port: PORT }));
              return { kind: 'seen', connections };
            },
            attempts: async () => {
              await clock.wait(LOOK_MS);
              const sources = [...gateway.refused.values()].map((tried) => ({
                source: tried.address,
                attempts: tried.attempts,
                destinations: tried.destinations.size,
                ports: [PORT],
                first: wall(tried.first),
                last: wall(tried.last),
                macs: macsOf(company, tried.address),
              }));
              return { kind: 'counted', at: clock.now(), sources, full: false };
            },
          }
        : { refused: `there is no firewall ${JSON.stringify(name)}`, remedy: `say ${FIREWALL}` },
  };
}

/** Everything is known of the company's own machines: they have their addresses from its DHCP server. */
export function openNetwork(company: Company): Network {
  return {
    identify: async (wanted) => {
      await company.clock.wait(LOOK_MS);
      return wanted.map(({ addresses }) => {
        const machine = company.machines.find((each) => addresses.includes(each.address));
        if (!machine) return { addresses, blind: [say`nothing is known of ${addresses.join(', ')}`] };
        return {
          addresses,
          mac: machine.hardware,
          vendor: foreign(machine.vendor, 60),
          dhcp: { name: foreign(machine.name, 64), covers: 'yes' },
          blind: [],
        };
      });
    },
  };
}

function macsOf(company: Company, address: string): readonly string[] {
  return company.machines.filter((machine) => machine.address === address).map((machine) => machine.hardware);
}
