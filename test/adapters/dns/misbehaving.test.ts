/** The conformance rows that no real server can be told to produce. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dnsPacket from 'dns-packet';
import { afterAll, expect, it } from 'vitest';
import { systemResolvers } from '../../../adapters/dns/resolv-conf.ts';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { sweep } from '../../../jobs/blocklists/sweep.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { Asked, Behaviour, MisbehavingServer, Reply } from '../../support/misbehaving-dns.ts';
import { dnsblSays, documented, documentedRows, printMatrix } from '../../support/matrix.ts';
import type { MatrixRow } from '../../support/matrix.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import { LISTED, OTHER, ask, list, short, subject } from '../../support/verdicts.ts';

/** The list's own test points answer rightly; the subject gets what the row says. */
function proved(rest: Behaviour): Behaviour {
  return (asked) => {
    if (asked.name.startsWith('2.0.0.127.'))
      return [reply(asked, asked.type === 'A' ? [a(asked.name, '127.0.0.2')] : [])];
    if (asked.name.startsWith('1.0.0.127.')) return [reply(asked)];
    return rest(asked);
  };
}

const listing = (asked: Asked): Reply => reply(asked, asked.type === 'A' ? [a(asked.name, '127.0.0.2')] : []);
const without = (asked: Asked): readonly Reply[] => [
  { ...reply(asked), packet: { ...reply(asked).packet, id: (asked.id + 1) % 65_536 } },
];

const TESTS = join(import.meta.dirname, '../..');
const matrix: MatrixRow[] = [];
afterAll(() => printMatrix(matrix));

it.each<readonly [number, string, Behaviour, boolean, right: string, tempting: string]>([
  [
    9,
    'a reply after the deadline is credited to nobody',
    proved((asked) => [{ ...listing(asked), afterMs: 3000 }]),
    true,
    'unknown timeout',
    'listed, or credited to another',
  ],
  [
    11,
    'truncated, and TCP is refused',
    proved((asked) => [reply(asked, [], { rcode: 'NOERROR', flags: 0x0380 | 0x0200 })]),
    false,
    'unknown network',
    'clear',
  ],
  [
    22,
    'an alias that leads to a listing',
    proved((asked) => [
      reply(
        asked,
        asked.type === 'A'
          ? [{ type: 'CNAME', name: asked.name, ttl: 60, data: 'real.bl.test' }, a('real.bl.test', '127.0.0.4')]
          : [],
      ),
    ]),
    true,
    'listed abuse 127.0.0.4',
    'clear',
  ],
  [
    24,
    'NXDOMAIN that carries data',
    proved((asked) => [reply(asked, [a(asked.name, '127.0.0.2')], { rcode: 'NXDOMAIN' })]),
    true,
    'unknown malformed',
    'clear',
  ],
  [
    25,
    'a wrong id before the right reply',
    proved((asked) => [...without(asked), listing(asked)]),
    true,
    'listed abuse 127.0.0.2',
    'clear',
  ],
  [25, 'nothing but a wrong id', proved(without), true, 'unknown timeout', 'listed'],
  [
    25,
    'the reply to another question',
    proved((asked) => [reply({ ...asked, name: 'other.bl.test' }, [a('other.bl.test', '127.0.0.2')])]),
    true,
    'unknown timeout',
    'listed',
  ],
  [
    26,
    'data of another owner',
    proved((asked) => [reply(asked, [a('9.9.9.9.bl.test', '127.0.0.2')])]),
    true,
    'unknown malformed',
    'listed',
  ],
  [
    27,
    'a question that comes back in other letters',
    proved((asked) => [
      reply(
        { ...asked, name: asked.name.toUpperCase() },
        asked.type === 'A' ? [a(asked.name.toUpperCase(), '127.0.0.2')] : [],
      ),
    ]),
    true,
    'listed abuse 127.0.0.2',
    'a false timeout',
  ],
  [
    41,
    'a reply from another port',
    proved((asked) => [
      { ...reply(asked, [a(asked.name, '127.0.0.2')]), fromElsewhere: true },
      { ...reply(asked), afterMs: 50 },
    ]),
    true,
    'clear',
    'listed',
  ],
])('row %i: %s', async (row, title, behaviour, tcp, right, tempting) => {
  const server: MisbehavingServer = await startMisbehaving({ 'odd.bl.test': behaviour }, tcp);
  const [finding] = await ask(server.address, [list('odd.bl.test')], LISTED);
  const ours = short(finding);
  const dnsbl = await dnsblSays(server.address, 'odd.bl.test', LISTED, right);
  const seen: MatrixRow = { row, behaviour: title, right, tempting, ours, dnsbl };
  matrix.push(seen);
  await server.stop();
  expect(ours).toBe(right);
  expect(documentedRows()).toContain(documented(seen));
});

it.each<readonly [string, readonly number[], 'bare' | 'followed']>([
  ['three octets at the end', [127, 0, 0], 'bare'],
  ['three octets, and more after them', [127, 0, 0], 'followed'],
  ['five octets', [127, 0, 0, 2, 0], 'bare'],
  ['none', [], 'followed'],
])('an address of %s is malformed, and neither a code nor a silence', async (_what, data, where) => {
  const server = await startMisbehaving(
    { 'odd.bl.test': proved((asked) => [{ ...reply(asked), wire: addressOf(asked, data, where) }]) },
    true,
  );
  const [finding] = await ask(server.address, [list('odd.bl.test')], LISTED);
  await server.stop();
  expect(short(finding)).toBe('unknown malformed');
});

/** A reply with one A record of these octets, and an OPT record after it. */
function addressOf(asked: Asked, data: readonly number[], where: 'bare' | 'followed'): Buffer {
  const wire = dnsPacket.encode(reply(asked, [a(asked.name, '127.0.0.2')]).packet);
  const opt = where === 'bare' ? [] : [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
  const odd = Buffer.concat([wire.subarray(0, -6), Buffer.from([0, data.length, ...data, ...opt])]);
  odd.writeUInt16BE(where === 'bare' ? 0 : 1, 10);
  return odd;
}

it('the page names all 45 rows, and each that is no single answer by a test of that number', () => {
  const named = documentedRows().flatMap((line) => {
    const [, row, last] = /^\| (\d+) \|.*\| (\S.*) \|$/.exec(line) ?? [];
    return row === undefined || last === undefined ? [] : [{ row: Number(row), last }];
  });
  expect([...new Set(named.map(({ row }) => row))].toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 45 }, (_, index) => index + 1),
  );
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' });
  for (const { row, last } of named.filter((each) => each.last.endsWith('.test.ts'))) {
    const texts = files
      .filter((file) => file.endsWith(`/${last}`))
      .map((file) => readFileSync(join(TESTS, file), 'utf8'));
    expect([row, texts.some((text) => new RegExp(`['\\s]row ${row}: `).test(text))]).toEqual([row, true]);
  }
});

it.each([
  ['0', 0, 1],
  ['2^31', 2 ** 31, 86_400],
  ['a minute', 60, 60],
])('row 39: a time to live of %s is kept within bounds, of an answer and of none', async (_what, ttl, kept) => {
  const soa = { mname: 'ns.test', rname: 'a.test', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: ttl };
  const server = await startMisbehaving(
    {
      'bl.test': (asked) =>
        asked.name.startsWith('2.')
          ? [reply(asked, [a(asked.name, '127.0.0.2', ttl)])]
          : [reply(asked, [], { authorities: [{ type: 'SOA', name: 'bl.test', ttl: 2 ** 31, data: soa }] })],
    },
    true,
  );
  const resolver = openResolver([readServer(server.address)]);
  const replies = await Promise.all(['2.bl.test', '1.bl.test'].map((name) => resolver.ask({ name, type: 'A' }, 2000)));
  expect(replies).toMatchObject([
    { kind: 'answer', rcode: 'NOERROR', ttl: kept },
    { kind: 'answer', rcode: 'NXDOMAIN', ttl: kept },
  ]);
  resolver.close();
  await server.stop();
});

it('row 40: no answer outlives the sweep: a resolver that was refused and is mended is believed at once', async () => {
  let mended = false;
  const server = await startMisbehaving(
    {
      'odd.bl.test': (asked) =>
        mended ? proved((each) => [reply(each)])(asked) : [reply(asked, [a(asked.name, '127.255.255.254', 2100)])],
    },
    true,
  );
  const said = async (): Promise<string> => short((await ask(server.address, [list('odd.bl.test')], OTHER))[0]);
  expect(await said()).toBe('unknown blocked-resolver');
  mended = true;
  expect(await said()).toBe('clear');
  await server.stop();
});

it('row 35: the system’s resolvers are read without their search domains', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tq-resolv-'));
  const file = join(folder, 'resolv.conf');
  writeFileSync(
    file,
    '# by hand\nsearch wild.test corp.test\noptions ndots:5\nnameserver 192.0.2.53\nnameserver 2001:db8::53%eth0\nnameserver nonsense\n',
  );
  expect(systemResolvers(file).map((each) => each.name)).toEqual(['192.0.2.53:53', '[2001:db8::53]:53']);
  expect(systemResolvers(join(folder, 'missing')).map((each) => each.name)).toEqual(['127.0.0.1:53']);
  rmSync(folder, { recursive: true, force: true });
});

it('row 28: a huge, binary, hostile reason is bounded and does not cost the listing', async () => {
  const huge = Buffer.concat([
    Buffer.from([0xff, 0x00, 0x1b]),
    Buffer.from('<!channel> https://evil.example @here '.repeat(100)),
  ]);
  const chunks = Array.from({ length: Math.ceil(huge.length / 200) }, (_, index) =>
    huge.subarray(index * 200, index * 200 + 200),
  );
  const server = await startMisbehaving(
    {
      'odd.bl.test': proved((asked) => {
        if (asked.type === 'A') return [listing(asked)];
        if (asked.over === 'udp') return [reply(asked, [], { rcode: 'NOERROR', flags: 0x0380 | 0x0200 })];
        return [reply(asked, [{ type: 'TXT', name: asked.name, ttl: 60, data: chunks }])];
      }),
    },
    true,
  );
  const [finding] = await ask(server.address, [list('odd.bl.test')], LISTED);
  expect(short(finding)).toBe('listed abuse 127.0.0.2');
  expect(finding?.reason?.length).toBeLessThanOrEqual(2000);
  expect(finding?.reason).toContain('<!channel>');
  await server.stop();
});

it('row 37: with no network every list is unknown, and none is clear', async () => {
  const findings = await ask(
    '127.0.0.1:1',
    ['a', 'b', 'c'].map((name) => list(`${name}.bl.test`)),
    OTHER,
  );
  expect(findings.map((finding) => finding.verdict.state)).toEqual(['unknown', 'unknown', 'unknown']);
});

it('a dead list costs one timeout, not one per address', async () => {
  const server = await startMisbehaving(
    { 'dead.bl.test': () => [], 'good.bl.test': proved((asked) => [reply(asked)]) },
    true,
  );
  const resolver = openResolver([readServer(server.address)]);
  const subjects = Array.from({ length: 50 }, (_, index) => subject(`192.0.2.${index}`));
  const findings = await sweep(
    { subjects, lists: [list('dead.bl.test'), list('good.bl.test')], questionMs: 1500, wholeMs: 20_000 },
    sweepWorld(resolver),
  );
  const asked = new Set(server.asked.map((each) => each.name).filter((name) => name.endsWith('.dead.bl.test')));
  // All three at once, and nothing after them.
  expect([...asked].toSorted()).toEqual(['0.2.0.192', '1.0.0.127', '2.0.0.127'].map((name) => `${name}.dead.bl.test`));
  expect(findings.every((row) => short(row[0]) === 'unknown timeout' && short(row[1]) === 'clear')).toBe(true);
  resolver.close();
  await server.stop();
});
