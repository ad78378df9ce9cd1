import { describe, expect, it } from 'vitest';
import { understand } from '../../src/commands/phrases.ts';
import { registry } from '../../src/commands/registry.ts';
import { parseLine } from '../../src/commands/parse.ts';

const NAMES = { servers: ['mx1', 'mx2'] };
const ONE = { servers: ['mx1'] };

describe('natural words', () => {
  it.each([
    ['are we blacklisted?', 'check'],
    ['Is 9.9.9.9 on any list', 'check 9.9.9.9'],
    ['is mail.example.com listed at spamhaus?', 'check mail.example.com'],
    ['why is mx1 full?', 'queue mx1 top reasons'],
    ['who is filling the queue of mx2', 'queue mx2 top senders'],
    ['find the machine', 'hunt'],
    ['which computer is sending this?', 'hunt'],
    ['what happened?', 'triage'],
    ['Have we been hacked?!', 'triage'],
    ['how are you?', 'status'],
    ['What can you do?', 'help'],
    ['which windows is 6.0.6001?', 'windows 6.0.6001'],
  ])('%j means %j, which is a command', (words, line) => {
    expect(understand(words, registry, NAMES)).toEqual({ kind: 'line', line });
    expect(parseLine(line, registry).kind).toBe('command');
  });

  it('asks one question where two things could be meant', () => {
    expect(understand('what is in the queue?', registry, NAMES)).toEqual({
      kind: 'question',
      question: 'Of which server?',
      offers: [
        { label: 'mx1', line: 'queue mx1' },
        { label: 'mx2', line: 'queue mx2' },
      ],
    });
    expect(understand('what is in the queue?', registry, ONE)).toEqual({ kind: 'line', line: 'queue mx1' });
    expect(understand('9.9.9.9', registry, NAMES)).toMatchObject({ kind: 'question', question: 'What about 9.9.9.9?' });
  });

  it.each([
    'please pull the plug',
    'freeze the outbound mail on mx1 now',
    'undo that',
    'ok do it',
    'go ahead',
    'clean the queue of spam',
    'disable the account of anna',
  ])('never does anything that changes something because it sounded like it: %j', (words) => {
    const meant = understand(words, registry, NAMES);
    expect(meant.kind).not.toBe('line');
    if (meant.kind !== 'question') return;
    for (const { line } of meant.offers) {
      const command = parseLine(line, registry);
      expect(command).toMatchObject({ kind: 'command', spec: { risk: 'look' } });
    }
  });

  it.each([
    ['block port 25', 'block'],
    ['block port 25 on gateway', 'block gateway'],
    ['block-port-25 gateway', 'block gateway'],
    ['freeze outbound', 'freeze'],
    ['freeze outbound mail of mx1', 'freeze mx1'],
    ['quarantine-host 10.77.0.23', 'quarantine 10.77.0.23'],
  ])('said exactly, with the words that everybody uses, %j is %j', (said, exact) => {
    const [one, other] = [parseLine(said, registry), parseLine(exact, registry)];
    if (one.kind !== 'command' || other.kind !== 'command') throw new Error('both are commands');
    expect(one.spec.name).toBe(other.spec.name);
    expect(one.args).toEqual({ ...(other.args as object), order: expect.any(Function) });
  });

  it.each(['', '???', 'lunch at noon anybody', 'the new printer is on the third floor'])(
    'does not understand %j',
    (words) => {
      expect(understand(words, registry, NAMES)).toEqual({ kind: 'none' });
    },
  );
});
