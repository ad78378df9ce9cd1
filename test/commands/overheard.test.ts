import { expect, it } from 'vitest';
import { isMeantUnasked } from '../../src/commands/overheard.ts';
import { registry } from '../../src/commands/registry.ts';

it.each([
  'ack',
  'Ack!',
  'ack 👍',
  'ack 1',
  'note the ISP called',
  'note that the coffee is out',
  'undo 4',
  'undo the freeze',
  'approve it',
  'done',
  'Done.',
  'do hunt',
  'skip "not needed"',
  'close',
  'close it',
  'close #1',
  'close 1 false alarm',
  'status',
  'check 9.9.9.9',
  'freeze mx1',
  'block the spammer now',
])('%j in a thread is meant for the bot, though nobody calls it', (words) => {
  expect(isMeantUnasked(words, registry)).toBe(true);
});

it.each([
  'close the window please',
  'close call!',
  'Close to done, I think',
  'open question: who has the keys?',
  'open the door',
  'do you think so?',
  'do we know who it is?',
  'keep me posted',
  'done with that, off to lunch',
  'confirm please, somebody',
  'schedule a meeting for this',
  'check with Ben first',
  'next time we do it better',
  'report is attached',
  'help is on its way',
  'I will close the window',
  'thanks',
])('%j in a thread is what people say to each other', (words) => {
  expect(isMeantUnasked(words, registry)).toBe(false);
});
