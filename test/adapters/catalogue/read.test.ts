import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../adapters/catalogue/read.ts';
import { openCatalogueShelf } from '../../../adapters/catalogue/shelf.ts';
import { readCode } from '../../../src/domain/blocklists/code.ts';
import { chooseLists } from '../../../src/domain/blocklists/catalogue.ts';
import { operatorOf } from '../../../src/domain/blocklists/operator.ts';
import { testNames } from '../../../src/domain/blocklists/test-points.ts';
import { list } from '../../support/verdicts.ts';

const shelf = (over: Partial<Parameters<typeof openCatalogueShelf>[0]> = {}) =>
  openCatalogueShelf({ file: undefined, also: [], off: [], weights: {}, keys: {}, ...over });

describe('a return code', () => {
  it.each([
    ['exact', '"127.0.0.2": {}', '127.0.0.2', 'listed'],
    ['exact', '"127.0.0.2": {}', '127.0.0.20', 'undocumented'],
    ['exact', '"127.0.0.x": {}', '127.0.0.77', 'listed'],
    ['exact', '"127.0.0.x": {}', '127.0.1.77', 'undocumented'],
    ['exact', '"127.0.0.2": {}', '127.255.255.2', 'error'],
    ['exact', '"127.0.0.2": {}', '128.0.0.2', 'outside'],
    ['exact', '"127.0.0.1": {listed: false}', '127.0.0.1', 'not-a-listing'],
    ['octet', '"2-24": {}', '127.0.0.24', 'listed'],
    ['octet', '"2-24": {}', '127.0.0.25', 'undocumented'],
    ['octet', '"127.0.2.2-24": {}', '127.0.0.24', 'undocumented'],
    ['octet', '"127.0.2.2-127.0.2.24": {}', '127.0.2.24', 'listed'],
    ['octet', '7: {}', '127.0.0.7', 'listed'],
    ['bitmask', '"8": {}, "64": {}', '127.0.0.72', 'listed'],
    ['bitmask', '"bit 8": {}', '127.0.0.10', 'listed'],
    ['bitmask', '"127.0.0.8": {}', '127.0.0.24', 'listed'],
    ['bitmask', '8: {}', '127.0.0.16', 'undocumented'],
    ['bitmask', '"8": {}', '127.255.255.8', 'error'],
  ])('%s, %s: %s is %s', (mode, codes, address, kind) => {
    expect(readCode(list('x.test', `codeMode: ${mode}, codes: {${codes}}`), address).kind).toBe(kind);
  });

  it('of a bitmask gives the meaning of each bit that is set, and an error bit is an error whatever is beside it', () => {
    const bits = list(
      'x.test',
      'codeMode: bitmask, codes: {"8": {meaning: eight}, "16": {meaning: sixteen}}, errorCodes: {"bit 1": {why: blocked-resolver}}',
    );
    expect(readCode(bits, '127.0.0.24')).toMatchObject({ codes: [{ meaning: 'eight' }, { meaning: 'sixteen' }] });
    expect(readCode(bits, '127.0.0.9')).toMatchObject({ kind: 'error', why: 'blocked-resolver' });
  });
});

it('a catalogue that an editor has marked as UTF-8 is read as any other', () => {
  const text = '- {zone: a.test, kind: ip, families: [4], weight: low, codes: {"127.0.0.2": {meaning: spam}}}\n';
  expect(readCatalogue(`\uFEFF${text}`, 'mine.yaml', {})).toEqual(readCatalogue(text, 'mine.yaml', {}));
});

describe('a catalogue with a fault', () => {
  it.each([
    ['no list at all', '[]', '1:1', 'at least one list'],
    ['no sequence', 'zone: a.test', '1:1', ''],
    ['a word that is not known', '- {zone: a.test, kind: ip, wieght: high}', '1:28', 'wieght'],
    ['a weight that is none', '- zone: a.test\n  kind: ip\n  weight: huge', '3:11', 'weight'],
    ['a zone that is no name', '- {zone: "a..test", kind: ip}', '1:10', 'a zone is a domain name'],
    [
      'a code that can not be read',
      '- {zone: a.test, kind: ip, codes: {"127.0.0": {}}}',
      '1:36',
      'a code is an address',
    ],
    ['a bit that is none', '- {zone: a.test, kind: ip, codeMode: bitmask, codes: {3: {}}}', '1:55', 'one bit'],
    [
      'a cause beneath a number',
      '- {zone: a.test, kind: ip, codeMode: octet, codes: {7: {cause: ndr-atack}}}',
      '1:64',
      'ndr-attack?',
    ],
    [
      'a code outside 127.0.0.0/8',
      '- zone: a.test\n  kind: ip\n  codes:\n    "128.0.0.2":\n      {meaning: spam}',
      '4:5',
      'did you mean 127.0.0.2?',
    ],
    [
      'an octet outside 127.0.0.0/8',
      '- {zone: a.test, kind: ip, codeMode: octet, codes: {"10.0.0.2-24": {}}}',
      '1:53',
      'did you mean 127.0.0.2-24?',
    ],
    ['a span that goes down', '- {zone: a.test, kind: ip, codeMode: octet, codes: {"24-2": {}}}', '1:53', '"2-24"'],
    [
      'an error code that can not be read',
      '- {zone: a.test, kind: ip, errorCodes: {"127.255.255": {}}}',
      '1:41',
      'such as 127.255.255.254',
    ],
    [
      'a cause that is none',
      '- {zone: a.test, kind: ip, codes: {"127.0.0.2": {cause: compromised-workstatoin}}}',
      '1:57',
      'did you mean compromised-workstation?',
    ],
    [
      'a cause in another spelling',
      '- {zone: a.test, kind: ip, codes: {"127.0.0.2": {cause: compromised_server}}}',
      '1:57',
      'did you mean compromised-server?',
    ],
    [
      'a cause in two words',
      '- {zone: a.test, kind: ip, codes: {"127.0.0.2": {cause: open relay}}}',
      '1:57',
      'did you mean open-relay?',
    ],
    [
      'a cause without its hyphen',
      '- {zone: a.test, kind: ip, codes: {"127.0.0.2": {cause: ndrattack}}}',
      '1:57',
      'did you mean ndr-attack?',
    ],
    [
      'half of a cause',
      '- {zone: a.test, kind: ip, codes: {"127.0.0.2": {cause: policy}}}',
      '1:57',
      'did you mean policy-listing?',
    ],
    [
      'a cause that is none and like none',
      '- {zone: a.test, kind: ip, codes: {"127.0.0.2": {cause: dog-ate-it}}}',
      '1:57',
      'there are compromised-workstation, ',
    ],
    ['a why that is none', '- {zone: a.test, kind: ip, errorCodes: {"127.0.0.1": {why: because}}}', '1:60', 'why'],
    ['a test point that is none', '- {zone: a.test, kind: ip, test: {positive: [test]}}', '1:46', 'not an address'],
    ['the same list twice', '- {zone: a.test, kind: ip}\n- {zone: A.test., kind: ip}', '2:10', 'a second time'],
    ['YAML that is none', '- {zone: a.test\n- b', '2:1', ''],
  ])('%s is refused by line and column', (_what, text, at, says) => {
    let said = '';
    try {
      readCatalogue(text, 'own.yaml', {});
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain(`own.yaml:${at} `);
    expect(said).toContain(says);
  });

  it('takes a list’s own words for a cause as a hint', () => {
    const own = list('x.test', 'codes: {"127.0.0.2": {cause: open proxy}, "127.0.0.3": {cause: spam}}');
    expect([...own.codes.values()].map(({ cause, hint }) => [cause, hint])).toEqual([
      [undefined, 'open proxy'],
      [undefined, 'spam'],
    ]);
  });

  it('names every fault at once', () => {
    expect(() => readCatalogue('- {zone: a.test}\n- {kind: ip}', 'own.yaml', {})).toThrow(/2 faults[^]*1:[^]*2:/);
  });
});

describe('the built-in catalogue', () => {
  it('holds the 95 lists that were looked into: asked, or left out by name', async () => {
    const { lists, left } = await shelf({
      keys: { SPAMHAUS_DQS_KEY: 'a'.repeat(26), ABUSIX_KEY: 'b'.repeat(32) },
    }).read();
    expect(lists.length + left.length).toBe(95);
    expect(left.filter((each) => each.kind === 'not-by-dns').map((each) => each.zone)).toEqual([
      'ivmsip.invaluement.com',
      'ivmuri.invaluement.com',
    ]);
  });

  it('refuses each closed list by name, with the year where it is known', async () => {
    const catalogue = await shelf().read();
    const dead = catalogue.left.filter((each) => each.kind === 'dead');
    for (const { zone } of dead)
      expect(chooseLists(catalogue, [zone])).toMatchObject({ kind: 'bad', why: expect.stringMatching(/closed/) });
    expect(chooseLists(catalogue, ['dnsbl.sorbs.net'])).toMatchObject({
      why: expect.stringContaining('closed in 2024'),
    });
    expect(dead.filter((each) => /closed in \d{4}/.test(each.why)).length).toBe(22);
  });

  it('does not take a good sender for a listed one: Mailspike’s 127.0.0.17, Hostkarma’s 127.0.0.1, any Sender Score', async () => {
    const { lists } = await shelf().read();
    const read = (zone: string, address: string) => {
      const found = lists.find((each) => each.shown === zone);
      return found && readCode(found, address).kind;
    };
    expect(read('rep.mailspike.net', '127.0.0.17')).toBe('not-a-listing');
    expect(read('hostkarma.junkemailfilter.com', '127.0.0.1')).toBe('not-a-listing');
    expect(read('hostkarma.junkemailfilter.com', '127.0.0.2')).toBe('listed');
    expect(read('score.senderscore.com', '127.0.4.12')).toBe('not-a-listing');
    expect(read('rbl.efnetrbl.org', '127.0.0.1')).toBe('listed');
    expect(read('multi.surbl.org', '127.0.0.80')).toBe('listed');
    expect(read('multi.surbl.org', '127.0.0.1')).toBe('error');
    expect(read('multi.uribl.com', '127.0.0.1')).toBe('error');
    expect(read('dbl.spamhaus.org', '127.0.1.255')).toBe('error');
  });

  it('counts the zones of one operator together', async () => {
    const { lists } = await shelf().read();
    const operators = (wanted: string) => lists.filter((each) => operatorOf(each) === wanted).map((each) => each.shown);
    expect(operators('spamhaus.org')).toEqual(expect.arrayContaining(['zen.spamhaus.org', 'dbl.spamhaus.org']));
    expect(operators('spameatingmonkey.net').length).toBeGreaterThan(3);
  });
});

describe('lists of one’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tq-own-'));
  const own = join(folder, 'own.yaml');
  writeFileSync(
    own,
    '- {zone: bl.example.org, kind: ip, weight: high, codes: {"127.0.0.2": {meaning: ours}}}\n- {zone: psbl.surriel.com, kind: ip, weight: high, codes: {"127.0.0.9": {meaning: ours}}}\n',
  );

  it('stand beside the built-in ones, or in the place of one', async () => {
    const { lists } = await shelf({ also: [own] }).read();
    expect(lists.find((each) => each.shown === 'bl.example.org')?.weight).toBe('high');
    expect(lists.filter((each) => each.shown === 'psbl.surriel.com').map((each) => [...each.codes.keys()])).toEqual([
      ['127.0.0.9'],
    ]);
    expect(lists.some((each) => each.shown === 'zen.spamhaus.org')).toBe(true);
    rmSync(folder, { recursive: true, force: true });
  });

  it('a zone that is switched off or weighed and does not exist is refused with the nearest', async () => {
    await expect(shelf({ off: ['zen.spamhaus.ogr'] }).read()).rejects.toThrow('did you mean zen.spamhaus.org?');
    await expect(shelf({ weights: { 'nowhere.test': 'high' } }).read()).rejects.toThrow('not in the catalogue');
  });

  it('prove themselves by the points that they document, in the form of their family', () => {
    const points = list(
      'x.test',
      'families: [4, 6], test: {positive: ["127.0.0.9", "::ffff:127.0.0.9", "2001:db8::9"], negative: []}',
    );
    expect(testNames(points, 4)).toEqual({ positive: '9.0.0.127.x.test', negative: undefined });
    expect(testNames(points, 6).positive).toBe(`9.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(20)}x.test`);
    const six = list('x.test', 'families: [6], test: {positive: ["2001:db8::9"]}');
    expect(testNames(six, 6).positive).toBe(`9.0.0.0.${'0.'.repeat(20)}8.b.d.0.1.0.0.2.x.test`);
  });
});
