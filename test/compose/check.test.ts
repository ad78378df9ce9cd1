import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRbldnsd } from '../lab/dns.ts';
import type { RblServer } from '../lab/dns.ts';
import { describeLab } from '../lab/packages.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot, Outcome } from '../support/bot.ts';

const CATALOGUE = `
- {zone: good.bl.test, kind: ip, families: [4, 6], weight: high, removal: "https://example.test/remove", codes: {"127.0.0.2": {meaning: spam source}, "127.0.0.4": {meaning: infected machine, cause: compromised-workstation}, "127.0.0.10": {meaning: dynamic range, nature: policy}}}
- {zone: minor.bl.test, kind: ip, families: [4], weight: low, codes: {"127.0.0.2": {meaning: spam source}}}
- {zone: domains.bl.test, kind: domain, weight: high, codes: {"127.0.1.2": {meaning: spam domain}}}
`;

describeLab('tq check against rbldnsd', { sets: ['redis', 'dns'] }, () => {
  let server: RblServer;
  let bot: Bot;
  let catalogue: string;
  beforeAll(async () => {
    server = await startRbldnsd({
      'good.bl.test': [
        {
          type: 'ip4set',
          data: '127.0.0.2 :127.0.0.2:test\n203.0.113.7 :127.0.0.4:see https://example.test/$\n203.0.113.10 :127.0.0.10:dynamic\n',
        },
        { type: 'ip6trie', data: '::ffff:7f00:2 :127.0.0.2:test\n2001:db8::25 :127.0.0.2:listed\n' },
      ],
      'minor.bl.test': [{ type: 'ip4set', data: '127.0.0.2\n203.0.113.9\n' }],
      'domains.bl.test': [{ type: 'dnset', data: 'test :127.0.1.2:test\nspam.example :127.0.1.2:seen in spam\n' }],
    });
    bot = makeBot();
    catalogue = join(bot.dataFolder, 'catalogue.yaml');
    writeFileSync(catalogue, CATALOGUE);
  });
  afterAll(async () => {
    await server.stop();
    await bot.clean();
  });
  const check = (...words: string[]): Promise<Outcome> =>
    bot.run(['check', ...words, '--any-address', '--catalogue', catalogue, '--resolver', server.address]);

  it('says listed, why, and where to ask for removal; exit status 2', async () => {
    const said = await check('203.0.113.7', '--json');
    expect(said.status).toBe(2);
    expect(JSON.parse(said.out)).toMatchObject({
      schema: 'tourniquet.check/1',
      subjects: [
        {
          subject: '203.0.113.7',
          state: 'listed',
          coverage: { asked: 2, answered: 2, unknown: 0 },
          lists: [
            {
              zone: 'good.bl.test',
              state: 'listed',
              codes: ['127.0.0.4'],
              meanings: ['infected machine'],
              causes: ['compromised-workstation'],
              nature: 'abuse',
              reason: 'see https://example.test/203.0.113.7',
              removal: 'https://example.test/remove',
            },
            { zone: 'minor.bl.test', state: 'clear' },
            { zone: 'domains.bl.test', state: 'not-covered' },
          ],
        },
      ],
    });
  });

  it('says it in words with the same figures: the state first, a line for each list, the next step, then the rest', async () => {
    const said = await check('203.0.113.7');
    const lines = said.out.split('\n');
    expect(lines[0]).toBe('✖ 203.0.113.7: listed on 1 of 2 lists that answered');
    expect(lines[1]).toMatch(/^ {2}good\.bl\.test {2}infected machine \(high, (first seen now|since \d\d:\d\d UTC)\)$/);
    expect(lines[2]).toMatch(/^Next: triage, which finds what sends\. Don’t ask for removal yet: /);
    const rest = said.out.replaceAll(/\s+/g, ' ');
    expect(rest).toContain(
      'What each list says good.bl.test: Its words: “see https://example.test/203.0.113.7”. good.bl.test: Many receivers refuse mail by it. Removal: https://example.test/remove',
    );
    expect(said.out).not.toContain(' — ');
  });

  it.each([
    ['203.0.113.8', 'clear', 0],
    ['203.0.113.9', 'clear', 1],
    ['203.0.113.10', 'clear', 1],
    ['2001:db8::25', 'listed', 2],
    ['2001:db8::26', 'clear', 0],
    ['spam.example', 'listed', 2],
    ['ham.example', 'clear', 0],
  ])('says of %s that it is %s, with exit status %i', async (subject, state, status) => {
    const said = await check(subject, '--json');
    expect(JSON.parse(said.out).subjects[0]).toMatchObject({ subject, state });
    expect(said.status).toBe(status);
  });

  it('names a range’s worst address and gives its status', async () => {
    const said = await check('203.0.113.0/28');
    expect(said.status).toBe(2);
    expect(said.out).toContain('16 checked: 1 listed, 15 clear, 0 unknown');
    expect(said.out).toMatch(/203\.0\.113\.7\s+listed\s+good\.bl\.test/);
  });

  it('says the same in the terminal chat, from a script', async () => {
    const line = `check 203.0.113.7 --any-address --catalogue ${catalogue}`;
    const config = join(bot.dataFolder, 'tourniquet.yaml');
    writeFileSync(config, `resolvers: ["${server.address}"]\nblocklists: {catalogue: ${catalogue}}\n`);
    const said = await bot.run(['chat'], {
      input: `${line.replace(/ --catalogue.*/, '')}\nchek 1.2.3.4\n`,
      cwd: bot.dataFolder,
    });
    expect(said.out).toContain('203.0.113.7: listed on 1 of 2 lists that answered');
    expect(said.out).toContain('did you mean check?');
    expect(said.status).toBe(0);
  });

  it('never says clear when nothing answers: every list unknown with its reason, exit status 3', async () => {
    const said = await bot.run([
      'check',
      '203.0.113.8',
      '--any-address',
      '--catalogue',
      catalogue,
      '--resolver',
      '127.0.0.1:1',
      '--json',
    ]);
    expect(said.status).toBe(3);
    const lists: { state: string; why?: string }[] = JSON.parse(said.out).subjects[0].lists;
    expect(lists.filter((list) => list.state !== 'not-covered')).toEqual([
      expect.objectContaining({ state: 'unknown', why: expect.stringMatching(/^(network|timeout)$/) }),
      expect.objectContaining({ state: 'unknown', why: expect.stringMatching(/^(network|timeout)$/) }),
    ]);
  });

  it.each([
    [['999.1.1.1'], 'is not an IPv4 address'],
    [['203.0.113.1/28'], 'not the start of its range'],
    [['10.0.0.0/8'], 'more than 256 addresses'],
    [['anna@example.com'], 'is an e-mail address'],
    [['https://example.com/x'], 'is a URL'],
    [['exa\u0007mple.com'], 'is not a domain name'],
    [['\u202Eevil.example'], '"<U+202E>evil.example" is not a domain name'],
    [['9.9.9.9', '--lists', 'nowhere.test'], 'is not in the catalogue'],
  ])('refuses %j with exit status 64 and what is permitted', async (words, why) => {
    const said = await check(...words);
    expect(said.status).toBe(64);
    expect(said.err).toContain(why);
    expect(said.out).toBe('');
  });

  it('refuses a private address that was not asked for on purpose', async () => {
    const said = await bot.run(['check', '10.0.0.1']);
    expect(said).toMatchObject({ status: 64, err: expect.stringContaining('private address (RFC 1918)') });
  });

  it('refuses a catalogue with an error by its line and column', async () => {
    const broken = join(bot.dataFolder, 'broken.yaml');
    writeFileSync(broken, '- zone: a.test\n  kind: ip\n- zone: b.test\n  kind: colour\n');
    const said = await bot.run(['check', '9.9.9.9', '--catalogue', broken]);
    expect(said.status).toBe(64);
    expect(said.err).toMatch(
      /^tq: The catalogue \S+ has a fault: \S+broken\.yaml:4:9 1\.kind: .*; mend it and try again\n$/,
    );
  });

  it('asks lists of one’s own, leaves out those switched off, and weighs as tourniquet.yaml says', async () => {
    const own = join(bot.dataFolder, 'own.yaml');
    writeFileSync(own, '- {zone: good.bl.test, kind: ip, weight: high, codes: {"127.0.0.4": {meaning: my words}}}\n');
    const config = join(bot.dataFolder, 'changed.yaml');
    const write = (off: string): void =>
      writeFileSync(
        config,
        `blocklists: {catalogue: ${catalogue}, also: [${own}], off: [${off}], weights: {good.bl.test: low}}\n`,
      );
    const words = ['check', '203.0.113.7', '--any-address', '--config', config, '--resolver', server.address, '--json'];
    write('minor.bl.test');
    const said = await bot.run(words);
    expect(JSON.parse(said.out).subjects[0]).toMatchObject({
      state: 'clear',
      warning: true,
      lists: [{ zone: 'domains.bl.test' }, { zone: 'good.bl.test', weight: 'low', meanings: ['my words'] }],
    });
    expect(said.status).toBe(1);
    write('minor.bl.tset');
    expect(await bot.run(words)).toMatchObject({
      status: 64,
      out: '',
      err: expect.stringContaining('names minor.bl.tset, which is not in the catalogue; did you mean minor.bl.test?'),
    });
  });
});
