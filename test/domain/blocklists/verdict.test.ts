import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../adapters/catalogue/read.ts';
import { chooseLists } from '../../../src/domain/blocklists/catalogue.ts';
import { judgeList, judgeSubject } from '../../../src/domain/blocklists/verdict.ts';
import type { ListVerdict } from '../../../src/domain/blocklists/verdict.ts';
import type { Weight } from '../../../src/domain/blocklists/blocklist.ts';
import { openCatalogueShelf } from '../../../adapters/catalogue/shelf.ts';

const listed = (nature: 'abuse' | 'policy' | 'informational' = 'abuse'): ListVerdict => ({
  state: 'listed',
  nature,
  codes: ['127.0.0.2'],
  meanings: [],
  causes: [],
});
const clear: ListVerdict = { state: 'clear' };
const unknown: ListVerdict = { state: 'unknown', why: 'timeout' };
const none: ListVerdict = { state: 'not-covered' };
const judge = (...rows: readonly (readonly [Weight, ListVerdict])[]) =>
  judgeSubject(rows.map(([weight, verdict], index) => ({ list: { weight, zone: `l${index}.test` }, verdict })));
const many = (count: number, weight: Weight, verdict: ListVerdict) =>
  Array.from({ length: count }, () => [weight, verdict] as const);

describe('a subject', () => {
  it.each(['high', 'medium'] as const)(
    'is listed when one list of weight %s lists it for abuse, whatever the others say',
    (weight) => {
      expect(judge([weight, listed()], ...many(9, 'high', unknown))).toMatchObject({
        state: 'listed',
        coverage: { asked: 10, answered: 1, unknown: 9 },
      });
    },
  );

  it.each([
    ['a low-weight list', judge(['low', listed()], ['high', clear])],
    ['a policy list', judge(['high', listed('policy')], ['high', clear])],
    ['an informational list', judge(['high', listed('informational')], ['high', clear])],
  ])('is clear with a warning when only %s lists it', (_what, state) => {
    expect(state).toMatchObject({ state: 'clear', warning: true });
  });

  it('is unknown when one high-weight list did not answer, though all others are clear', () => {
    expect(judge(['high', unknown], ...many(50, 'high', clear)).state).toBe('unknown');
  });

  it('is clear when four fifths of all asked answered, and unknown when fewer did', () => {
    expect(judge(...many(4, 'high', clear), ['low', unknown]).state).toBe('clear');
    expect(judge(...many(3, 'high', clear), ['low', unknown]).state).toBe('unknown');
  });

  it('does not count lists that do not cover it, and is unknown when none does', () => {
    expect(judge(['high', clear], ...many(9, 'low', none))).toMatchObject({
      state: 'clear',
      coverage: { asked: 1, answered: 1, unknown: 0 },
    });
    expect(judge(['high', none])).toMatchObject({ state: 'unknown', coverage: { asked: 0 } });
    expect(judge()).toMatchObject({ state: 'unknown' });
  });
});

describe('the built-in catalogue', () => {
  const shelf = openCatalogueShelf({
    file: undefined,
    also: [],
    off: ['all.s5h.net'],
    weights: { 'psbl.surriel.com': 'high' },
    keys: { SPAMHAUS_DQS_KEY: 'abcdefghijklmnopqrstuvwxyz' },
  });

  it('asks living lists, never an allowlist or a closed one, and knows why it leaves out the others', async () => {
    const { lists, left } = await shelf.read();
    const zones = lists.map((list) => list.shown);
    expect(zones).toEqual(
      expect.arrayContaining([
        'zen.spamhaus.org',
        'b.barracudacentral.org',
        'bl.spamcop.net',
        'dbl.spamhaus.org',
        'multi.surbl.org',
      ]),
    );
    for (const never of ['list.dnswl.org', 'dnsbl.sorbs.net', 'ix.dnsbl.manitu.net', 'swl.spamhaus.org', 'all.s5h.net'])
      expect(zones).not.toContain(never);
    expect(left.find((each) => each.zone === 'dnsbl.sorbs.net')).toMatchObject({
      kind: 'dead',
      why: expect.stringContaining('2024'),
    });
    expect(left.filter((each) => each.kind === 'dead')).toHaveLength(26);
    expect(lists.find((list) => list.shown === 'psbl.surriel.com')?.weight).toBe('high');
  });

  it('puts a key into the question and shows it nowhere', async () => {
    const { lists } = await shelf.read();
    const keyed = lists.find((list) => list.zone.includes('abcdefghijklmnopqrstuvwxyz'));
    expect(keyed?.zone).toBe('abcdefghijklmnopqrstuvwxyz.zen.dq.spamhaus.net');
    expect(JSON.stringify(lists.map((list) => [list.shown, list.name]))).not.toContain('abcdefghijklmnopqrstuvwxyz');
  });

  it('refuses a closed list by name and an unknown one with the nearest', async () => {
    const catalogue = await shelf.read();
    expect(chooseLists(catalogue, ['dnsbl.sorbs.net'])).toMatchObject({
      kind: 'bad',
      why: expect.stringContaining('is not asked'),
    });
    expect(chooseLists(catalogue, ['zen.spamhaus.ogr'])).toMatchObject({
      kind: 'bad',
      remedy: 'did you mean zen.spamhaus.org?',
    });
  });

  it('documents each living list: a code that is a listing, and where it comes from', async () => {
    const { lists } = await shelf.read();
    expect(lists.filter((list) => list.codes.size === 0).map((list) => list.shown)).toEqual([]);
  });
});

it('a catalogue in the form of the contract is read, whatever is left out', () => {
  const text = `
- {zone: both.test, kind: ip, families: both, weight: low, codes: {"127.0.0.2": {meaning: x}}}
- {zone: bits.test, kind: ip, families: 4, weight: high, codeMode: bitmask, codes: {"127.0.0.8": {meaning: eight}, "bit 16": {meaning: sixteen}}}
- {zone: never.test, kind: ip, families: [4], weight: low, test: none, codes: {"127.0.0.2": {meaning: x}}}
- {zone: allow.test, kind: ip, listType: allow, weight: low, codes: {}}
`;
  const { lists, left } = readCatalogue(text, 'own.yaml', {});
  expect(lists.map((list) => [list.zone, list.families, [...list.codes.keys()], list.test])).toEqual([
    [
      'both.test',
      [4, 6],
      ['127.0.0.2'],
      { positive: ['127.0.0.2', '::ffff:7f00:2'], negative: ['127.0.0.1', '::ffff:7f00:1'] },
    ],
    [
      'bits.test',
      [4],
      ['8', '16'],
      { positive: ['127.0.0.2', '::ffff:7f00:2'], negative: ['127.0.0.1', '::ffff:7f00:1'] },
    ],
    ['never.test', [4], ['127.0.0.2'], undefined],
  ]);
  expect(left).toMatchObject([{ zone: 'allow.test', kind: 'allowlist' }]);
});

it('several codes of one list stand as numbers go, each meaning at its code’s place, however the server orders them', () => {
  const text = `- {zone: sums.test, kind: ip, weight: high, codes: {"127.0.0.2": {meaning: two}, "127.0.0.4": {meaning: four}, "127.0.0.10": {meaning: ten}}}`;
  const [list] = readCatalogue(text, 'own.yaml', {}).lists;
  if (list === undefined) throw new Error('the catalogue has no list');
  const reply = { kind: 'answer', rcode: 'NOERROR', ttl: 60, resolver: '127.0.0.1:53', ms: 1 } as const;
  const data = ['127.0.0.4', '127.0.0.10', '127.0.0.2'];
  expect(
    judgeList(list, { ...reply, data }, { positive: 'listed', negative: 'silent', at: 0, resolver: 'r' }),
  ).toMatchObject({
    codes: ['127.0.0.2', '127.0.0.4', '127.0.0.10'],
    meanings: ['two', 'four', 'ten'],
  });
});
