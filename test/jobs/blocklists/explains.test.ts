/** What a check says of each listing beyond that it is one. */
import { afterEach, expect, it } from 'vitest';
import { renderSlack } from '../../../adapters/chat/slack/render/render.ts';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import type { Answer } from '../../../jobs/answer.ts';
import type { Change } from '../../../src/domain/blocklists/history.ts';
import type { Subject } from '../../../src/domain/blocklists/query-name.ts';
import type { Opinion } from '../../../src/ports/second-opinion.ts';
import { checkOnce } from '../../support/check-once.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { Asked, Behaviour, MisbehavingServer } from '../../support/misbehaving-dns.ts';
import { list, subject } from '../../support/verdicts.ts';

const WHO = '203.0.113.7';
const ASKED = `${WHO} --any-address`;
const servers: MisbehavingServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** Lists WHO with `code` while `listed` says so; its test entry always. */
async function listing(code = '127.0.0.4', listed: (asked: Asked) => boolean = () => true): Promise<string> {
  const behaviour: Behaviour = (asked) => {
    if (asked.type !== 'A') return [reply(asked)];
    if (asked.name.startsWith('2.0.0.127.')) return [reply(asked, [a(asked.name, '127.0.0.2')])];
    return [reply(asked, asked.name.startsWith('7.113.0.203.') && listed(asked) ? [a(asked.name, code)] : [])];
  };
  const server = await startMisbehaving({ 'bl.test': behaviour, invalid: (asked) => [reply(asked)] }, true);
  servers.push(server);
  return server.address;
}

const inWords = (answer: Answer, width = 100): string =>
  renderText(answer.message, { colour: false, width, unfolded: true }).text;
const listsOf = (answer: Answer): readonly Record<string, unknown>[] =>
  (answer.data as { subjects: { lists: Record<string, unknown>[] }[] }).subjects[0]?.lists ?? [];

it('since when, from what is remembered, and with --since a sign for each day', async () => {
  const day = 86_400_000;
  const today = Date.UTC(2026, 10, 24, 7, 30);
  const changes: readonly Change[] = [
    { at: today - 6 * day, state: 'clear', codes: [] },
    { at: today - 2 * day, state: 'listed', codes: ['127.0.0.4'] },
  ];
  const remembered = new Map([['bl.test', changes]]);
  const answer = await checkOnce(await listing(), [list('bl.test')], `${ASKED} --since 7`, {
    listingHistory: { read: async () => remembered, note: async () => remembered },
    clock: { now: () => today, monotonic: () => performance.now(), wait: () => Promise.resolve() },
  });
  expect(listsOf(answer)[0]).toMatchObject({ since: '2026-11-22T07:30:00.000Z' });
  const said = inWords(answer);
  expect(said).toContain('bl.test  infected (high, since 2026-11-22)');
  expect(said).toMatch(/Changed within 7 days .*\n.*\n +203\.0\.113\.7 +bl\.test +····###$/m);
});

it('is confirmed only where a second sample of ours and the others say it too', async () => {
  const asked: string[] = [];
  const confirm = async (about: Subject): Promise<Opinion> => {
    asked.push(about.kind === 'ip' ? about.ip.text : about.domain);
    return 'confirmed';
  };
  const over = { secondOpinion: { confirm } };
  const stays = await checkOnce(await listing(), [list('bl.test')], `${ASKED} --confirm`, over);
  expect(listsOf(stays)[0]).toMatchObject({ secondOpinion: 'confirmed' });
  expect(inWords(stays)).toContain('infected (high, confirmed)');
  const once = await listing('127.0.0.4', ({ times }) => times === 1);
  const goes = await checkOnce(once, [list('bl.test')], `${ASKED} --confirm`, over);
  expect(listsOf(goes)[0]).toMatchObject({ state: 'listed', secondOpinion: 'unconfirmed' });
  expect(asked).toEqual([WHO]);
});

it('with the age of the proof, where an earlier one stands in for a test entry that is slow', async () => {
  const at = Date.now() - 90_000;
  const address = await listing();
  const proof = { positive: 'listed', negative: 'silent', at, resolver: address } as const;
  const slow = await startMisbehaving(
    { 'bl.test': (asked) => (asked.name.includes('.127.') ? [] : [reply(asked)]) },
    true,
  );
  servers.push(slow);
  const answer = await checkOnce(slow.address, [list('bl.test')], ASKED, {
    listProofs: { holdMs: 600_000, read: async () => new Map([['bl.test/4', proof]]), note: async () => {} },
  });
  expect(listsOf(answer)[0]).toMatchObject({ state: 'clear', proofAgeSeconds: expect.closeTo(93, -1) });
  expect(inWords(answer)).toContain('Test entry slow just now; believed by a proof of 2 min ago at most: bl.test.');
});

it('names the components that were not asked beside their whole', async () => {
  const lists = [list('bl.test'), list('part.bl.test', 'duplicateOf: bl.test')];
  const [whole, ...others] = listsOf(await checkOnce(await listing(), lists, ASKED));
  expect([whole, others]).toMatchObject([{ zone: 'bl.test', includes: ['part.bl.test'] }, []]);
});

it('names the resolver that said it, where several are asked', async () => {
  const address = await listing();
  const [two] = listsOf(await checkOnce(['127.0.0.1:1', address], [list('bl.test')], ASKED));
  expect(two).toMatchObject({ state: 'listed', resolver: address });
  const [one] = listsOf(await checkOnce(address, [list('bl.test')], ASKED));
  expect(one).not.toHaveProperty('resolver');
});

it('of a policy says that there is no leak to wait for; of abuse, at a configured site, offers triage', async () => {
  const site = { name: 'hq', addresses: [], domains: [], servers: [], timezone: 'UTC' };
  const who = subject(WHO);
  const sites = {
    names: ['hq'],
    servers: [],
    subjects: () => [],
    find: () => ({ ...site, addresses: who.kind === 'ip' ? [who.ip] : [] }),
  };
  const policy = inWords(await checkOnce(await listing('127.0.0.10'), [list('bl.test')], ASKED, { sites }));
  expect(policy).toContain('dynamic (high, a policy, not abuse)');
  expect(policy).toContain('Next: mend what the list names, then ask for removal at its page. It is the moment');
  expect(policy).not.toContain('→ triage');
  const abuse = inWords(await checkOnce(await listing(), [list('bl.test')], ASKED, { sites }));
  expect(abuse).toContain('Don’t ask for removal yet');
  expect(abuse).toContain('→ triage hq');
});

it('of a range has a row for each that is listed; the many of whom nothing is known share one, the reason is told once', async () => {
  const lists = [list('bl.test'), list('refused.test')];
  const said = inWords(await checkOnce(await listing(), lists, '203.0.113.0/28 --any-address'), 120);
  expect(said).toContain('16 checked: 1 listed, 0 clear, 15 unknown');
  const rows = said.split('\n').filter((line) => /^ {2}203\./.test(line));
  expect(rows).toEqual([
    expect.stringMatching(/^ {2}203\.0\.113\.7 +listed +bl\.test$/),
    expect.stringMatching(/^ {2}203\.0\.113\.0, 203\.0\.113\.1, 203\.0\.113\.2 … 12 more +unknown +no listing found$/),
  ]);
  expect(said.match(/refused\.test/g)).toHaveLength(1);
});

it('gives the page for removal in Slack whole, however much the list says', async () => {
  const removal = 'https://example.test/remove-this-address-from-the-list';
  const long =
    'a list that has much to say of whom it lists, and why, and since when, and what to look at first. '.repeat(4);
  const hinting = list('bl.test', `removal: "${removal}", codes: {"127.0.0.4": {meaning: infected, hint: "${long}"}}`);
  const answer = await checkOnce(await listing(), [hinting], ASKED);
  expect(JSON.stringify(renderSlack(answer.message, 'key').blocks)).toContain(removal);
});

it('fits a telephone: no line is longer than 42 columns, but for a name or a page that is', async () => {
  const answer = await checkOnce(await listing(), [list('bl.test', 'removal: "https://example.test/remove"')], ASKED);
  const long = inWords(answer, 42)
    .split('\n')
    .filter((line) => line.length > 42 && line.trim().includes(' '));
  expect(long).toEqual([]);
});
