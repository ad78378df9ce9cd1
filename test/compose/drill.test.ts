import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';

let bot: Bot;
beforeEach(() => {
  bot = makeBot();
});
afterEach(() => bot.clean());

describe('tq drill in the shell', () => {
  it('plays itself without any configuration, prints nothing but JSON with --json, and the same bytes again', async () => {
    const run = () => bot.run(['drill', '--auto', '--scenario', 'nothing-wrong', '--seed', '4', '--json']);
    const [first, second] = [await run(), await run()];
    expect(first.out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(first.out)).toMatchObject({
      schema: 'tourniquet.drill/1',
      scenario: 'nothing-wrong',
      seed: 4,
      trueCause: 'healthy',
      measuresLeftInForce: 0,
      spamLeaked: 0,
    });
    expect(second.out).toBe(first.out);
  });

  it('prints the same JSON as its last line without --json', async () => {
    const { out } = await bot.run(['drill', '--auto', '--scenario', 'stolen-login', '--seed', '2']);
    const lines = out.trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ schema: 'tourniquet.drill/1', seed: 2 });
    expect(lines.length).toBeGreaterThan(5);
  });

  it('plays a scenario of a file, and refuses a faulty one with line and column', async () => {
    const mine = join(bot.dataFolder, 'mine.yaml');
    writeFileSync(mine, 'name: mine\ntitle: mine\ncause: healthy\nexpert: [nothing]\n');
    const { out } = await bot.run(['drill', '--auto', '--scenario', mine, '--seed', '1', '--json']);
    expect(JSON.parse(out)).toMatchObject({ scenario: 'mine' });
    writeFileSync(mine, 'name: mine\ntitle: mine\ncause: weather\nexpert: [nothing]\n');
    const faulty = await bot.run(['drill', '--auto', '--scenario', mine]);
    expect(faulty.err).toContain('mine.yaml:3:8 cause');
    expect(faulty.status).toBe(3);
  });

  it.each([
    [['drill', '--auto', '--scenario', 'stolen-logn'], 'did you mean stolen-login?'],
    [['drill', '--auto', '--seed', 'x'], '--seed "x" is not such a number'],
    [['drill', 'a', 'b'], 'drill takes one scenario'],
    [['drill', '--faults'], '--faults is for a drill that plays itself'],
    [['drill', '--auto', '--first', '2'], '--first is for a drill with faults'],
    [['drill', 'ndr-attack', '--scenario', 'open-relay'], 'there are "ndr-attack" and "open-relay"'],
    [['drill', '--auto', '--scenario', 'nowhere/mine.yaml'], 'There is no file "nowhere/mine.yaml"'],
  ])('refuses %j by name', async (words, why) => {
    const { err, status } = await bot.run(words);
    expect(err).toContain(why);
    expect(status).toBe(64);
  });
});

describeLab('a drill in the terminal chat', { sets: ['redis'] }, () => {
  it('takes over its conversation until it is stopped, marks all that is said, and touches nothing real', async () => {
    const script = ['drill start infected-workstation --seed 1', 'queue', 'hint', 'drill stop', 'queue', 'hint'];
    const { out } = await bot.run(['chat'], { input: `${script.join('\n')}\n` });
    const begun = out.indexOf('DRILL ▲ Tuesday, 07:30');
    const looked = out.indexOf('DRILL · mx1: 8 messages');
    const hinted = out.indexOf('DRILL · I would say');
    const scored = out.indexOf('DRILL ✖ The drill is over');
    const real = out.indexOf('no mail server was named');
    expect(
      [begun, looked, hinted, scored, real].toSorted((a, b) => a - b),
      out,
    ).toEqual([begun, looked, hinted, scored, real]);
    expect(begun).toBeGreaterThanOrEqual(0);
    expect(out).toContain('No drill is played here.');
  });

  it('names the nearest scenario, and begins only one at a time', async () => {
    const script = ['drill start stolen-logn', 'drill start stolen-login', 'drill start', 'drill list'];
    const { out } = await bot.run(['chat'], { input: `${script.join('\n')}\n` });
    expect(out).toContain('did you mean stolen-login?');
    expect(out).toContain('a drill is played here already (seed ');
    expect(out).toContain('18 mornings can be played');
  });
});
