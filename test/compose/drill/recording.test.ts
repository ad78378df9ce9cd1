import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RECORDINGS, recordDrill, withRecording } from '../../support/recording.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('the recorded drill', () => {
  let played = '';
  beforeAll(() => {
    played = recordDrill();
  });

  it('is the same to the byte when it is played again', () => {
    expect(recordDrill()).toBe(played);
  });

  it.each(RECORDINGS)('stands in $file as the program prints it today (npm run record writes it anew)', (recording) => {
    const document = readFileSync(join(ROOT, recording.file), 'utf8');
    expect(document).toBe(withRecording(document, recording.part(played)));
  });

  it('is cut visibly in the README, and short enough to be read there', () => {
    const lines = RECORDINGS[0]?.part(played).split('\n') ?? [];
    expect(lines.length).toBeLessThan(110);
    expect(lines.filter((line) => /^\[… \d+ more\]$/.test(line)).length).toBeGreaterThan(2);
    expect(lines[0]).toBe('$ tq drill --auto --scenario infected-workstation --seed 3');
    expect(lines.some((line) => line.startsWith('DRILL ✔ The drill is over'))).toBe(true);
  });

  it('marks all that is said as a drill', () => {
    const entries = played.split(/\n\n(?=\d\d:\d\d |DRILL )/).slice(1);
    expect(entries.length).toBeGreaterThan(20);
    expect(entries.filter((entry) => !entry.includes('DRILL '))).toEqual([]);
  });
});
