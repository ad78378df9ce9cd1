import { actions, button, message, text } from './message.ts';
import type { Message } from './message.ts';

/** The first thing that is seen: three lines and where to begin. */
export function sayWelcome(
  configured: boolean,
  at: { readonly operations: string; readonly console: string | undefined },
): Message {
  const page = at.console === undefined ? '' : `Console: ${at.console} (tq console gives the link in). `;
  return message(
    'neutral',
    'Tourniquet is here.',
    text(
      'It looks why mail is refused or queues are full, contains the damage with approval, and takes every bit back.',
    ),
    text(
      configured
        ? `${page}Operations: ${at.operations}`
        : `Nothing is configured yet (tourniquet.example.yaml explains itself). ${page}Operations: ${at.operations}`,
    ),
    text('Say drill start to practise a bad morning, check and your public address, or help.'),
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
