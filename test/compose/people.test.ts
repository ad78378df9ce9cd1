import { expect, it } from 'vitest';
import { makePeople } from '../../src/compose/people.ts';
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
