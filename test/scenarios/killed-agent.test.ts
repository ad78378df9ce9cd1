/**
 * The agent killed by -9 at every boundary of every measure on a gateway, enumerated on a real kernel. `npm test` does the
 * block alone (the others' boundaries are the contract's, by a simulated death); `npm run soak:deaths` does all.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import { inSoakAlone, survivesDeaths } from '../contracts/killed-agent.ts';
import { startBox } from '../lab/box.ts';
import type { Box } from '../lab/box.ts';
import { describeLab } from '../lab/packages.ts';
import { openKilledAgent } from '../support/killed-agent.ts';
import type { KilledAgent } from '../support/killed-agent.ts';

const CONFIG = 'firewalls: [{ name: gateway, kind: nftables, reach: agent, outside: [wan0] }]\n';

describeLab('an agent on a gateway, killed at every boundary', { sets: ['net'], root: true }, () => {
  let box: Box;
  let agent: KilledAgent;
  beforeAll(async () => {
    box = await startBox({ name: 'gateway', sets: ['net'] });
    await box.must(['ip', 'link', 'add', 'wan0', 'type', 'bridge']);
    await box.must(['ip', 'link', 'set', 'wan0', 'up']);
    agent = openKilledAgent(box, 'gateway', CONFIG);
  });
  afterAll(async () => {
    agent.stop();
    await box.stop();
  });

  it.each<MeasureOrder>([
    { kind: 'block-port-25', firewall: 'gateway', who: 'everyone', submissionToo: false },
    ...inSoakAlone<MeasureOrder>(
      { kind: 'unplug', firewall: 'gateway', leaseMinutes: 30 },
      { kind: 'quarantine-host', firewall: 'gateway', address: '10.77.0.11' },
    ),
  ])('$kind goes on, or is taken back to the byte', async (order) => {
    const rules = async (): Promise<string> =>
      (await box.must(['nft', '-s', 'list', 'ruleset'])).replaceAll(/ expires \w+/g, '');
    expect(await survivesDeaths(agent, order, rules)).toBe(5);
  });
});
