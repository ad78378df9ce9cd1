/** The drill's resolver, audit log and mail server keep the contracts that the real ones keep. */
import { describe } from 'vitest';
import { makeAuditLog } from '../../../adapters/simulated/audit-log.ts';
import { makeVirtualClock } from '../../../adapters/simulated/clock.ts';
import { foundCompany } from '../../../adapters/simulated/company.ts';
import type { Company } from '../../../adapters/simulated/company.ts';
import { openMailServers } from '../../../adapters/simulated/mail-ports.ts';
import { makeRandom } from '../../../adapters/simulated/random.ts';
import { makeResolver } from '../../../adapters/simulated/resolver.ts';
import { readScenarios } from '../../../adapters/simulated/scenario.ts';
import { keepsTheAuditContract } from '../../contracts/audit-log.ts';
import { keepsTheMailServerContract } from '../../contracts/mail-server.ts';
import { keepsTheResolverContract } from '../../contracts/resolver.ts';

function found(text: string): Company {
  const [scenario] = readScenarios(text, 'plain');
  if (!scenario) throw new Error('There is no scenario.');
  return foundCompany(scenario, makeRandom(1), makeVirtualClock(1_800_000_000_000));
}

describe('the resolver of a drill', () => {
  keepsTheResolverContract(async () => {
    const company = found('{name: listed, title: t, cause: healthy, traps: [minor-listing, dead-list], expert: [e]}');
    const { clock, lists, publicAddress, random } = company;
    const reversed = publicAddress.split('.').toReversed().join('.');
    return {
      resolver: makeResolver({ clock, random: random.stream('names'), lists, publicAddress }),
      listed: { name: `${reversed}.gossip.lists.example`, code: '127.0.0.2', reason: 'bad name' },
      missing: '1.0.0.127.gossip.lists.example',
      silent: { name: `${reversed}.${lists.silent ?? ''}`, type: 'A' },
      carry: (work) => clock.carry(work),
      stop: async () => {},
    };
  });
});

describe('the audit log of a drill', () => {
  keepsTheAuditContract(() => {
    const log = makeAuditLog(makeVirtualClock(1_800_000_000_000));
    return {
      log,
      away: (places) => log.away(places),
      tamper: (index) => log.tamper(index),
      count: () => log.entries.length,
      clean: () => {},
    };
  });
});

describe('the mail server of a drill', () => {
  keepsTheMailServerContract(
    async () => {
      const company = found(
        '{name: stuck, title: t, cause: configuration-error, trouble: [{kind: broken, part: route}], expert: [e]}',
      );
      const { clock, mail } = company;
      mail.breaks('route');
      const server = openMailServers(company).find('mx1');
      if (!server) throw new Error('There is no mx1.');
      return {
        mta: 'postfix',
        waiting: 'deferred',
        server: {
          ...server,
          envelopes: (ids, deadlineMs) => clock.carry(server.envelopes(ids, deadlineMs)),
          listing: (deadlineMs) => carried(server.listing(deadlineMs), (work) => clock.carry(work)),
        },
        now: () => clock.now(),
        send: async (sender, recipients) => {
          for (const recipient of recipients)
            mail.take({
              sender,
              recipient,
              nature: 'legitimate',
              fate: 'taken',
              from: { kind: 'client', address: '10.20.0.9' },
            });
        },
        state: async () => JSON.stringify([...mail.queue.values()]),
        stop: async () => {},
      };
    },
    { reasons: /^connect to <host>: /, goneId: 'ABCDEF1234', perRecipient: true },
  );
});

async function* carried<T>(source: AsyncIterable<T>, carry: <R>(work: Promise<R>) => Promise<R>): AsyncGenerator<T> {
  const steps = source[Symbol.asyncIterator]();
  for (let step = await carry(steps.next()); step.done !== true; step = await carry(steps.next())) yield step.value;
}
