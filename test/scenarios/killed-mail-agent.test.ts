/**
 * The agent killed by -9 at every boundary of every measure on a mail server, enumerated on a real Postfix. `npm test` does
 * the freeze alone (the others' boundaries are the contract's, by a simulated death); `npm run soak:deaths` does all.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import { inSoakAlone, survivesDeaths } from '../contracts/killed-agent.ts';
import { describeLab } from '../lab/packages.ts';
import { startOffice } from '../lab/postfix-office.ts';
import type { Office } from '../lab/postfix-office.ts';
import { until } from '../lab/process.ts';
import { openKilledAgent } from '../support/killed-agent.ts';
import type { KilledAgent } from '../support/killed-agent.ts';

const CONFIG =
  'servers: [{ name: mx1, mta: postfix, reach: agent, smartHost: { host: 127.0.0.1, port: 2603 }, addresses: [127.0.0.1] }]\n';

describeLab(
  'an agent on a Postfix, killed at every boundary',
  { sets: ['postfix', 'dovecot', 'net'], root: true },
  () => {
    let office: Office;
    let agent: KilledAgent;
    beforeAll(async () => {
      office = await startOffice();
      agent = openKilledAgent(office.box, 'mx1', CONFIG);
    });
    afterAll(async () => {
      agent.stop();
      await office.stop();
    });
    const settings = async (): Promise<string> =>
      office.box.must(['sh', '-c', 'cd /etc/postfix && cat main.cf master.cf && ls -A && postconf -n']);

    it.each<[MeasureOrder, number]>([
      [{ kind: 'freeze-outbound', server: 'mx1' }, 9],
      ...inSoakAlone<[MeasureOrder, number]>(
        [{ kind: 'reroute', server: 'mx1' }, 8],
        [{ kind: 'disable-account', server: 'mx1', account: 'alice' }, 8],
      ),
    ])('%o: goes on, or is taken back to the byte', async (order, deaths) => {
      expect(await survivesDeaths(agent, order, settings)).toBe(deaths);
    });

    it.each(inSoakAlone('spammer@example.test'))(
      'cleaning the queue of %s goes on, or gives every message back',
      async (spammer) => {
        const { box } = office;
        await box.must(['postconf', '-e', 'relayhost = [127.0.0.1]:2699']);
        await box.must(['postfix', 'reload']);
        for (const sender of [spammer, spammer, 'alice@example.test']) await office.send(sender, ['b@far.test']);
        const listing = (): Promise<string> => box.must(['postqueue', '-j']);
        await until(async () => (await listing()).split('"deferred"').length === 4, 20_000, 'all to be deferred');
        const queue = async (): Promise<string> => {
          const lines = (await listing())
            .replaceAll(/"queue_name": "\w+", |, "delay_reason": "[^"]*"/g, '')
            .split('\n');
          const saved = await box.must(['sh', '-c', 'find /var/spool -path "*-tourniquet/*" | sort']);
          return `${lines.toSorted().join('\n')}\n${saved}`;
        };
        const order = { kind: 'clean-queue', server: 'mx1', selection: { sender: spammer } } as const;
        expect(await survivesDeaths(agent, order, queue)).toBe(16);
      },
      200_000,
    );
  },
);
