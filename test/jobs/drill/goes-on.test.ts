/** Removal is asked for only once the leak was shown to have stopped: what else is wrong is found before. */
import { describe, expect, it } from 'vitest';
import { readScenarios } from '../../../adapters/simulated/scenario.ts';
import { playByItself } from '../../../src/compose/drill/play.ts';
import type { Played } from '../../../src/compose/drill/play.ts';
import { loadScenarios } from '../../../src/compose/drill/scenarios.ts';
import { plain } from '../../../src/domain/foreign.ts';

async function play(name: string, seed: number): Promise<Played> {
  const scenario = loadScenarios().find((each) => each.name === name);
  if (!scenario) throw new Error(`There is no scenario ${name}.`);
  return playByItself({ scenario, seed });
}

const linesOf = ({ run }: Played): readonly string[] =>
  run.steps.map(({ line }) => line.replace(/ --incident \d+/, ''));

describe.each([
  ['two-machines', 'a machine that wakes after the first was found'],
  ['login-and-machine', 'a machine beside a stolen login'],
])('%s: %s', (name) => {
  it('is seen before removal is asked for, begins the playbook anew in the same incident, and is hunted', async () => {
    const played = await play(name, 3);
    const lines = linesOf(played);
    const answers = played.run.steps.map(({ message }) => plain(message.summary));
    const seen = answers.findIndex((words) => words.startsWith('It has not stopped:'));
    expect(answers[seen]).toMatch(/ \(10\.20\.0\.\d+\) reaches port 25 of \d+ hosts outside, past the mail server\.$/);
    expect(lines[seen]).toBe('do prove-stopped');
    expect(lines.indexOf('do delist')).toBeGreaterThan(lines.lastIndexOf('do hunt'));
    expect(lines.lastIndexOf('do hunt')).toBeGreaterThan(seen);
    expect(lines.lastIndexOf('do quarantine-host')).toBeGreaterThan(seen);
    expect(lines.filter((line) => line === 'open')).toHaveLength(1);
    expect(played.score.wrongSteps).toEqual([]);
  });
});

it('takes the relay back before it freezes again, because both hold the same way out', async () => {
  const lines = linesOf(await play('two-machines', 1));
  const anew = lines.lastIndexOf('do freeze-outbound');
  expect(lines.slice(anew - 2, anew)).toEqual(['do freeze-outbound', 'undo 4']);
});

it('asks whether it leaks again where the lists keep the address for hours, and so finds what woke late', async () => {
  const late = 'trouble: [{ kind: bot, perMinute: 30 }, { kind: bot, perMinute: 30, wakesAfterMinutes: 60 }]';
  const [scenario] = readScenarios(
    ['name: late', 'title: late', 'cause: compromised-workstation', 'expert: [x]', late].join('\n'),
    'late',
  );
  if (!scenario) throw new Error('There is no such scenario.');
  const played = await playByItself({ scenario, seed: 1 });
  const lines = linesOf(played);
  const found = played.run.steps.findIndex(({ message }) => plain(message.summary).startsWith('It has not stopped'));
  expect(lines.slice(found - 2, found + 1)).toEqual(['do off-lists', 'do off-lists', 'do prove-stopped']);
  expect(played.score.result).toBe('contained');
});

it('sends directly again only once no list that matters has the address', async () => {
  const { run } = await play('stolen-login', 1);
  const looks = run.steps.filter(({ line }) => line.startsWith('do off-lists'));
  expect(looks.length).toBeGreaterThan(1);
  expect(looks.map(({ status }) => status)).toEqual([...looks.slice(1).map(() => 'critical'), 'ok']);
  const lines = run.steps.map(({ line }) => line);
  expect(lines.findIndex((line) => line.startsWith('do route-back'))).toBeGreaterThan(
    lines.findLastIndex((line) => line.startsWith('do off-lists')),
  );
});
