/**
 * The morning, walked from the first complaint to the last byte put back: real Postfix, nftables, dnsmasq, rbldnsd and
 * Redis, the bot and its agents as processes, two people at terminals. What is done in one sentence is what the next begins with.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADDRESSES } from '../lab/company.ts';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { SMART_HOST, startSite } from '../lab/site.ts';
import type { Site } from '../lab/site.ts';
import { makeHouse } from '../support/house.ts';
import type { House } from '../support/house.ts';
import type { Talk } from '../support/talk.ts';

/** Once the machine's first attempt was refused. */
const NAMED_WITHIN_MS = 5000;

describeLab('the whole playbook at a real site', { sets: ['net', 'postfix', 'dns', 'redis'], root: true }, () => {
  let site: Site;
  let house: House;
  let ana: Talk;
  let ben: Talk;
  let before: Readonly<Record<string, string>>;
  const reached = (to: string): readonly string[] =>
    site.outside.arrived().flatMap((each) => (each.to === to ? [each.peer] : []));
  const reaches = (to: string): Promise<void> =>
    until(() => reached(to).length > 0, 15_000, `mail to reach ${to} outside`);

  beforeAll(async () => {
    site = await startSite();
    house = makeHouse(site);
    ana = await house.startBot();
    [ben] = await Promise.all([house.startOther('ben'), house.startAgent('gateway'), house.startAgent('mx1')]);
    await site.company.listen('outside', 443);
    before = await site.world();
  });
  afterAll(async () => {
    if (process.env['TOURNIQUET_SHOW']) process.stdout.write(`${ana.transcript()}\n${ben.transcript()}`);
    await house.stop();
    await site.stop();
  });

  it('says from the evidence that it is a workstation', async () => {
    await site.writeToCustomer('innocent', 'before@far.test');
    await reaches('before@far.test');
    await site.malware.go();
    await until(() => reached('victim@far.test').length >= 3, 10_000, 'PC-RECEPTION to send by itself');
    await site.malware.pause();
    await ana.say('open hq mail is refused everywhere');
    await ana.say('ack');
    expect(await ana.say('triage hq')).toMatch(
      /\d+ %: a workstation that sends \(compromised-workstation\)\n +for +the address is listed \(bl\.test\)\s+though\s+the\s+queues\s+are\s+clear/,
    );
  });

  it('freezes and blocks once a second person agrees; nothing leaves, and all that is innocent goes on', async () => {
    for (const number of [1, 2]) {
      expect(await ana.say('do')).toContain(`Measure ${number}:`);
      expect(await site.world(), 'it was done before it was approved').toEqual(
        number === 1 ? before : await site.world(),
      );
      expect(await ben.say(`approve ${number}`)).toMatch(/in force/);
    }
    const { company } = site;
    expect(await site.writeToCustomer('innocent', 'held@far.test')).toBe('sent');
    expect(await site.writeFromOutside('anna@office.test')).toBe('sent');
    expect(await site.writeToCustomer('innocent', 'anna@office.test'), 'among colleagues').toBe('sent');
    await until(async () => (await site.inMailbox('anna')) === 2, 10_000, 'inbound and inner mail');
    await company.boxes.mail.must(['postqueue', '-f']);
    const outward = [25, 443].map((port) => company.connect('innocent', ADDRESSES.outside, port));
    expect(await Promise.all(outward)).toEqual(['refused', 'open']);
    expect(await company.connect('innocent', ADDRESSES.mail, 25)).toBe('open');
    await until(
      async () => (await company.boxes.mail.must(['postqueue', '-p'])).includes('unavailable'),
      5000,
      'the flush',
    );
    expect(reached('held@far.test')).toEqual([]);
  });

  it('names the machine within five seconds of its first refused attempt, by the name it told the DHCP server', async () => {
    const hunt = ana.begin('hunt hq --seconds 5');
    await until(() => /Watching|Nobody tried|tried port 25/.test(hunt.since()), 10_000, 'the hunt');
    await site.malware.go();
    await until(() => hunt.since().includes('PC-RECEPTION (10.77.0.11) tried port 25'), 15_000, 'the name');
    expect(Date.now() - (site.malware.times('blocked')[0] ?? 0)).toBeLessThan(NAMED_WITHIN_MS);
    expect(await hunt.done()).toMatch(/Quarantine 10\.77\.0\.11/);
    expect(site.malware.times('blocked').length).toBeGreaterThan(10);
    expect(await ana.say('next')).toContain('Take the machine off the network');
  });

  it('takes it off the network, lets the others send again, and what waited leaves at once', async () => {
    await ana.say('do');
    expect(await ben.say('approve 3')).toMatch(/take 10\.77\.0\.11 off the network at gateway: in force/);
    expect(await ana.say('do unblock-port-25')).toContain('Taken back: measure 2');
    expect(await ana.say('do unfreeze-outbound')).toContain('Taken back: measure 1');
    await reaches('held@far.test');
    const spam = reached('victim@far.test').length;
    await until(() => site.malware.times('lost').length > 0, 10_000, 'PC-RECEPTION to reach nobody');
    expect(reached('victim@far.test')).toHaveLength(spam);
    await site.malware.pause();
  });

  it('sends through the ISP’s relay while the address is listed', async () => {
    expect(await ana.say('do')).toContain('send mx1’s mail through the smart host?');
    await ben.say('approve 4');
    await site.writeToCustomer('innocent', 'relayed@far.test');
    await reaches('relayed@far.test');
    expect([...reached('held@far.test'), ...reached('relayed@far.test')]).toEqual([
      ADDRESSES.gatewayOutside,
      SMART_HOST,
    ]);
  });

  it('does not close while something is in force that nobody chose to keep; undone, all is to the byte what it was', async () => {
    expect(await ana.say('close')).toMatch(/stays open: measure 3 .* in force; measure\s+4 /);
    expect(await ana.say('undo all')).toContain('All 2 measures are taken back, the last first.');
    expect(await site.world()).toEqual(before);
    const closed = await ana.say('close the machine is at the repair shop');
    expect(closed).toMatch(/Incident 1 is closed[^]*Not done: Wipe the machine;/);
  });

  it('tells it all afterwards: who approved what and when, in both times, from an audit log that is whole', async () => {
    const report = await ana.say('report 1');
    for (const number of [1, 2, 3, 4])
      expect(report).toMatch(
        new RegExp(
          `### Measure ${number}: [^]*?- Proposed: [^\\n]* by ana\\n- Approved: [^\\n]* UTC \\(.* Europe/Berlin\\) by ben`,
        ),
      );
    expect(report).toMatch(/\| UTC \| Europe\/Berlin \| what \|/);
    expect(report).toContain('Still in force: nothing');
    const verified = await house.tq('audit-log', 'verify');
    expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('The audit log is whole')]);
  });
});
