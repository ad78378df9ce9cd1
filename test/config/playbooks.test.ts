import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlaybooks } from '../../src/config/playbooks.ts';
import { ConfigRefused } from '../../src/config/yaml.ts';
import { playbookFor } from '../../src/domain/playbook/built-in/all.ts';

function faultsOf(text: string): readonly string[] {
  try {
    readPlaybooks(text, 'p.yaml');
  } catch (error) {
    if (error instanceof ConfigRefused)
      return error.faults.map((fault) => `${fault.line}:${fault.column} ${fault.path}: ${fault.why}`);
    throw error;
  }
  return [];
}

const DOCUMENTED =
  /```yaml\n(- id: [\s\S]*?)```/.exec(
    readFileSync(join(import.meta.dirname, '../../docs/incidents.md'), 'utf8'),
  )?.[1] ?? '';

describe('one’s own playbooks', () => {
  it('are read as the documentation shows them, and come before the built-in one', () => {
    const own = readPlaybooks(DOCUMENTED, 'docs');
    const book = playbookFor('authenticated-relay', own);
    expect(book.id).toBe('stolen-password');
    expect(book.steps.map((step) => step.does.kind)).toEqual(['person', 'measure', 'look', 'take-back']);
    expect(playbookFor('ndr-attack', own).id).toBe('ndr-attack');
    for (const written of [`\uFEFF${DOCUMENTED}`, DOCUMENTED.replaceAll('\n', '\r\n')])
      expect(readPlaybooks(written, 'by an editor of Windows')).toEqual(own);
  });

  it('are refused with every fault, each with its line and column', () => {
    const text = DOCUMENTED.replace('causes: [authenticated-relay]', 'causes: [bad-luck]')
      .replace('kind: freeze-outbound', 'kind: freeze-all')
      .replace('    person: Call', '    persn: Call');
    expect(faultsOf(text).map((fault) => fault.split(':').slice(0, 2).join(':').split(' ')[0])).toEqual([
      '3:12',
      '5:7',
      '8:7',
      '14:18',
    ]);
    expect(faultsOf(text)[2]).toContain('did you mean person?');
  });

  it.each([
    [
      'a measure that nothing takes back',
      'takesBack: freeze-outbound # what',
      'person: Undo it. # what',
      'nothing takes it back',
    ],
    [
      'the taking back of what is no measure',
      'takesBack: freeze-outbound',
      'takesBack: look',
      'only a measure is taken back',
    ],
    ['a look that does more', 'look: queue {server} top senders', 'look: freeze mx1', 'freeze does more than look'],
    ['a look that is no command', 'look: queue {server} top senders', 'look: peek mx1', 'there is no command "peek"'],
    ['a step that waits for none', 'after: [look]', 'after: [luck]', 'no step is called luck'],
    ['the same step twice', '- id: look', '- id: tell-the-desk', 'there is a step tell-the-desk before'],
    [
      'two things in one step',
      'look: queue {server} top senders',
      'look: queue\n      person: Do it',
      'exactly one of',
    ],
    ['a step that waits for itself', 'after: [look]', 'after: [unfreeze-outbound]', 'a step can’t wait for itself'],
    [
      'all that waits',
      'kind: freeze-outbound',
      'kind: clean-queue',
      '14:7 [0].steps[1].measure: name sender, account or',
    ],
    ['a quote that is left open', 'queue {server} top', 'queue "{server} top', '(") is never closed'],
    [
      'a look that its command can’t read',
      'top senders',
      'top sendrs',
      '21:7 [0].steps[2].look: queue does not know "top sendrs"',
    ],
    ['an option that there isn’t', 'top senders', '--tpo senders', 'queue has no option "--tpo"'],
    [
      'a fact that never has this value',
      'is: clear',
      'is: empty',
      'queue is never "empty"; write one of full, some, clear',
    ],
  ])('are refused for %s', (_what, from, to, why) => {
    expect(DOCUMENTED).toContain(from);
    expect(faultsOf(DOCUMENTED.replace(from, to)).join('\n')).toContain(why);
  });

  it('are refused where two steps wait for each other, as neither could be taken', () => {
    const text = DOCUMENTED.replace('top senders', 'top senders\n      after: [unfreeze-outbound]');
    expect(faultsOf(text).map((fault) => fault.split(' #')[0])).toEqual([
      '22:15 [0].steps[2].after[0]: unfreeze-outbound comes later; a step waits for steps above it',
    ]);
  });

  it('are refused where a second one is for the same cause, in the same file or in another', () => {
    const twice = DOCUMENTED + DOCUMENTED.replace('id: stolen-password', 'id: ours-too');
    const why = 'stolen-password is for authenticated-relay already; only the first would be used';
    expect(faultsOf(twice)).toEqual([`33:12 [1].causes[0]: ${why}`]);
    expect(faultsOf(DOCUMENTED + DOCUMENTED)[0]).toBe('31:3 [1].id: there is a playbook stolen-password before');
    const first = readPlaybooks(DOCUMENTED, 'first');
    const other = DOCUMENTED.replace('id: stolen-password', 'id: ours-too');
    expect(() => readPlaybooks(other, 'second.yaml', first)).toThrow(why);
  });

  it('may have words over several lines, which are one paragraph, and none with a character that nobody sees', () => {
    const text = DOCUMENTED.replace('person: Call 4711 and', 'person: |\n        Call 4711\n        and');
    const [step] = readPlaybooks(text, 'p.yaml')[0]?.steps ?? [];
    expect(step?.does).toEqual({ kind: 'person', instruction: 'Call 4711 and say which account it is.' });
    expect(faultsOf(DOCUMENTED.replace('title: Stop', 'title: Stop \u202E'))).toEqual([
      expect.stringMatching(/^2:3 \[0\]\.title: it holds a character that nobody sees: Stop <U\+202E>/),
    ]);
  });

  it('may call a fact what somebody will say, whatever it is', () => {
    const text = DOCUMENTED.replace('queue {server} top senders', 'check {customer}').replace(
      'fact: queue, is: clear',
      'fact: sick, is: much',
    );
    expect(faultsOf(text)).toEqual([]);
  });
});
