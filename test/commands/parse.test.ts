import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine, parseWords } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import { splitWords } from '../../src/commands/words.ts';

describe('a line of speech', () => {
  it.each([
    ['check  203.0.113.7 ', ['check', '203.0.113.7']],
    ['note "he said: wait"', ['note', 'he said: wait']],
    ['note “smart quotes”', ['note', 'smart quotes']],
    ["note it's up", ['note', "it's", 'up']],
    ['note a\\ b', ['note', 'a b']],
    ['check x ––any-address', ['check', 'x', '--any-address']],
    ['check x -–any-address', ['check', 'x', '--any-address']],
    ['check x —any-address', ['check', 'x', '--any-address']],
    ['note ""', ['note', '']],
  ])('%j is cut into words', (line, words) => {
    expect(splitWords(line)).toEqual({ kind: 'ok', value: words });
  });

  it('with an open quotation mark is refused', () => {
    expect(splitWords('note "never closed')).toMatchObject({ kind: 'bad', remedy: 'close it, or leave it out' });
  });

  it('never makes the parser throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) =>
        ['command', 'misheard'].includes(parseLine(line, registry).kind),
      ),
      { numRuns: 5000 },
    );
  });
});

describe('a command', () => {
  it('takes its options before or after its words, and with an equals sign', () => {
    const expected = {
      kind: 'command',
      spoken: { name: 'help', words: ['status'], options: { json: [''], timeout: ['5'] } },
    };
    expect(parseWords(['--json', 'help', 'status', '--timeout', '5'], registry)).toMatchObject(expected);
    expect(parseWords(['help', '--timeout=5', 'status', '--json'], registry)).toMatchObject(expected);
  });

  it('takes what follows -- as words', () => {
    expect(parseWords(['help', '--', 'status'], registry)).toMatchObject({
      kind: 'command',
      spoken: { words: ['status'] },
    });
  });

  it.each([
    ['statsu', 'did you mean status?'],
    ['halp', 'did you mean help?'],
  ])('mistyped as %s is answered with the nearest that is known', (word, remedy) => {
    expect(parseWords([word], registry)).toMatchObject({ kind: 'misheard', word, remedy });
  });

  it('is not guessed when nothing is near', () => {
    expect(parseWords(['xyzzyplugh'], registry)).toMatchObject({ kind: 'misheard', remedy: 'say help for the list' });
  });

  it.each([
    [['help', '--jsn'], 'did you mean --json?'],
    [['help', '--timeout'], 'write --timeout SECONDS'],
    [['help', '--json=yes'], 'write --json alone'],
    [['status', 'now'], 'say status'],
  ])('%j is refused with what to write', (words, remedy) => {
    expect(parseWords(words, registry)).toMatchObject({ kind: 'misheard', remedy });
  });

  it('has a spec whose examples can be said', () => {
    for (const spec of registry) {
      for (const example of spec.examples.filter((each) => each.startsWith(spec.name))) {
        expect(parseLine(example, registry), example).toMatchObject({ kind: 'command' });
      }
    }
  });
});
