import { expect, it } from 'vitest';
import { noteRefusals } from '../../src/compose/chats/refusals.ts';

it('writes the first refusal of each reason down at once, and the rest as a number once a minute', () => {
  let now = 0;
  const lines: unknown[] = [];
  const clock = { now: () => now, monotonic: () => now, wait: () => Promise.resolve() };
  const note = noteRefusals(clock, { warn: (fields: unknown) => void lines.push(fields) }, '/slack/events');
  for (let index = 0; index < 1000; index += 1) note('The signature is wrong.');
  note('The time stamp is too old.');
  now += 60_000;
  note('The signature is wrong.');
  expect(lines).toEqual([
    { path: '/slack/events', why: 'The signature is wrong.' },
    { path: '/slack/events', why: 'The time stamp is too old.' },
    { path: '/slack/events', why: 'The signature is wrong.', more: 999 },
  ]);
});
