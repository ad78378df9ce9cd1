/** Somebody else's hand in what stands: told, never overwritten, and there is a way on from each. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { startSite } from '../lab/site.ts';
import type { Site } from '../lab/site.ts';
import { makeHouse } from '../support/house.ts';
import type { House } from '../support/house.ts';
import type { Talk } from '../support/talk.ts';

const MAIN_CF = '/etc/postfix/main.cf';

describeLab('what somebody else changes', { sets: ['net', 'postfix', 'dns', 'redis'], root: true }, () => {
  let site: Site;
  let house: House;
  let ana: Talk;
  let before: Readonly<Record<string, string>>;
  let number = 0;
  beforeAll(async () => {
    site = await startSite();
    before = await site.world();
    house = makeHouse(site);
    ana = await house.startBot();
    await Promise.all([house.startAgent('gateway'), house.startAgent('mx1')]);
    await ana.say('open hq something sends');
  });
  afterAll(async () => {
    if (process.env['TOURNIQUET_SHOW']) process.stdout.write(ana.transcript());
    await house.stop();
    await site.stop();
  });
  const inForce = async (words: string): Promise<number> => {
    number += 1;
    await ana.say(words);
    expect(await ana.say(`break-glass ${number} alone at night`)).toContain('in force');
    return number;
  };
  const nft = (...words: readonly string[]): Promise<string> => site.company.boxes.gateway.must(['nft', ...words]);

  it('is told where a `flush ruleset` took the block away, and undo then only closes it', async () => {
    const block = await inForce('block gateway');
    await nft('flush', 'ruleset');
    await site.company.boxes.gateway.must(['nft', '-f', '-'], before['nft list ruleset'] ?? '');
    expect(await ana.say('ledger')).toMatch(
      new RegExp(`#${block} block-port-25 gateway: no longer in force, by somebody else’s hand`),
    );
    expect(await ana.say('close'), 'nothing untrue is said of it').toMatch(
      /stays open: measure \d+ \(block port 25 on gateway for everyone\) is no\s+longer in force/,
    );
    expect(await ana.say(`undo ${block}`)).toContain(`Measure ${block} is taken back`);
    expect(await site.world()).toEqual(before);
  });

  it('refuses to take back a table that somebody has put a rule into, with the difference, until it is settled', async () => {
    const block = await inForce('block gateway');
    const table = `tourniquet_tq${block}`;
    await nft('insert', 'rule', 'inet', table, 'forward', 'ip', 'saddr', '10.77.0.12', 'accept');
    expect(await ana.say('ledger')).toMatch(/changed by somebody else’s hand/);
    const refused = await ana.say(`undo ${block}`);
    expect(refused).toMatch(/\+ forward: ip saddr 10\.77\.0\.12 accept/);
    expect(refused).toContain(`undo ${block} --ours-only`);
    expect(refused).toMatch(/\[\d+\] Only ours/);
    expect(await nft('list', 'tables')).toContain(table);
    const handle = /accept # handle (\d+)/.exec(await nft('-a', 'list', 'chain', 'inet', table, 'forward'))?.[1] ?? '';
    await nft('delete', 'rule', 'inet', table, 'forward', 'handle', handle);
    expect(await ana.say('ledger'), 'settled').not.toContain('Only ours');
    expect(await ana.say(`undo ${block}`)).toContain(`Measure ${block} is taken back`);
    expect(await site.world()).toEqual(before);
  });

  it('refuses over a line that somebody added to main.cf, and takes back only what is ours when told so', async () => {
    const { mail } = site.company.boxes;
    const freeze = await inForce('freeze mx1');
    mail.write(MAIN_CF, `${mail.read(MAIN_CF)}message_size_limit = 20000000\n`);
    expect(await ana.say('ledger')).toMatch(/changed by somebody else’s hand/);
    expect(await ana.say(`undo ${freeze}`)).toMatch(/\+ message_size_limit = 20000000/);
    expect(mail.read(MAIN_CF)).toContain('master_service_disable');
    expect(await ana.say(`undo ${freeze} --ours-only`)).toContain(`Measure ${freeze} is taken back`);
    expect(mail.read(MAIN_CF)).toBe(`${before['main.cf']}message_size_limit = 20000000\n`);
    mail.write(MAIN_CF, before['main.cf'] ?? '');
  });

  it('may be a disk that can’t be written any more: nothing new is begun, and what stands is taken back', async () => {
    const block = await inForce('block gateway');
    const audit = `${house.dataFolder}/audit`;
    await site.admin.must(['mount', '--bind', audit, audit]);
    await site.admin.must(['mount', '-o', 'remount,ro,bind', audit]);
    expect(await ana.say('quarantine gateway 10.77.0.99')).toMatch(
      /audit log can't be\s+written[^]*nothing was\s+changed/,
    );
    number += 1;
    expect(await ana.say(`undo ${block}`)).toContain(`Measure ${block} is taken back`);
    expect(await site.world()).toEqual(before);
    await site.admin.must(['umount', audit]);
    expect(await ana.say('report 1')).toMatch(
      new RegExp(`measure ${block} is taken back \\(it is not in the audit log`),
    );
    expect(await ana.say('audit-log verify')).toContain('The audit log is whole');
  });

  it('is told where somebody has thawed the server by hand', async () => {
    const { mail } = site.company.boxes;
    const freeze = await inForce('freeze mx1');
    mail.write(MAIN_CF, before['main.cf'] ?? '');
    await mail.must(['postfix', 'reload']);
    expect(await ana.say('ledger')).toMatch(/freeze-outbound mx1: no longer in force, by somebody else’s hand/);
    expect(await ana.say(`undo ${freeze}`)).toContain(`Measure ${freeze} is taken back`);
    expect(await ana.say('close')).toMatch(/Incident 1 is closed/);
    expect(await site.world()).toEqual(before);
  });
});
