import { expect, it } from 'vitest';
import { plain } from '../../src/domain/foreign.ts';
import { makeMeasureDrivers } from '../../src/compose/measures/drivers.ts';
import { readConfig } from '../../src/config/read.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import { makeFakeDevice } from '../support/fake-device.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';

const CONFIG = `
servers:
  - {name: mx1, mta: postfix, pagerLeavesHere: true}
  - {name: mx2, mta: postfix, reach: agent}
  - {name: mx3, mta: exim}
  - {name: ex1, mta: exchange}
  - {name: sm1, mta: sendmail}
firewalls:
  - {name: gw, kind: by-hand}
  - {name: branch, kind: by-hand}
  - {name: far, kind: nftables, reach: agent, outside: [wan0], keep: [10.77.0.13]}
  - {name: kept, kind: nftables, reach: agent, outside: [wan0], keep: [10.77.0.0/24]}
  - {name: open, kind: nftables, reach: agent, outside: [wan0]}
sites:
  - {name: hq, servers: [mx1], firewall: gw}
  - {name: third, servers: [mx1], firewall: far}
  - {name: second, servers: [mx3], firewall: branch}
`;
const agents = new Map<string, MeasureDriver>();
const drivers = makeMeasureDrivers(
  {
    config: readConfig(CONFIG, 'tourniquet.yaml'),
    configFile: undefined,
    playbooks: [],
    dataFolder: '/nonexistent',
    redisUrl: undefined,
    env: {},
  },
  (target) => {
    const agent = makeFakeDevice().drivers.find({ kind: 'reroute', server: target });
    if ('refused' in agent) throw new Error(agent.refused);
    agents.set(target, agent);
    return agent;
  },
  { state: async () => ({}), ask: async () => {}, confirm: async () => undefined },
  ['10.77.0.1'],
);

it.each([
  [{ kind: 'freeze-outbound', server: 'mx1' }, { plan: expect.any(Function) }],
  [{ kind: 'clean-queue', server: 'mx3', selection: { sender: '' } }, { plan: expect.any(Function) }],
  [{ kind: 'freeze-outbound', server: 'ex1' }, { plan: expect.any(Function) }],
  [{ kind: 'clean-queue', server: 'ex1', selection: { sender: '' } }, { plan: expect.any(Function) }],
  [{ kind: 'clean-queue', server: 'sm1', selection: { sender: '' } }, { remedy: expect.stringContaining('by hand') }],
  [{ kind: 'freeze-outbound', server: 'sm1' }, { plan: expect.any(Function) }],
  [{ kind: 'freeze-outbound', server: 'mx9' }, { remedy: 'say one of mx1, mx2, mx3, ex1, sm1' }],
] satisfies readonly (readonly [MeasureOrder, object])[])(
  'finds the driver of %j, or says what to do',
  (order, found) => {
    expect(drivers.find(order)).toMatchObject(found);
  },
);

it('gives what is reached through an agent to that agent', () => {
  const found = drivers.find({ kind: 'freeze-outbound', server: 'mx2' });
  expect(found).toBe(agents.get('mx2'));
});

it('says of a block for everyone that the alarm’s own mail is held, where it leaves through a server behind that firewall', async () => {
  const says = async (firewall: string, who: 'everyone' | 'all-but-mail-servers'): Promise<string> => {
    const order: MeasureOrder = { kind: 'block-port-25', firewall, who, submissionToo: false };
    const driver = drivers.find(order);
    if ('refused' in driver) throw new Error(driver.refused);
    return (await driver.plan(order, 'tq1')).blastRadius.map(plain).join('\n');
  };
  expect(await says('gw', 'everyone')).toContain("the pager's mail leaves through mx1 behind it, and is held");
  expect(await says('branch', 'everyone')).not.toContain('pager');
});

it('says of the plug that the bot would find no names, where it asks somebody for them who is cut off too; through an agent as well', async () => {
  const says = async (firewall: string): Promise<string> => {
    const order: MeasureOrder = { kind: 'unplug', firewall, leaseMinutes: 30 };
    const driver = drivers.find(order);
    if ('refused' in driver) throw new Error(driver.refused);
    return (await driver.plan(order, 'tq1')).blastRadius.map(plain).join('\n');
  };
  expect(await says('far')).toMatch(/the bot asks 10\.77\.0\.1 for names[^]*put 10\.77\.0\.1 under keep too/);
  expect(await says('far')).toContain("the pager's mail leaves through mx1 behind it");
  expect(await says('kept')).not.toContain('for names');
  expect(await says('open'), 'the bot is not kept connected at all').not.toContain('for names');
});
