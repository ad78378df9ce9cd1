/**
 * What blocklists and resolvers really do, row by row: the right verdict, and beside it the tempting wrong one.
 * Served by rbldnsd, dnsdist and unbound; misbehaving.test.ts has the rows that those can't produce.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { sweep } from '../../../jobs/blocklists/sweep.ts';
import type { Blocklist } from '../../../src/domain/blocklists/blocklist.ts';
import { dig, startDnsdist, startRbldnsd, startUnbound } from '../../lab/dns.ts';
import type { DnsServer, RblServer } from '../../lab/dns.ts';
import { describeLab } from '../../lab/packages.ts';
import { dnsblSays, documented, documentedRows, printMatrix } from '../../support/matrix.ts';
import type { MatrixRow } from '../../support/matrix.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import { LISTED, OTHER, ask, list, short, subject } from '../../support/verdicts.ts';

type Row = readonly [
  number: number,
  title: string,
  lists: readonly Blocklist[],
  who: string,
  right: string,
  tempting: string,
];

describeLab('the conformance matrix on rbldnsd and dnsdist', { sets: ['dns'] }, () => {
  let rbl: RblServer;
  let dist: DnsServer;
  beforeAll(async () => {
    const good = `127.0.0.2 :127.0.0.2:test\n${LISTED} :127.0.0.2:spam\n`;
    const names = [
      'good',
      'nodata',
      'servfail',
      'formerr',
      'notimp',
      'drop',
      'slow',
      'tc',
      'three',
      'contra',
      'txtfail',
      'alias',
    ];
    rbl = await startRbldnsd({
      ...Object.fromEntries(names.map((name) => [`${name}.bl.test`, [{ type: 'ip4set' as const, data: good }]])),
      'empty.bl.test': [{ type: 'ip4set', data: '' }],
      'emptied.bl.test': [
        { type: 'ip4set', data: good },
        { type: 'acl', data: '127.0.0.0/8 :empty\n' },
      ],
      'refusing.bl.test': [
        { type: 'ip4set', data: good },
        { type: 'acl', data: '127.0.0.0/8 :refuse\n' },
      ],
      'ignoring.bl.test': [
        { type: 'ip4set', data: good },
        { type: 'acl', data: '127.0.0.0/8 :ignore\n' },
      ],
      'world.bl.test': [{ type: 'ip4trie', data: ':127.0.0.2:all\n0.0.0.0/0\n' }],
      'codes.bl.test': [
        {
          type: 'ip4set',
          data: `127.0.0.2 :127.0.0.2:test\n192.0.2.80 :127.0.0.80:bits\n192.0.2.77 :127.0.0.77:odd\n192.0.2.11 :127.0.0.1:one\n192.0.2.22 :127.255.255.254:error\n192.0.2.23 :127.255.255.255:error\n192.0.2.24 :127.255.255.252:error\n192.0.2.25 :198.51.100.7:parked\n`,
        },
      ],
      'six.bl.test': [{ type: 'ip6trie', data: '::ffff:7f00:2 :127.0.0.2:test\n2001:db8::25 :127.0.0.2:listed\n' }],
      'names.bl.test': [
        {
          type: 'dnset',
          data: 'test :127.0.1.2:test\nxn--bcher-kva.example :127.0.1.2:idn\n_spam.example :127.0.1.2:under\n',
        },
      ],
      'dbl.bl.test': [{ type: 'dnset', data: 'test :127.0.1.2:test\nasked.example :127.0.1.255:ip\n' }],
    });
    const at = (zone: string, action: string, more = ''): string =>
      `addAction(AndRule({QNameRule("66.2.0.192.${zone}.bl.test")${more}}), ${action})`;
    dist = await startDnsdist(
      rbl.address,
      [
        `addAction(QNameRule("1.2.0.192.nodata.bl.test"), RCodeAction(DNSRCode.NOERROR))`,
        at('servfail', 'RCodeAction(DNSRCode.SERVFAIL)'),
        at('formerr', 'RCodeAction(DNSRCode.FORMERR)'),
        at('notimp', 'RCodeAction(DNSRCode.NOTIMP)'),
        at('drop', 'DropAction()'),
        at('slow', 'DelayAction(2500)'),
        at('tc', 'TCAction()', ', TCPRule(false)'),
        at('tc', 'SpoofAction("127.0.0.2")', ', TCPRule(true), QTypeRule(DNSQType.A)'),
        at('three', 'SpoofAction({"127.0.0.2", "127.0.0.4", "127.0.0.10"})', ', QTypeRule(DNSQType.A)'),
        at('contra', 'SpoofAction({"127.0.0.2", "127.255.255.254"})', ', QTypeRule(DNSQType.A)'),
        at('txtfail', 'RCodeAction(DNSRCode.SERVFAIL)', ', QTypeRule(DNSQType.TXT)'),
        at('alias', 'SpoofCNAMEAction("elsewhere.test")'),
      ].join('\n'),
    );
  });
  afterAll(async () => {
    await dist.stop();
    await rbl.stop();
  });

  const bits =
    'codeMode: bitmask, codes: {"8": {meaning: phishing}, "16": {meaning: malware}, "64": {meaning: abuse}}, test: {positive: ["127.0.0.2"]}';
  const rows: readonly Row[] = [
    [1, 'NXDOMAIN, and the test points are right', [list('good.bl.test')], OTHER, 'clear', 'unknown'],
    [2, 'an emptied zone', [list('empty.bl.test')], OTHER, 'unknown dead-list', 'clear'],
    [2, 'a zone that is empty for us alone', [list('emptied.bl.test')], LISTED, 'unknown dead-list', 'clear'],
    [3, 'no error and no data', [list('nodata.bl.test')], OTHER, 'clear', 'error'],
    [4, 'SERVFAIL', [list('servfail.bl.test')], LISTED, 'unknown servfail', 'clear'],
    [5, 'REFUSED', [list('refusing.bl.test')], LISTED, 'unknown refused', 'clear'],
    [6, 'FORMERR', [list('formerr.bl.test')], LISTED, 'unknown bad-query', 'clear'],
    [6, 'NOTIMP', [list('notimp.bl.test')], LISTED, 'unknown bad-query', 'clear'],
    [7, 'no reply', [list('drop.bl.test')], LISTED, 'unknown timeout', 'clear'],
    [7, 'a list that ignores us', [list('ignoring.bl.test')], LISTED, 'unknown timeout', 'clear'],
    [10, 'truncated, and listed over TCP', [list('tc.bl.test')], LISTED, 'listed abuse 127.0.0.2', 'clear'],
    [
      12,
      'three codes at once',
      [list('three.bl.test')],
      LISTED,
      'listed abuse 127.0.0.2 127.0.0.4 127.0.0.10',
      'the first only',
    ],
    [13, 'a listing and an error code at once', [list('contra.bl.test')], LISTED, 'unknown contradiction', 'listed'],
    [14, '127.255.255.254', [list('codes.bl.test')], '192.0.2.22', 'unknown blocked-resolver', 'listed'],
    [14, '127.255.255.255', [list('codes.bl.test')], '192.0.2.23', 'unknown query-limit', 'listed'],
    [14, '127.255.255.252', [list('codes.bl.test')], '192.0.2.24', 'unknown bad-query', 'listed'],
    [
      15,
      '127.0.0.1 where it means refused',
      [list('codes.bl.test', 'errorCodes: {"127.0.0.1": {why: blocked-resolver}}')],
      '192.0.2.11',
      'unknown blocked-resolver',
      'listed',
    ],
    [
      15,
      '127.0.0.1 where it is a listing',
      [list('codes.bl.test', 'codes: {"127.0.0.1": {meaning: open proxy}}')],
      '192.0.2.11',
      'listed abuse 127.0.0.1',
      'error',
    ],
    [
      15,
      '127.0.0.1 where it is a white list',
      [list('codes.bl.test', 'codes: {"127.0.0.1": {meaning: white, nature: informational}}')],
      '192.0.2.11',
      'listed informational 127.0.0.1',
      'listed',
    ],
    [
      15,
      '127.0.0.1 where it is not documented',
      [list('codes.bl.test')],
      '192.0.2.11',
      'unknown unknown-code',
      'listed',
    ],
    [
      16,
      'a domain list that was asked for an address',
      [
        list(
          'dbl.bl.test',
          'kind: domain, codes: {"127.0.1.2": {meaning: spam}}, errorCodes: {"127.0.1.255": {why: bad-query}}',
        ),
      ],
      'asked.example',
      'unknown bad-query',
      'listed',
    ],
    [17, 'a sum of bits', [list('codes.bl.test', bits)], '192.0.2.80', 'listed abuse 127.0.0.80', 'unknown code'],
    [
      18,
      'a code that is not documented',
      [list('codes.bl.test')],
      '192.0.2.77',
      'unknown unknown-code',
      'listed or clear',
    ],
    [19, 'an answer outside 127/8', [list('codes.bl.test')], '192.0.2.25', 'unknown not-a-listing-answer', 'listed'],
    [20, 'a list that lists the world', [list('world.bl.test')], OTHER, 'unknown answers-everything', 'listed'],
    [23, 'an alias that leads nowhere', [list('alias.bl.test')], LISTED, 'clear', 'error'],
    [29, 'listed, and the reason can not be had', [list('txtfail.bl.test')], LISTED, 'listed abuse 127.0.0.2', 'clear'],
    [
      30,
      'IPv6 by its nibbles',
      [list('six.bl.test', 'families: [6]')],
      '2001:db8::25',
      'listed abuse 127.0.0.2',
      'clear',
    ],
    [
      30,
      'IPv4 in IPv6 clothes is asked as IPv4',
      [list('good.bl.test', 'families: [4, 6]')],
      `::ffff:${LISTED}`,
      'listed abuse 127.0.0.2',
      'clear',
    ],
    [31, 'IPv6 on a list that has none', [list('good.bl.test')], '2001:db8::25', 'not-covered', 'clear'],
    [
      32,
      'an international name in capitals with a dot at its end',
      [list('names.bl.test', 'kind: domain, codes: {"127.0.1.2": {meaning: spam}}')],
      'BÜCHER.example.',
      'listed abuse 127.0.1.2',
      'clear',
    ],
    [
      32,
      'a name with an underscore',
      [list('names.bl.test', 'kind: domain, codes: {"127.0.1.2": {meaning: spam}}')],
      '_spam.example',
      'listed abuse 127.0.1.2',
      'clear',
    ],
    [
      33,
      'a name that gets too long',
      [list(`${'z'.repeat(60)}.bl.test`, 'kind: domain, codes: {"127.0.1.2": {meaning: spam}}')],
      `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example`,
      'unknown name-too-long',
      'clear',
    ],
  ];

  const table: MatrixRow[] = [];
  it.each(rows)('row %i: %s', async (row, behaviour, lists, who, right, tempting) => {
    const [[finding], dnsbl] = await Promise.all([
      ask(dist.address, lists, who),
      dnsblSays(dist.address, lists[0]?.zone ?? '', who, right),
    ]);
    const seen: MatrixRow = { row, behaviour, right, tempting, ours: short(finding), dnsbl };
    table.push(seen);
    expect(short(finding)).toBe(right);
    expect(short(finding)).not.toBe(tempting);
    expect(documentedRows()).toContain(documented(seen));
  });
  afterAll(() => printMatrix(table));

  it('row 8: a list that takes 2.5 s is waited for, also after many quick answers', async () => {
    const resolver = openResolver([readServer(dist.address)]);
    await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        resolver.ask({ name: `${index % 250}.2.0.192.good.bl.test`, type: 'A' }, 1000),
      ),
    );
    const [findings] = await sweep(
      { subjects: [subject(LISTED)], lists: [list('slow.bl.test')], questionMs: 5000, wholeMs: 9000 },
      sweepWorld(resolver),
    );
    resolver.close();
    expect(short(findings?.[0])).toBe('listed abuse 127.0.0.2');
  });

  it('row 20, 5, 7: a broken list leaves the others alone', async () => {
    const lists = ['good', 'world', 'refusing', 'drop', 'servfail'].map((name) => list(`${name}.bl.test`));
    expect((await ask(dist.address, lists, LISTED)).map(short)).toEqual([
      'listed abuse 127.0.0.2',
      'unknown answers-everything',
      'unknown refused',
      'unknown timeout',
      'unknown servfail',
    ]);
  });

  it('gives the same verdicts through a real resolver in between', async () => {
    const unbound = await startUnbound(
      Object.fromEntries(['good', 'codes', 'world', 'empty'].map((zone) => [`${zone}.bl.test`, rbl.address])),
    );
    const lists = ['good', 'world', 'empty'].map((zone) => list(`${zone}.bl.test`));
    expect((await ask(unbound.address, lists, LISTED, 4000)).map(short)).toEqual([
      'listed abuse 127.0.0.2',
      'unknown answers-everything',
      'unknown dead-list',
    ]);
    expect((await ask(unbound.address, lists, OTHER, 4000)).map(short)).toEqual([
      'clear',
      'unknown answers-everything',
      'unknown dead-list',
    ]);
    await unbound.stop();
  });

  it('row 36: when the first resolver is dead the second answers, and the answer names it', async () => {
    const [finding] = await ask(['127.0.0.1:1', rbl.address], [list('good.bl.test')], LISTED);
    expect(short(finding)).toBe('listed abuse 127.0.0.2');
    expect(finding?.resolver).toBe(rbl.address);
  });

  it('row 38: five thousand questions at once are all answered', async () => {
    const resolver = openResolver([readServer(rbl.address)]);
    const replies = await Promise.all(
      Array.from({ length: 5000 }, (_, index) =>
        resolver.ask({ name: `${index & 255}.${index >> 8}.0.10.good.bl.test`, type: 'A' }, 5000),
      ),
    );
    resolver.close();
    expect(replies.filter((each) => each.kind === 'failed')).toEqual([]);
  });

  it('agrees with dig, name by name', async () => {
    const resolver = openResolver([readServer(rbl.address)]);
    const names = [LISTED, OTHER, '192.0.2.80', '192.0.2.77', '192.0.2.25'].flatMap((ip) =>
      ['good', 'codes', 'world', 'empty'].map((zone) => `${ip.split('.').toReversed().join('.')}.${zone}.bl.test`),
    );
    for (const name of names) {
      const ours = await resolver.ask({ name, type: 'A' }, 2000);
      const oracle = dig(rbl.address, name);
      expect(
        [ours.kind === 'answer' ? ours.rcode : ours.why, ours.kind === 'answer' ? ours.data.toSorted() : []],
        name,
      ).toEqual([oracle.status, [...oracle.data].toSorted()]);
    }
    resolver.close();
  });

  it('gives the same verdicts in any order, in any batch, through any resolver', async () => {
    const who = ['192.0.2.66', '192.0.2.1', '192.0.2.80', '192.0.2.77', '192.0.2.22', '192.0.2.25'];
    const lists = ['good', 'codes', 'world', 'empty'].map((zone) => list(`${zone}.bl.test`));
    const verdicts = async (
      server: string,
      subjects: readonly string[],
      asked: readonly Blocklist[],
    ): Promise<readonly string[]> => {
      const resolver = openResolver([readServer(server)]);
      const findings = await sweep(
        { subjects: subjects.map(subject), lists: asked, questionMs: 2000, wholeMs: 9000 },
        sweepWorld(resolver),
      );
      resolver.close();
      return findings
        .flatMap((row, index) => row.map((each) => `${subjects[index]} ${each.list.shown} ${short(each)}`))
        .toSorted();
    };
    const first = await verdicts(rbl.address, who, lists);
    expect(await verdicts(rbl.address, who.toReversed(), lists.toReversed())).toEqual(first);
    expect(await verdicts(dist.address, who, lists)).toEqual(first);
    const one: string[] = [];
    for (const each of who) one.push(...(await verdicts(rbl.address, [each], lists)));
    expect(one.toSorted()).toEqual(first);
  });
});
