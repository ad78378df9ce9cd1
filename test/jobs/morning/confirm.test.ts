/** Whether a new listing may wake anybody. */
import { afterEach, expect, it } from 'vitest';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { confirmNew } from '../../../jobs/morning/confirm.ts';
import type { Blocklist } from '../../../src/domain/blocklists/blocklist.ts';
import type { ListNews } from '../../../src/domain/blocklists/compare.ts';
import type { Opinion } from '../../../src/ports/second-opinion.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { Asked, MisbehavingServer } from '../../support/misbehaving-dns.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import { list } from '../../support/verdicts.ts';

const servers: MisbehavingServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** `isListed`: what the list says of the address; its own test entries are right. */
async function confirmed(
  isListed: (asked: Asked) => boolean,
  others: Opinion,
  news: Partial<ListNews> = {},
  asks: Blocklist = list('bl.test'),
): Promise<{ readonly lists: readonly string[]; readonly asked: number }> {
  const server = await startMisbehaving(
    {
      'bl.test': (asked) => {
        const isTest = asked.name.startsWith('2.0.0.127.') || asked.name === 'test.bl.test';
        const isYes = isTest || (!/\.127\.|^invalid\./.test(asked.name) && isListed(asked));
        return [reply(asked, isYes && asked.type === 'A' ? [a(asked.name, '127.0.0.2')] : [])];
      },
    },
    true,
  );
  servers.push(server);
  let asked = 0;
  const resolver = openResolver([readServer(server.address)]);
  const lists = await confirmNew(
    {
      ...sweepWorld(resolver),
      catalogue: { read: async () => ({ lists: [asks], left: [] }) },
      secondOpinion: {
        confirm: async () => {
          asked += 1;
          return others;
        },
      },
    },
    { appeared: [{ list: 'bl.test', weight: 'high', nature: 'abuse', subjects: ['192.0.2.7'], ...news }] },
  );
  resolver.close();
  return { lists, asked };
}

it('is confirmed where a second sample of ours and the others say it again', async () => {
  expect(await confirmed(() => true, 'confirmed')).toEqual({ lists: ['bl.test'], asked: 1 });
});

it('is confirmed the same where it is about a domain', async () => {
  const news = { subjects: ['a.example'] };
  const names = list('bl.test', 'kind: domain');
  expect(await confirmed(() => true, 'confirmed', news, names)).toEqual({ lists: ['bl.test'], asked: 1 });
  expect(await confirmed(() => true, 'unconfirmed', news, names)).toEqual({ lists: [], asked: 1 });
  expect(await confirmed(() => false, 'confirmed', news, names)).toEqual({ lists: [], asked: 0 });
});

it.each<readonly [string, boolean, Opinion, Partial<ListNews>, number]>([
  ['our own second sample does not see it any more', false, 'confirmed', {}, 0],
  ['the others do not see it', true, 'unconfirmed', {}, 1],
  ['it is a list of low weight, which wakes nobody', true, 'confirmed', { weight: 'low' }, 0],
  ['it is a policy', true, 'confirmed', { nature: 'policy' }, 0],
  ['it is about a domain, which a list of addresses does not cover', true, 'confirmed', { subjects: ['a.example'] }, 0],
  ['the list is in no catalogue any more', true, 'confirmed', { list: 'gone.test' }, 0],
])('is not where %s', async (_what, still, others, news, asked) => {
  expect(await confirmed(() => still, others, news)).toEqual({ lists: [], asked });
});
