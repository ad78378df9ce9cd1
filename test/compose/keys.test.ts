/** An operator's key is asked with and shown nowhere: one canary key, every place where words leave the house. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { redactorFor } from '../../adapters/log/log.ts';
import { makeFigures } from '../../adapters/operations/figures.ts';
import { describeLab } from '../lab/packages.ts';
import { startRedis } from '../lab/redis.ts';
import { makeBot } from '../support/bot.ts';
import { a, reply, startMisbehaving } from '../support/misbehaving-dns.ts';
import type { Behaviour } from '../support/misbehaving-dns.ts';

const KEY = 'canary9key8canary7key6ca42';

/** Says the whole question, key and all, in its reason. */
const blabbing: Behaviour = (asked) => {
  if (asked.name.startsWith('1.0.0.127.')) return [reply(asked)];
  if (asked.type === 'A') return [reply(asked, [a(asked.name, '127.0.0.2')])];
  return [
    reply(asked, [{ type: 'TXT', name: asked.name, ttl: 5, data: `see https://x.test/${asked.name.toUpperCase()}` }]),
  ];
};

describeLab('an operator’s key', { sets: ['redis'] }, () => {
  it('goes into the question, and into no output, error, log, job, record or figure', async () => {
    const dns = await startMisbehaving(
      {
        [`${KEY}.good.test`]: blabbing,
        [`${KEY}.failing.test`]: (asked) => [reply(asked, [], { rcode: 'SERVFAIL' })],
        [`${KEY}.refusing.test`]: (asked) => [reply(asked, [], { rcode: 'REFUSED' })],
        [`${KEY}.broken.test`]: (asked) => [reply(asked, [a(`x.${asked.name}`, '127.0.0.2')])],
      },
      true,
    );
    const redis = await startRedis();
    const watcher = await new Redis(redis.url).monitor();
    const commands: string[] = [];
    watcher.on('monitor', (_time: string, args: readonly string[]) => commands.push(args.join(' ')));
    const bot = makeBot();
    const catalogue = join(bot.dataFolder, 'keyed.yaml');
    const config = join(bot.dataFolder, 'tourniquet.yaml');
    const entry = (zone: string): string =>
      `- {zone: "\${CANARY_KEY}.${zone}.test", kind: ip, weight: high, manners: {perDay: 1000}, codes: {"127.0.0.2": {meaning: spam}}}\n`;
    writeFileSync(catalogue, ['good', 'failing', 'refusing', 'broken'].map(entry).join(''));
    writeFileSync(
      config,
      `resolvers: ["${dns.address}"]\nblocklists: {catalogue: ${catalogue}, secondOpinion: ["${dns.address}"]}\n`,
    );
    const env = { CANARY_KEY: KEY, REDIS_URL: redis.url, LOG_LEVEL: 'debug' };
    const words = ['203.0.113.7', '--any-address', '--confirm', '--since', '7'];
    const said = [
      await bot.run(['check', ...words, '--config', config, '--json'], { env }),
      await bot.run(['check', ...words, '--config', config], { env }),
      await bot.run(['check', '203.0.113.7', '--any-address', '--config', config, '--lists', 'good.test'], { env }),
      await bot.run(['chat', '--config', config], { env, input: `check ${words.join(' ')}\nstatus\n` }),
    ];
    watcher.disconnect();
    const log = join(bot.dataFolder, 'tourniquet.log');
    const lists = JSON.parse(said[0]?.out ?? '').subjects[0].lists;
    expect(lists.map((each: { zone: string; state: string }) => `${each.zone} ${each.state}`)).toEqual([
      '${CANARY_KEY}.good.test listed',
      '${CANARY_KEY}.failing.test unknown',
      '${CANARY_KEY}.refusing.test unknown',
      '${CANARY_KEY}.broken.test unknown',
    ]);
    expect(lists[0].reason).toContain('7.113.0.203.${CANARY_KEY}.');
    expect(dns.asked.some((asked) => asked.name.includes(KEY))).toBe(true);
    expect(commands.length).toBeGreaterThan(20);
    const everything = [
      ...said.flatMap((each) => [each.out, each.err]),
      ...commands,
      existsSync(log) ? readFileSync(log, 'utf8') : '',
    ];
    expect(everything.filter((text) => text.toLowerCase().includes(KEY))).toEqual([]);
    await bot.clean();
    await redis.stop();
    await dns.stop();
  });

  it('is taken out of whatever is logged, in any case of letters', () => {
    const clean = redactorFor({ CANARY_KEY: KEY, OTHER_TOKEN: 'short', HOME_KEY: 'a+b*c(d)e[f' });
    expect(clean(`asked 7.113.0.203.${KEY.toUpperCase()}.good.test short a+b*c(d)e[f`)).toBe(
      'asked 7.113.0.203.[CANARY_KEY].good.test short [HOME_KEY]',
    );
  });

  it('is in no figure: their labels are command names and states', async () => {
    const figures = makeFigures();
    figures.command('check', 'critical', 1);
    expect(await figures.registry.metrics()).toContain(
      'tourniquet_commands_total{command="check",status="critical"} 1',
    );
  });
});
