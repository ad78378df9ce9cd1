import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export const chatSpec: CommandSpec<Record<string, never>> = {
  name: 'chat',
  usage: '',
  help: 'talk with the bot in this terminal, also when the chat is cut off',
  details: [
    'Tab completes, the arrow keys go back in time, a number presses that button. Piped input is read as a script.',
  ],
  examples: ['tq chat', 'echo "check 127.0.0.2 --any-address" | tq chat'],
  role: 'viewer',
  risk: 'look',
  shellOnly: true,
  options: [],
  read(said) {
    if (said.words.length > 0)
      return refuse(`chat takes no words, but there is ${JSON.stringify(said.words[0])}`, 'write tq chat');
    return accept({});
  },
};
