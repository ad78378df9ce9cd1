/** Which driver carries out which order, from the configuration. */
import type { MeasureOrder } from '../../domain/measures/order.ts';
import { targetOf } from '../../domain/measures/order.ts';
import type { Hands } from '../../ports/hands.ts';
import { HostUnknown } from '../../ports/host.ts';
import type { MeasureDriver, MeasureDrivers } from '../../ports/measures.ts';
import { firewallDriver, sayingOfTheBot } from './firewalls.ts';
import { mailDriver } from './mail-drivers.ts';
import type { Settings } from '../settings.ts';

type Found = ReturnType<MeasureDrivers['find']>;

/**
 * `agentOf`: the driver of a target that is reached through its agent. `hands`: the people who carry out what no program
 * can; left out where they can't be asked (without Redis). `resolvers`: what the bot's host asks for names; left out where
 * this isn't the bot.
 */
export function makeMeasureDrivers(
  settings: Settings,
  agentOf: (target: string) => MeasureDriver,
  hands: Hands = nobodyToAsk,
  resolvers: readonly string[] = [],
): MeasureDrivers {
  const { config } = settings;
  return {
    find(order: MeasureOrder): Found {
      const name = targetOf(order);
      switch (order.kind) {
        case 'block-port-25':
        case 'unplug':
        case 'quarantine-host': {
          const firewall = config.firewalls.find((each) => each.name === name);
          if (!firewall) return missing('firewall', name, config.firewalls);
          const driver = firewall.reach === 'agent' ? agentOf(name) : firewallDriver(firewall, settings, hands);
          return 'refused' in driver ? driver : sayingOfTheBot(driver, firewall, settings, resolvers);
        }
        case 'freeze-outbound':
        case 'reroute':
        case 'disable-account':
        case 'clean-queue': {
          const server = config.servers.find((each) => each.name === name);
          if (server?.reach === 'agent') return agentOf(name);
          return server ? mailDriver(server, order.kind, settings) : missing('server', name, config.servers);
        }
        default:
          return order satisfies never;
      }
    },
  };
}

const cantAsk = (): never => {
  throw new HostUnknown('What people were asked to do by hand is in Redis, which is not asked here.');
};
const nobodyToAsk: Hands = {
  state: async () => cantAsk(),
  ask: async () => cantAsk(),
  confirm: async () => cantAsk(),
};

function missing(what: string, name: string, known: readonly { readonly name: string }[]): Found {
  const names = known.map((each) => each.name).join(', ');
  return {
    refused: `there is no ${what} ${JSON.stringify(name)}`,
    remedy: names === '' ? `put one under ${what}s in tourniquet.yaml` : `say one of ${names}`,
  };
}
