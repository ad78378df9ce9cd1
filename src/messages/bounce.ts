/** What was found in a bounce, and what to say next. */
import type { Bounce } from '../domain/bounces/bounce.ts';
import { foreign } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { message, notice } from './message.ts';
import type { Message } from './message.ts';

export function sayBounce(bounce: Bounce): Message {
  const rows: readonly (readonly [name: string, found: readonly string[]])[] = [
    ['addresses', bounce.addresses],
    ['lists', bounce.lists],
    ['replies', bounce.codes],
    ['recipients at', bounce.domains],
  ];
  const facts = rows.flatMap(([name, found]) =>
    found.length === 0
      ? []
      : [
          {
            name,
            value: found.flatMap((each, index): Phrase =>
              index === 0 ? [foreign(each, 80)] : [', ', foreign(each, 80)],
            ),
          },
        ],
  );
  if (facts.length === 0)
    return message(
      'unknown',
      'Nothing of a bounce was found in this message.',
      notice('unknown', 'No address, list or reply code was found in it; say yourself what is to be looked at.'),
    );
  return message('neutral', 'This was found in the message.', { kind: 'facts', facts });
}

/** The line that is offered: an incident with what the bounce says as its title. */
export function lineForBounce(bounce: Bounce): string {
  const found = [...bounce.codes.slice(0, 2), ...bounce.addresses.slice(0, 2), ...bounce.lists.slice(0, 2)];
  return found.length === 0 ? 'open mail is refused' : `open mail is refused: ${found.join(', ')}`;
}
