/**
 * `check --json` as an outside program sees it: odd lists in the catalogue's form, one table of what each says of whom.
 * Few processes, many cells; a cell is `state nature codes`, or `unknown why`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDnsdist, startRbldnsd } from '../lab/dns.ts';
import type { DnsServer, RblServer } from '../lab/dns.ts';
import { describeLab } from '../lab/packages.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot, Outcome } from '../support/bot.ts';

const A = '203.0.113.7';
const B = '203.0.113.8';
const V6 = '2001:db8::25';
const CODES =
  'codes: {"127.0.0.2": {meaning: spam}, "127.0.0.4": {meaning: infected, cause: compromised-workstation}, "127.0.0.10": {meaning: dynamic, nature: policy}, "127.0.0.20": {meaning: new, nature: informational}}';

/** zone -> [entry's further fields, rbldnsd's ip4set, what it says of A, what it says of B]. */
const GOOD = '127.0.0.2 :127.0.0.2:test\n';
const ZONES: Readonly<Record<string, readonly [more: string, data: string, a: string, b: string]>> = {
  plain: [CODES, `${GOOD}${A} :127.0.0.2:x\n`, 'listed abuse 127.0.0.2', 'clear'],
  policy: [CODES, `${GOOD}${A} :127.0.0.10:x\n`, 'listed policy 127.0.0.10', 'clear'],
  info: [CODES, `${GOOD}${A} :127.0.0.20:x\n`, 'listed informational 127.0.0.20', 'clear'],
  bits: [
    'codeMode: bitmask, codes: {"8": {meaning: eight}, "127.0.0.16": {meaning: sixteen}, "bit 64": {meaning: sixtyfour}}, errorCodes: {"127.0.0.1": {meaning: refused, why: blocked-resolver}}, test: {positive: ["127.0.0.2"]}',
    `${GOOD}${A} :127.0.0.80:x\n${B} :127.0.0.1:x\n`,
    'listed abuse 127.0.0.80',
    'unknown blocked-resolver',
  ],
  bitless: [
    'codeMode: bitmask, codes: {"8": {meaning: eight}}',
    `${GOOD}${A} :127.0.0.4:x\n${B} :127.0.0.12:x\n`,
    'unknown unknown-code',
    'listed abuse 127.0.0.12',
  ],
  octets: [
    'codeMode: octet, codes: {"3-5": {meaning: low}, "9": {meaning: nine}}',
    `${GOOD}${A} :127.0.0.5:x\n${B} :127.0.0.6:x\n`,
    'listed abuse 127.0.0.5',
    'unknown unknown-code',
  ],
  odd: [
    CODES,
    `${GOOD}${A} :127.0.0.77:x\n${B} :198.51.100.9:x\n`,
    'unknown unknown-code',
    'unknown not-a-listing-answer',
  ],
  errors: [
    CODES,
    `${GOOD}${A} :127.255.255.254:x\n${B} :127.255.255.255:x\n`,
    'unknown blocked-resolver',
    'unknown query-limit',
  ],
  typo: [CODES, `${GOOD}${A} :127.255.255.252:x\n`, 'unknown bad-query', 'clear'],
  own: [
    `${CODES}, errorCodes: {"127.0.0.99": {meaning: over, why: query-limit}}`,
    `${GOOD}${A} :127.0.0.99:x\n`,
    'unknown query-limit',
    'clear',
  ],
  emptied: [CODES, '', 'unknown dead-list', 'unknown dead-list'],
  silentpoint: [CODES, `${A} :127.0.0.2:x\n`, 'listed abuse 127.0.0.2', 'unknown dead-list'],
  world: [CODES, '0.0.0.0/0 :127.0.0.2:all\n', 'unknown answers-everything', 'unknown answers-everything'],
  negative: [
    CODES,
    `${GOOD}127.0.0.1 :127.0.0.2:wrong\n${A} :127.0.0.2:x\n`,
    'unknown answers-everything',
    'unknown answers-everything',
  ],
  untested: [`${CODES}, test: none`, `${A} :127.0.0.2:x\n`, 'listed abuse 127.0.0.2', 'unknown dead-list'],
  ownpoint: [
    `${CODES}, test: {positive: ["127.0.0.99"], expect: ["127.0.0.99"]}`,
    `127.0.0.99 :127.0.0.99:test\n${A} :127.0.0.2:x\n`,
    'listed abuse 127.0.0.2',
    'clear',
  ],
  sixonly: [`families: [6], ${CODES}`, GOOD, 'not-covered', 'not-covered'],
  refusing: [CODES, `${GOOD}${A} :127.0.0.2:x\n`, 'unknown refused', 'unknown refused'],
  failing: [CODES, `${GOOD}${A} :127.0.0.2:x\n`, 'unknown servfail', 'unknown servfail'],
  silent: [CODES, `${GOOD}${A} :127.0.0.2:x\n`, 'unknown timeout', 'unknown timeout'],
  both: [CODES, `${GOOD}${A} :127.0.0.2:x\n`, 'unknown contradiction', 'clear'],
  several: [CODES, `${GOOD}${A} :127.0.0.2:x\n`, 'listed abuse 127.0.0.2 127.0.0.10', 'clear'],
  cut: [CODES, `${GOOD}${A} :127.0.0.2:x\n`, 'listed abuse 127.0.0.4', 'clear'],
};

interface Row {
  readonly zone: string;
  readonly state: string;
  readonly nature?: string;
  readonly codes?: readonly string[];
  readonly why?: string;
}

function cell(row: Row | undefined): string {
  return [row?.state, row?.nature, ...(row?.codes ?? []), row?.why].filter((part) => part !== undefined).join(' ');
}

describeLab('the contract of check --json', { sets: ['redis', 'dns'] }, () => {
  let rbl: RblServer;
  let dist: DnsServer;
  let bot: Bot;
  beforeAll(async () => {
    rbl = await startRbldnsd({
      ...Object.fromEntries(
        Object.entries(ZONES).map(([name, [, data]]) => [`${name}.bl.test`, [{ type: 'ip4set' as const, data }]]),
      ),
      'world.bl.test': [{ type: 'ip4trie', data: ':127.0.0.2:all\n0.0.0.0/0\n' }],
      'six.bl.test': [{ type: 'ip6trie', data: `::ffff:7f00:2 :127.0.0.2:test\n${V6} :127.0.0.4:x\n` }],
      'names.bl.test': [{ type: 'dnset', data: 'test :127.0.1.2:test\nspam.example :127.0.1.2:x\n' }],
    });
    const zone = (name: string, action: string): string => `addAction(makeRule("${name}.bl.test."), ${action})`;
    const name = (zoneName: string, action: string, more = ''): string =>
      `addAction(AndRule({QNameRule("7.113.0.203.${zoneName}.bl.test")${more}, QTypeRule(DNSQType.A)}), ${action})`;
    dist = await startDnsdist(
      rbl.address,
      [
        zone('refusing', 'RCodeAction(DNSRCode.REFUSED)'),
        zone('failing', 'RCodeAction(DNSRCode.SERVFAIL)'),
        zone('silent', 'DropAction()'),
        name('both', 'SpoofAction({"127.0.0.2", "127.255.255.254"})'),
        name('several', 'SpoofAction({"127.0.0.2", "127.0.0.10"})'),
        name('cut', 'TCAction()', ', TCPRule(false)'),
        name('cut', 'SpoofAction("127.0.0.4")', ', TCPRule(true)'),
        `addAction(AndRule({QNameRule("mail.example"), QTypeRule(DNSQType.A)}), SpoofAction("${A}"))`,
        `addAction(AndRule({QNameRule("mail.example"), QTypeRule(DNSQType.AAAA)}), SpoofAction("${V6}"))`,
        'addAction(QNameRule("inside.example"), SpoofAction("10.1.2.3"))',
      ].join('\n'),
    );
    bot = makeBot();
    write(
      'odd.yaml',
      Object.entries(ZONES).map(([each, [more]]) => `- {zone: ${each}.bl.test, kind: ip, weight: medium, ${more}}`),
    );
    write('plain.yaml', [
      `- {zone: plain.bl.test, kind: ip, families: 4, weight: high, ${CODES}}`,
      `- {zone: policy.bl.test, kind: ip, weight: high, duplicateOf: plain.bl.test, ${CODES}}`,
      `- {zone: six.bl.test, kind: ip, families: [6], weight: high, ${CODES}}`,
      '- {zone: names.bl.test, kind: domain, weight: high, codes: {"127.0.1.2": {meaning: bad name}}}',
      '- {zone: good.bl.test, kind: ip, listType: allow, codes: {}}',
      '- {zone: old.bl.test, kind: ip, status: dead, closedIn: 2019}',
    ]);
  });
  afterAll(async () => {
    await dist.stop();
    await rbl.stop();
    await bot.clean();
  });
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(bot.dataFolder, name), `${lines.join('\n')}\n`);
  const check = (catalogue: string, ...words: string[]): Promise<Outcome> =>
    bot.run(['check', ...words, '--json', '--catalogue', join(bot.dataFolder, catalogue), '--resolver', dist.address]);

  it('reads every odd list as it documents itself', async () => {
    const said = await check('odd.yaml', A, B, '--any-address', '--timeout', '8');
    const { subjects, schema } = JSON.parse(said.out);
    expect(schema).toBe('tourniquet.check/1');
    const table = (index: number): Record<string, string> =>
      Object.fromEntries(subjects[index].lists.map((row: Row) => [row.zone, cell(row)]));
    const wanted = (index: 2 | 3): Record<string, string> =>
      Object.fromEntries(Object.entries(ZONES).map(([each, row]) => [`${each}.bl.test`, row[index]]));
    expect(table(0)).toEqual(wanted(2));
    expect(table(1)).toEqual(wanted(3));
    const asked = Object.keys(ZONES).length - 1;
    const unknown = Object.values(ZONES).filter((row) => row[2].startsWith('unknown')).length;
    expect(subjects[0].coverage).toEqual({ asked, answered: asked - unknown, unknown });
    expect(subjects[0].lists.find((row: Row) => row.zone === 'bits.bl.test').meanings).toEqual([
      'sixteen',
      'sixtyfour',
    ]);
    expect(said.status).toBe(2);
  });

  it('checks a name’s addresses too, says whose they are, and leaves out those that no list can know', async () => {
    const said = await check('plain.yaml', 'mail.example', 'inside.example', '--any-address');
    const { subjects } = JSON.parse(said.out);
    expect(
      subjects.map((each: { subject: string; of?: string; state: string }) => [each.subject, each.of, each.state]),
    ).toEqual([
      ['mail.example', undefined, 'clear'],
      ['inside.example', undefined, 'clear'],
      [A, 'mail.example', 'listed'],
      [V6, 'mail.example', 'listed'],
      ['10.1.2.3', 'inside.example', 'clear'],
    ]);
    expect(subjects[2].lists.map((row: Row) => row.zone)).toEqual(['plain.bl.test', 'six.bl.test', 'names.bl.test']);
    expect(cell(subjects[3].lists[0])).toBe('not-covered');
    expect(cell(subjects[3].lists[1])).toBe('listed abuse 127.0.0.4');
    const careful = JSON.parse((await check('plain.yaml', 'inside.example')).out);
    expect(careful.subjects).toHaveLength(1);
    expect(careful.notes.join()).toContain('10.1.2.3, a private address');
  });

  it('takes the 256 addresses of a range, and gives the worst one’s status', async () => {
    const said = await check('plain.yaml', '203.0.113.0/24', '--any-address');
    const { subjects } = JSON.parse(said.out);
    expect(subjects).toHaveLength(256);
    expect(
      subjects
        .filter((each: { state: string }) => each.state === 'listed')
        .map((each: { subject: string }) => each.subject),
    ).toEqual([A]);
    expect(
      subjects.every(
        (each: { coverage: unknown }) => JSON.stringify(each.coverage) === '{"asked":1,"answered":1,"unknown":0}',
      ),
    ).toBe(true);
    expect(said.status).toBe(2);
  });

  it.each<readonly [string, readonly string[], number]>([
    ['only a policy lists it', [A, '--lists', 'policy.bl.test'], 1],
    ['nothing lists it', [B, '--lists', 'plain.bl.test'], 0],
    ['nothing can be known', [B, '--lists', 'emptied.bl.test'], 3],
    ['one is listed and another unknown', [A, B, '--lists', 'silentpoint.bl.test'], 2],
  ])('exit status where %s', async (_what, words, status) => {
    expect((await check('odd.yaml', ...words, '--any-address')).status).toBe(status);
  });

  it('keeps the deadline of the whole, though a list is silent', async () => {
    const said = await check(
      'odd.yaml',
      A,
      '--any-address',
      '--lists',
      'silent.bl.test,plain.bl.test',
      '--timeout',
      '5',
    );
    const { subjects, elapsedMs } = JSON.parse(said.out);
    expect(subjects[0].lists.map(cell).toSorted()).toEqual(['listed abuse 127.0.0.2', 'unknown timeout']);
    expect(elapsedMs).toBeLessThan(5500);
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['a private address', ['10.0.0.1'], /10\.0\.0\.1 is a private address.*--any-address/],
    ['a list that is closed', ['9.9.9.9', '--lists', 'old.bl.test'], /closed in 2019/],
    ['an allowlist', ['9.9.9.9', '--lists', 'good.bl.test'], /allowlist/],
    ['a list that is not there', ['9.9.9.9', '--lists', 'plane.bl.test'], /did you mean plain\.bl\.test/],
    ['nothing at all', [], /nothing to check/],
    ['a timeout that is none', ['9.9.9.9', '--timeout', 'soon'], /soon/],
    ['a resolver that is none', ['9.9.9.9', '--resolver', 'nowhere:x'], /nowhere:x/],
  ])(
    '%s is a wrong call: status 64, nothing on stdout, one line that says what is permitted',
    async (_what, words, says) => {
      const said = await check('plain.yaml', ...words);
      expect([said.status, said.out]).toEqual([64, '']);
      expect(said.err).toMatch(says);
    },
  );
});
