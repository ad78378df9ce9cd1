/** The same morning, but it is the mail server: the hunt turns the verdict, and two people pull the plug. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADDRESSES } from '../lab/company.ts';
import { describeLab } from '../lab/packages.ts';
import { startSite } from '../lab/site.ts';
import type { Malware, Site } from '../lab/site.ts';
import { makeHouse } from '../support/house.ts';
import type { House } from '../support/house.ts';
import type { Talk } from '../support/talk.ts';

describeLab('a mail server that was broken into', { sets: ['net', 'postfix', 'dns', 'redis'], root: true }, () => {
  let site: Site;
  let malware: Malware;
  let house: House;
  let ana: Talk;
  let ben: Talk;
  let cem: Talk;
  let before: Readonly<Record<string, string>>;
  beforeAll(async () => {
    site = await startSite();
    malware = site.infect('mail');
    house = makeHouse(site);
    ana = await house.startBot();
    await Promise.all([house.startAgent('gateway'), house.startAgent('mx1')]);
    [ben, cem] = await Promise.all([house.startOther('ben'), house.startOther('cem')]);
    await site.company.listen('outside', 443);
    before = await site.world();
  });
  afterAll(async () => {
    if (process.env['TOURNIQUET_SHOW'])
      process.stdout.write([ana, ben, cem].map((each) => each.transcript()).join('\n'));
    await house.stop();
    await site.stop();
  });
  const outward = (): Promise<string> => site.company.connect('innocent', ADDRESSES.outside, 443);

  it('is taken for a workstation at first, and convicted by its own attempts while its mail is frozen', async () => {
    await ana.say('open hq mail is refused everywhere');
    expect(await ana.say('triage hq')).toContain('compromised-workstation');
    for (const number of [1, 2]) {
      await ana.say('do');
      expect(await ben.say(`approve ${number}`)).toContain('in force');
    }
    await malware.go();
    // What was on its way at the freeze may still knock for ten seconds; that convicts nobody.
    const hunted = await ana.say('hunt hq --seconds 12');
    expect(hunted).toMatch(
      /The mail server itself \(10\.77\.0\.13\) tried \d+ times to send past its own\s+frozen queue/,
    );
    const incident = await ana.say('incident 1');
    expect(incident).toMatch(/The mail server itself/);
    expect(incident).toMatch(/▶ 1\. Pull the plug/);
    await malware.pause();
  });

  it('is cut off once two others agree, and the terminal drives the incident on', async () => {
    expect(await ana.say('do')).toMatch(/2 of 2 people must still agree/);
    expect(await ana.say('approve 3')).toMatch(/who proposed measure 3 can’t approve it/);
    expect(await ben.say('approve 3')).toMatch(/1 of 2 people must still agree/);
    expect(await ben.say('approve 3')).toMatch(/you have approved measure 3 already; 1 more must agree/);
    expect(await outward()).toBe('open');
    expect(await cem.say('approve 3')).toMatch(/Measure 3: pull the plug on gateway for 30 min: in force/);
    expect(await outward()).toBe('silence');
    expect((await ana.say('ledger')).replaceAll(/\s+/g, ' ')).toMatch(
      /#3 unplug gateway: in force, since \S+ \S+ UTC, until \S+ \S+ UTC, by ben and cem last look \S+ UTC: in force/,
    );
    expect(await ana.say('note the image is being taken')).toMatch(/noted|Incident 1/i);
    expect(await ana.say('do plug-in')).toContain('Taken back: measure 3');
    expect(await outward()).toBe('open');
  });

  it('leaves nothing behind once all is undone', async () => {
    expect(await ana.say('undo all')).toContain('All 2 measures are taken back');
    expect(await site.world()).toEqual(before);
    expect(await ana.say('close it is being built anew')).toMatch(
      /Incident 1 is closed[^]*Not done: Build the server anew/,
    );
    expect(await ana.say('report 1')).toMatch(/Approved: .* by ben, cem/);
  });
});
