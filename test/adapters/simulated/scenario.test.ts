import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TRAPS, readScenarios } from '../../../adapters/simulated/scenario.ts';
import { loadScenarios } from '../../../src/compose/drill/scenarios.ts';
import { CAUSES } from '../../../src/domain/causes.ts';

const faultsOf = (...lines: readonly string[]): readonly string[] => {
  try {
    readScenarios(lines.join('\n'), 'f');
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(1) : [];
  }
};

describe('the scenarios', () => {
  it('have one for every cause of the playbook but for not knowing', () => {
    const causes = new Set(loadScenarios().map(({ cause }) => cause));
    expect(CAUSES.filter((cause) => !causes.has(cause))).toEqual(['undetermined']);
  });

  it('set each of the traps somewhere', () => {
    const set = new Set(loadScenarios().flatMap(({ traps }) => traps));
    expect(TRAPS.filter((trap) => !set.has(trap))).toEqual([]);
    expect(loadScenarios().some(({ trouble }) => trouble.some((each) => 'wakesAfterMinutes' in each))).toBe(true);
  });

  it('can be written as docs/drill.md says', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/drill.md'), 'utf8');
    const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
    expect(readScenarios(example, 'f')).toMatchObject([{ name: 'mine', traps: ['newsletter', 'greylisting'] }]);
  });
});

describe('a scenario with faults', () => {
  it('is told every one of them, each with line, column and what to write', () => {
    expect(
      faultsOf(
        '- name: Mine',
        '  title: x',
        '  cause: weather',
        '  trouble:',
        '    - { kind: bots }',
        '    - { kind: bot, perMinute: [60, 20], sinceMinutes: 1 }',
        '  traps: [newsleter]',
        '  expertt: [x]',
      ),
    ).toEqual([
      '  f:1:9 0.name: a name has small letters, digits and hyphens',
      expect.stringMatching(/^ {2}f:3:10 0.cause: write one of compromised-workstation, /),
      '  f:5:15 0.trouble.0.kind: write one of bot, stolen-login, harvest, open-relay, isp-refuses, broken, policy-range',
      '  f:6:31 0.trouble.1.perMinute: write the smaller number first',
      '  f:6:55 0.trouble.1.sinceMinutes: write a number from 5 to 720, or a range [low, high] of them',
      expect.stringMatching(/^ {2}f:7:11 0.traps.0: write one of newsletter, /),
      '  f:1:3 0.expert: it is missing',
      '  f:8:3 0.expertt: there is no such field',
    ]);
  });

  it('is told where YAML itself ends, where a name comes twice, and what its cause comes of', () => {
    expect(faultsOf('name: a', 'name: b')).toEqual(['  f:2:1 Map keys must be unique']);
    expect(faultsOf('')).toEqual(['  f:1:1 write a scenario: name, title, cause, expert, …']);
    const one = '- { name: a, title: b, cause: healthy, expert: [x] }';
    expect(faultsOf(one, one)).toEqual(['  f:2:11 1.name: there is another scenario of this name']);
    expect(
      faultsOf('name: a', 'title: b', 'cause: compromised-server', 'expert: [x]', 'trouble: [{ kind: bot }]'),
    ).toEqual(['  f:3:8 cause: compromised-server comes of nothing under trouble: add { kind: bot, on: server }']);
  });
});
