import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mrkdwn } from '../../adapters/chat/slack/render/text.ts';
import { foreign, isForeign, plain } from '../../src/domain/foreign.ts';
import { BUILT_IN } from '../../src/domain/playbook/built-in/all.ts';
import { sayMisheard } from '../../src/messages/help.ts';
import { sayLost } from '../../src/messages/lost.ts';
import { message } from '../../src/messages/message.ts';
import type { Message } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import { worded } from '../../src/domain/worded.ts';

describe('a sentence of ours with others’ words in it', () => {
  it.each([
    ['the firewall refuses an outbound connection to port 25', []],
    ['there is no command "chekc"', ['"chekc"']],
    ['there is no server "mx \\"1\\"", say servers', ['"mx \\"1\\""']],
    ['somebody says: “mail is late”', ['“mail is late”']],
    ['a quotation that is "cut off…', ['"cut off…']],
    ['write --until 30m, or say do hunt offender=10.0.0.5', []],
    ['the server said <!channel> and *more*', ['<!channel>', '*more*']],
    ['look at https://evil.example now, or bob@example.com', ['https://evil.example', 'bob@example.com']],
    ['wait :fire: here', [':fire:']],
    ['set main_cf, (or transport_maps); both', ['main_cf', 'transport_maps']],
  ])('%s', (text, others) => {
    const phrase = worded(text);
    expect(phrase.flatMap((part) => (isForeign(part) ? [part.foreign] : []))).toEqual(others);
    expect(plain(phrase)).toBe(text);
  });

  it('is shown in Slack as words, and only the others’ in it as code', () => {
    const shown = (said: Message): string => mrkdwn(said.summary, 400);
    expect(shown(sayMisheard('there is no command "chekc"', 'did you mean check?'))).toBe(
      'there is no command `"chekc"`: did you mean check?',
    );
    expect(shown(sayRefused('there is no server "<!here>"', 'say servers'))).toBe(
      'there is no server `"‹!here›"`; say servers',
    );
    const conversation = { surface: 'slack', id: 'C0OPS' } as const;
    const lost = { conversation, key: 'k', message: message('neutral', 'Nothing is in force.') };
    const told = sayLost(lost, 'C0OPS: Slack says is_archived; unarchive it, or name another channel');
    expect(shown(told)).toBe(
      'A message could not be delivered in Slack: C0OPS: Slack says `is_archived`; unarchive it, or name another channel',
    );
    expect(JSON.stringify(told.blocks)).toContain('"It said: ","Nothing is in force."');
    const step = BUILT_IN[0]?.steps[0];
    expect(mrkdwn(worded(step?.proof ?? ''), 400)).toBe(step?.proof);
  });

  it('is ours in the built-in playbooks but for the names of settings', () => {
    const sentences = BUILT_IN.flatMap(({ steps }) =>
      steps.flatMap(({ why, proof, undo, does }) => [
        why,
        proof,
        undo,
        ...(does.kind === 'person' ? [does.instruction] : []),
      ]),
    );
    const others = sentences.flatMap((each) => worded(each, 1000).filter(isForeign));
    for (const { foreign: other } of others) expect(other).toMatch(/^[a-z]+(_[a-z]+)+$/);
  });

  it('is the text itself, whatever it holds, and ours has no sign that could mean more', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from(' "\\“”<>*_`@a:/.')) })),
        (text) => {
          const phrase = worded(text);
          expect(plain(phrase)).toBe(foreign(text).foreign);
          const ours = phrase.filter((part) => typeof part === 'string');
          expect(ours.filter((part) => /[*_~`<>&|@]|:\/\//u.test(part))).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
