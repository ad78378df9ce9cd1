/** The whole of "Pull the plug" by buttons alone, as a drill: from the first look to a closed incident and its report. */
import { expect } from 'vitest';
import { changes } from '../../../src/messages/spent.ts';
import { until } from '../../lab/process.ts';
import { buttonsOf } from './buttons.ts';
import type { ShownButton } from './buttons.ts';
import type { Person } from './person.ts';
import type { SlackServer } from './server.ts';
import type { Posted } from './workspace.ts';

export function summaryOf(posted: Posted): string {
  return posted.text.split('\n')[0] ?? '';
}

/** Every press is answered, and at the end no button is left that would change anything. */
export async function pullThePlug(slack: SlackServer, by: () => Person): Promise<void> {
  const shown = (): readonly Posted[] => slack.workspace.posted;
  /** Final answers, by the press: each is a message of its own, or the edit of one. */
  const answered = (): number => shown().length + slack.responses.length;
  await by().command('drill start infected-workstation --seed 1 --speed 300');
  /** Command -> how much had been said when it was pressed. */
  const pressed = new Map<string, number>();
  const closed = (): boolean => shown().some((each) => summaryOf(each).endsWith('closed'));
  const offered = (): readonly (ShownButton & { readonly on: Posted })[] =>
    shown()
      .flatMap((on, at) => buttonsOf(on).map((each) => ({ ...each, on, at })))
      .toReversed()
      .filter(({ style, command, label, at }) => {
        const before = pressed.get(command);
        return (
          style !== undefined && style !== 'menu' && (before === undefined || (label === 'Look again' && at >= before))
        );
      });
  while (!closed()) {
    await until(() => closed() || offered().length > 0, 25_000, 'a button to press');
    const [next] = offered();
    if (!next) continue;
    const before = answered();
    pressed.set(next.command, shown().length);
    expect(await by().press(next.on, next.label), next.label).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^(\{\})?$/),
    });
    await until(() => answered() > before || closed(), 25_000, `an answer to ${next.label}`);
  }
  expect(pressed.size).toBeGreaterThan(6);
  await until(() => shown().some((each) => /Nothing of it is in force/.test(each.text)), 15_000, 'the last word');
  const said = shown().filter((each) => each.files.length === 0);
  expect(said.filter((each) => !summaryOf(each).startsWith('DRILL')).map(summaryOf)).toEqual([]);
  const left = (): readonly string[] =>
    shown()
      .flatMap((each) => buttonsOf(each).map(({ command }) => command))
      .filter((command) => changes(command));
  await until(() => left().length === 0, 15_000, 'no button to be left that would change anything').catch((error) => {
    throw new Error(`${String(error)}: ${left().join(', ')}`);
  });
  const headline = shown().find((each) => /^DRILL .*Incident 1 .* closed$/.test(summaryOf(each)));
  const documents = (): readonly Posted[] => shown().filter((each) => each.files.length > 0);
  await until(() => documents().length > 0, 15_000, 'the report');
  expect(documents()).toMatchObject([{ thread: headline?.ts, files: [{ name: 'DRILL-incident-1.md' }] }]);
  expect(documents()[0]?.files[0]?.text).toMatch(/^# .*Incident 1/);
}
