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
  ])('are refused for %s', (_what, from, to, why) => {
    expect(DOCUMENTED).toContain(from);
    expect(faultsOf(DOCUMENTED.replace(from, to)).join('\n')).toContain(why);
  });
});
