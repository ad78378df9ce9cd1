/** The drill's devices keep the contract that the real ones keep. */
import { describe, expect, it } from 'vitest';
import { makeVirtualClock } from '../../../adapters/simulated/clock.ts';
import { foundCompany } from '../../../adapters/simulated/company.ts';
import type { Company } from '../../../adapters/simulated/company.ts';
import type { Device } from '../../../adapters/simulated/device.ts';
import { PLUG, PORT_25 } from '../../../adapters/simulated/gateway.ts';
import { openMailMeasures } from '../../../adapters/simulated/mail-measures.ts';
import { makeRandom } from '../../../adapters/simulated/random.ts';
import { readScenarios } from '../../../adapters/simulated/scenario.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';

const PLAIN = '{name: plain, title: t, cause: authenticated-relay, trouble: [{kind: stolen-login}], expert: [e]}';

function found(): Company {
  const [scenario] = readScenarios(PLAIN, 'plain');
  if (!scenario) throw new Error('There is no scenario.');
  return foundCompany(scenario, makeRandom(1), makeVirtualClock(1_800_000_000_000));
}

function rig(
  order: MeasureOrder,
  choose: (company: Company) => { device: Device; open: (host: Host) => MeasureDriver; file: string },
) {
  return async () => {
    const company = found();
    const { device, open, file } = choose(company);
    const before = device.says(file);
    // The devices wait on the company's own clock: it is carried while the contract waits.
    const host: Host = {
      lines: (argv, limits) => device.lines(argv, limits),
      run: (argv, how) => company.clock.carry(device.run(argv, how)),
    };
    return {
      host,
      order,
      open,
      world: async () =>
        device
          .files()
          .map((each) => `${each}: ${device.says(each) ?? ''}`)
          .join(''),
      meddle: async () => device.byHand(file, `# ${device.says(file) ?? ''}`),
      mend: async () => device.byHand(file, before),
      stop: async () => {},
    };
  };
}

const gateway = (file: string) => (company: Company) => ({
  device: company.gateway.device,
  open: (host: Host) => company.gateway.driver(host),
  file,
});
const mail = (file: string) => (company: Company) => {
  for (let each = 0; each < 3; each += 1)
    company.mail.take({
      sender: 'a@widgets.example',
      recipient: `b${each}@other.example`,
      nature: 'spam',
      fate: 'refused',
      from: { kind: 'login', account: 'administrator', address: '198.51.100.20' },
    });
  return { device: company.mail.device, open: (host: Host) => openMailMeasures(company, host), file };
};

describe('block-port-25 on the drill’s gateway', () => {
  keepsTheMeasureContract(
    rig({ kind: 'block-port-25', firewall: 'gw', who: 'everyone', submissionToo: false }, gateway(PORT_25)),
  );
});
describe('unplug on the drill’s gateway', () => {
  keepsTheMeasureContract(rig({ kind: 'unplug', firewall: 'gw', leaseMinutes: 30 }, gateway(PLUG)));
});
describe('quarantine-host on the drill’s gateway', () => {
  keepsTheMeasureContract(
    rig({ kind: 'quarantine-host', firewall: 'gw', address: '10.20.0.23' }, gateway('rules/host-10.20.0.23')),
  );
});
describe('freeze-outbound on the drill’s mail server', () => {
  keepsTheMeasureContract(rig({ kind: 'freeze-outbound', server: 'mx1' }, mail('way-out')));
});
describe('reroute on the drill’s mail server', () => {
  keepsTheMeasureContract(rig({ kind: 'reroute', server: 'mx1' }, mail('way-out')));
});
describe('disable-account on the drill’s mail server', () => {
  keepsTheMeasureContract(
    rig({ kind: 'disable-account', server: 'mx1', account: 'administrator' }, mail('accounts/administrator')),
  );
});
describe('clean-queue on the drill’s mail server', () => {
  keepsTheMeasureContract(
    rig(
      { kind: 'clean-queue', server: 'mx1', selection: { account: 'administrator' } },
      mail('removed/account=administrator'),
    ),
  );
});

describe('a device of the drill', () => {
  it('ends a lease by its own timer, though nobody speaks to it', async () => {
    const company = found();
    const { device } = company.gateway;
    await company.clock.carry(
      device.run(['put', PLUG, '60'], { deadlineMs: 1000, fence: 1, input: 'drop all  # tq1\n' }),
    );
    expect(company.gateway.passage('10.20.0.20')).toBe('plugged');
    await company.clock.pass(60_001);
    expect(company.gateway.passage('10.20.0.20')).toBe('open');
    expect(device.acts.at(-1)).toMatchObject({ by: 'timer', file: PLUG });
  });

  it('loses a command, or its answer, where it is told to, and the one who waits never knows which', async () => {
    const company = found();
    const { device } = company.gateway;
    for (const [kind, happened] of [
      ['command-lost', false],
      ['reply-lost', true],
    ] as const) {
      device.behave(() => ({ kind }));
      const told = company.clock.carry(device.run(['put', kind], { deadlineMs: 1000, fence: 1, input: 'x\n' }));
      await expect(told).rejects.toThrow('gw did not answer within 1 s');
      expect(device.says(kind) !== undefined).toBe(happened);
    }
  });
});
