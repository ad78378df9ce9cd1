/** Two at once, too late, after everything was killed: each press has one effect at most, and always an answer. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBox } from '../lab/box.ts';
import type { Box } from '../lab/box.ts';
import { describeLab } from '../lab/packages.ts';
import { makeHouse } from '../support/house.ts';
import type { House } from '../support/house.ts';
import type { Talk } from '../support/talk.ts';

const CONFIG = `sites: [{ name: hq, firewall: old }]
servers: [{ name: mx1, mta: postfix, addresses: [10.0.0.5] }]
firewalls: [{ name: old, kind: by-hand }, { name: gw, kind: nftables, outside: [wan0] }]
measures: { protected: [10.0.0.7] }
people:
  - { name: ana, role: admin, terminal: root }
  - { name: ben, role: approver, terminal: ben }
  - { name: cem, role: approver, terminal: cem }
`;

describeLab('presses', { sets: ['net', 'redis'], root: true }, () => {
  let admin: Box;
  let house: House;
  let ana: Talk;
  let ben: Talk;
  let cem: Talk;
  beforeAll(async () => {
    admin = await startBox({ name: 'admin', sets: ['net'] });
    house = makeHouse({ admin }, () => CONFIG);
    ana = await house.startBot();
    [ben, cem] = await Promise.all([house.startOther('ben'), house.startOther('cem')]);
    await ana.say('open hq something sends');
  });
  afterAll(async () => {
    if (process.env['TOURNIQUET_SHOW'])
      process.stdout.write([ana, ben, cem].map((each) => each.transcript()).join('\n'));
    await house.stop();
    await admin.stop();
  });

  it('of two at once have one effect, and each an answer', async () => {
    await ana.say('block old');
    expect((await ana.say('block old')).replaceAll(/\s+/g, ' ')).toMatch(
      /measure 1 .* has port 25 on old already; approve or deny 1 first/,
    );
    expect(await ana.say('approve 1')).toMatch(/who proposed measure 1 can’t approve it/);
    const answers = await Promise.all([ben.say('approve 1'), cem.say('approve 1')]);
    const carriedOut = answers.filter((each) => /somebody has to carry out measure 1 on old by hand/.test(each));
    const tooLate = answers.filter((each) => /measure 1 was approved by (ben|cem) at [\d-]+ [\d:]+ UTC/.test(each));
    expect([carriedOut.length, tooLate.length], answers.join('\n')).toEqual([1, 1]);
    const log = (await admin.must(['cat', `${house.dataFolder}/audit/audit.jsonl`])).split('\n');
    expect(log.filter((line) => line.includes('"engage block-port-25'))).toHaveLength(1);
  });

  it('of a person who has done it by hand carry the measure on, and say whether it is believed', async () => {
    expect(await ben.say('confirm 7')).toMatch(/nobody was asked to do anything by hand for measure 7/);
    const done = await ben.say('confirm 1');
    expect(done).toMatch(/Measure 1: block port 25 on old for everyone: in force/);
    expect(done).toMatch(/whether it works could not be proved/);
    expect(await ana.say('undo 1')).toMatch(/somebody has to take back measure 1 on old by hand/);
    expect(await ana.say('close')).toMatch(/stays open: measure 1/);
    expect(await ben.say('confirm 1')).toMatch(/taken back/);
    expect(await ana.say('ledger')).toContain('Nothing is in force');
  });

  it('after all was killed act as before, and one that comes too late learns who decided and when', async () => {
    await ana.say('quarantine old 10.0.0.9');
    for (const each of [ana, ben, cem]) each.inside.kill('SIGKILL');
    await house.killRedis();
    ana = await house.startBot();
    [ben, cem] = await Promise.all([house.startOther('ben'), house.startOther('cem')]);
    expect(await ben.say('approve 2')).toMatch(/somebody has to carry out measure 2 on old by hand/);
    expect(await cem.say('approve 2')).toMatch(/measure 2 was approved by ben at [\d-]+ [\d:]+ UTC/);
    expect(await cem.say('deny 2')).toMatch(/measure 2 was approved by ben at/);
    expect(await ana.say('approve 99')).toMatch(/there is no measure 99/);
    expect(await ana.say('audit-log verify')).toContain('The audit log is whole');
  });

  it.each([
    ['block nowhere', /there is no firewall "nowhere"; say one of old, gw/],
    ['freeze mx9', /there is no server "mx9"; say one of mx1/],
    ['quarantine old 10.0.0.7', /10\.0\.0\.7 is protected .*; an admin can change it under measures/],
    ['quarantine old 10.0.0.5', /10\.0\.0\.5 is the mail server mx1; .* freeze mx1 instead/],
    ['quarantine old reception', /"reception" is not an IP address/],
    ['unplug gw --lease 500', /a lease of "500" is out of bounds: write whole minutes, 1 to 120/],
    ['block gw --lease 0', /a lease of "0" is out of bounds: write whole minutes, 1 to 1440/],
    ['unplug old', /Nothing on old would put the plug back by itself/],
    ['disable-account mx1 -rf', /"-rf" is not the name of an account/],
    ['clean-queue mx1 --account=-oQ', /"-oQ" is not the name of an account/],
  ])('of a wrong order (%s) are refused by its rule, with what can be done', async (line, why) => {
    expect((await ana.say(line)).replaceAll(/\s+/g, ' ')).toMatch(why);
    expect((await ana.say('ledger')).match(/#\d+ /g), 'but what stood before').toEqual(['#2 ']);
  });

  it('in a shell are refused too where a message’s id is shaped like a flag', async () => {
    expect(await house.tq('queue', 'mx1', 'show', '-x')).toMatchObject({
      code: 64,
      err: expect.stringContaining('"-x" is not the id of one message'),
    });
  });
});
