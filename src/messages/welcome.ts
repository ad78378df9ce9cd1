import { actions, button, message, text } from './message.ts';
import type { Message } from './message.ts';

/** The first thing that is seen: three lines and where to begin. */
export function sayWelcome(configured: boolean, operations: string): Message {
  return message(
    'neutral',
    'Tourniquet is here.',
    text(
      'It looks why mail is refused or queues are full, shows the evidence, contains the damage with your approval, and takes every bit of it back.',
    ),
    text(
      configured
        ? `Operations: ${operations}`
        : `Nothing is configured yet (tourniquet.example.yaml explains itself). Operations: ${operations}`,
    ),
    text('Say check and your public address, status, or help.'),
    actions(button('Help', 'help'), button('Status', 'status')),
  );
}
