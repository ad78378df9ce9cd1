/** Roles by user group, as Slack tells who is in one. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../lab/process.ts';
import { openSlackStage } from '../../support/slack/stage.ts';
import type { SlackStage } from '../../support/slack/stage.ts';

let stage: SlackStage;
beforeEach(async () => {
  stage = await openSlackStage({ groups: ['S0OPS', 'S0MAIL'], named: ['T0HOME/U0BEN'], clock: 'by hand' });
  stage.slack.workspace.groups.set('S0OPS', ['U0ANNA', 'U0BEN']).set('S0MAIL', []);
});
afterEach(() => stage.close());

const asked = (): number =>
  stage.slack.workspace.calls.filter((call) => call.method === 'usergroups.users.list').length;
async function heard(id = 'U0ANNA') {
  await stage.person({ id }).command('status');
  return stage.heard.at(-1)?.actor;
}

it('whoever is in a group is heard as one of it; whom tourniquet.yaml names is not looked for in groups', async () => {
  expect(await heard()).toMatchObject({ id: 'T0HOME/U0ANNA', groups: ['S0OPS'] });
  const before = asked();
  expect(await heard('U0BEN')).toEqual({ surface: 'slack', id: 'T0HOME/U0BEN', shown: { foreign: 'U0BEN' } });
  expect(asked()).toBe(before);
});

it('asks once a minute at most, and believes no longer what was told more than five minutes ago', async () => {
  await Promise.all([heard(), heard(), heard()]);
  expect(asked()).toBe(2);
  stage.slack.workspace.groups.set('S0OPS', []);
  stage.pass(61_000);
  // Who asks first is still answered by what is known; it is asked meanwhile.
  await until(async () => !('groups' in ((await heard()) ?? {})), 10_000, 'the new answer to be believed');
  expect(asked()).toBe(4);
});

it('goes on with what it knows while Slack is away for less than five minutes, and then says that it does not know', async () => {
  await heard();
  stage.slack.workspace.fail('usergroups.users.list', { kind: 'status', status: 503 }, 1000);
  stage.pass(61_000);
  expect(await heard()).toMatchObject({ groups: ['S0OPS'] });
  stage.pass(300_000);
  const unknown = await heard();
  expect(unknown).not.toHaveProperty('groups');
  expect(unknown).toMatchObject({ groupsUnknown: expect.stringMatching(/S0OPS: (unreachable|status_503)/) });
  stage.slack.workspace.heal();
  stage.pass(31_000);
  expect(await heard()).toMatchObject({ groups: ['S0OPS'] });
});

it.each([
  ['missing_scope', () => stage.slack.workspace.missingScopes.add('usergroups:read')],
  ['no_such_subteam', () => stage.slack.workspace.groups.delete('S0MAIL')],
])('says %s where Slack refuses to tell', async (code, refuse) => {
  refuse();
  expect(await heard()).toMatchObject({ groupsUnknown: expect.stringContaining(code) });
});
