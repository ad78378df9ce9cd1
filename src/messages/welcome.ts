import { actions, button, message, text } from './message.ts';
import type { Message } from './message.ts';

/** The first thing that is seen: what this is in three lines, where to begin among them; then where else it can be seen. */
export function sayWelcome(
  configured: boolean,
  at: { readonly operations: string; readonly console: string | undefined },
): Message {
  const page = at.console === undefined ? '' : `Console: ${at.console} (tq console gives the link) · `;
  return message(
    'neutral',
    'Tourniquet is here: why mail is refused, what to do about it, and back again.',
    text('It looks first, contains the damage once two agree, and takes every bit back.'),
    text(
      configured
        ? 'Say drill start to practise, check, triage, or help.'
        : 'Nothing is configured yet: say drill start, check YOUR.ADDRESS, or help.',
    ),
    text(`${page}Operations: ${at.operations}`),
    actions(button('Drill', 'drill start'), button('Help', 'help'), button('Status', 'status')),
  );
}

/** Said where the bot was added to a chat or a team. */
export function sayHello(): Message {
  return message(
    'neutral',
    'Tourniquet is here.',
    text(
      'It looks why mail is refused or queues are full, contains the damage with approval, and takes every bit back.',
    ),
    text('Say check and your public address, queue, triage, status, or help.'),
    actions(button('Help', 'help', 'primary'), button('Status', 'status')),
  );
}
