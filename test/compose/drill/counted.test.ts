import { expect, it } from 'vitest';
import { makeFigures } from '../../../adapters/operations/figures.ts';
import { noteCarriedOut } from '../../../src/compose/drill/counted.ts';

it('what was said in a drill is in no figure, and marked in the log', async () => {
  const figures = makeFigures();
  const lines: unknown[] = [];
  const note = (isPlayed: boolean): void =>
    noteCarriedOut(
      {
        isPlayed,
        request: {
          id: 'x',
          command: { name: 'triage', words: [], options: {} },
          actor: { surface: 'terminal', id: 'anna', shown: { foreign: 'anna' } },
          conversation: { surface: 'terminal', id: 'tty' },
          at: 0,
          files: {},
        },
      },
      'critical',
      1,
      { figures, log: { info: (fields: unknown) => void lines.push(fields) } },
    );
  const counted = async (): Promise<string> =>
    (await figures.registry.metrics()).match(/^tourniquet_commands_total.*$/m)?.[0] ?? '';
  note(true);
  expect(await counted()).toBe('');
  expect(lines).toMatchObject([{ command: 'triage', drill: true }]);
  note(false);
  expect(await counted()).toMatch(/triage.* 1$/);
  expect(lines[1]).not.toHaveProperty('drill');
});
