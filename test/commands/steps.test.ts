import { describe, expect, it } from 'vitest';
import { parseExact } from '../../src/commands/exact.ts';
import { registry } from '../../src/commands/registry.ts';

function read(line: string): unknown {
  const command = parseExact(line, registry);
  return command.kind === 'command' ? command.args : command.why;
}

describe('a step', () => {
  it('is named as it is shown, however a phone writes it', () => {
    expect(read('do Freeze-Outbound')).toEqual({ step: 'freeze-outbound', facts: {} });
    expect(read('done Wipe')).toEqual({ step: 'wipe' });
    expect(read('skip --step Wipe nobody is there')).toEqual({ step: 'wipe', reason: 'nobody is there' });
    expect(read('do 2')).toEqual({ step: '2', facts: {} });
  });

  it('is done by hand in these words too', () => {
    expect(read('done by hand')).toEqual({});
    expect(read('done freeze-outbound by hand')).toEqual({ step: 'freeze-outbound' });
    expect(read('done wipe and let-back')).toMatch(/done takes one step/);
  });
});
