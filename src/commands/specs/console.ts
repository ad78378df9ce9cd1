import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export const consoleSpec: CommandSpec<{ readonly name: string | undefined }> = {
  name: 'console',
  usage: '[NAME]',
  help: 'print a link into the console: a page on the LAN for when the chats are cut off',
  details: [
    'NAME is a person of tourniquet.yaml; without one it is you, as at this terminal.',
    'The link lets one person in, once, within ten minutes; the session lasts twelve hours.',
  ],
  examples: ['console', 'console anna'],
  role: 'admin',
  risk: 'look',
  shellOnly: true,
  options: [],
  read(said) {
    const [name, ...rest] = said.words;
    return rest.length === 0
      ? accept({ name })
      : refuse(`console does not know what to do with ${JSON.stringify(rest.join(' ').slice(0, 60))}`, 'say one name');
  },
};
