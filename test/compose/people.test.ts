import { expect, it } from 'vitest';
import { makePeople } from '../../src/compose/chats/people.ts';
import { readConfig } from '../../src/config/read.ts';
import { foreign } from '../../src/domain/foreign.ts';

it('knows a person of Slack by team and user, in an Enterprise Grid too, and by nothing else', () => {
  const people = makePeople(
    readConfig('people: [{name: anna, role: admin, slack: T1/U1}, {name: ben, role: approver, slack: E1/T2/U2}]', 'x'),
  );
  const roleOf = (id: string): string => people.roleOf({ surface: 'slack', id, shown: foreign('anna') });
  expect(['T1/U1', 'E9/T1/U1', 'E1/T2/U2'].map(roleOf)).toEqual(['admin', 'admin', 'approver']);
  expect(['T2/U1', 'U1', 'anna', 'T2/U2', 'E2/T2/U2', 'X/E1/T1/U1'].map(roleOf)).toEqual(
    Array.from({ length: 6 }, () => 'viewer'),
  );
});

it('hears one voice from a person at the terminal and in the console, and nobody’s from a name it does not know', () => {
  const people = makePeople(readConfig('people: [{name: anna, role: approver, terminal: root}]', 'x'));
  const at = (surface: 'web' | 'terminal', id: string) => ({ surface, id, shown: foreign(id) });
  for (const actor of [at('web', 'anna'), at('web', 'terminal:root'), at('terminal', 'root')]) {
    expect(people.personOf(actor)).toBe('anna');
    expect(people.roleOf(actor)).toBe('approver');
  }
  expect(people.personOf(at('web', 'terminal:ben'))).toBe(people.personOf(at('terminal', 'ben')));
  expect(people.roleOf(at('web', 'ben'))).toBe('nobody');
  expect(people.names).toEqual(['anna']);
});

it('gives a group of Slack its role, the highest of several; a person’s own line counts alone', () => {
  const people = makePeople(
    readConfig(
      `people: [{name: ben, role: viewer, slack: T1/U2}]
groups: [{name: desk, role: responder, slack: S1A}, {name: post, role: approver, slack: S2B}]
chat: {slack: {everybody: nobody}}`,
      'x',
    ),
  );
  const roleOf = (id: string, ...groups: readonly string[]): string =>
    people.roleOf({ surface: 'slack', id, shown: foreign(id), groups });
  expect(roleOf('T1/U1', 'S1A')).toBe('responder');
  expect(roleOf('T1/U1', 'S1A', 'S2B')).toBe('approver');
  expect(roleOf('T1/U1', 'S9Z')).toBe('nobody');
  expect(roleOf('T1/U1')).toBe('nobody');
  expect(roleOf('T1/U2', 'S2B')).toBe('viewer');
  expect(people.roleOf({ surface: 'teams', id: 'T1/U1', shown: foreign('x'), groups: ['S2B'] })).toBe('viewer');
});
