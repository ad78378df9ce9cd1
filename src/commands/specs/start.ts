import { accept, refuse } from '../../domain/parsed.ts';
import { optionOf } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';

/** What one process does; any number of each may run, on any number of machines over one Redis. */
export type ProcessRole = 'all' | 'gateway' | 'worker' | 'scheduler' | 'agent';

const ROLES: readonly ProcessRole[] = ['all', 'gateway', 'worker', 'scheduler', 'agent'];

export const startSpec: CommandSpec<{ readonly role: ProcessRole }> = {
  name: 'start',
  usage: '[--role ROLE]',
  help: 'run the bot: chats, worker, scheduler, and a chat in this terminal',
  details: [
    'Roles: gateway hears the chats, worker carries out, scheduler keeps the times, agent acts on its own host; all is all but the agent.',
  ],
  examples: ['npm start', 'npm start -- --role worker'],
  role: 'admin',
  risk: 'look',
  shellOnly: true,
  options: [{ name: 'role', value: 'ROLE', help: `one of ${ROLES.join(', ')}` }],
  read(said) {
    if (said.words.length > 0)
      return refuse(
        `start takes no words, but there is ${JSON.stringify(said.words[0])}`,
        'write npm start -- --role worker',
      );
    const wanted = optionOf(said, 'role') ?? 'all';
    const role = ROLES.find((known) => known === wanted);
    return role
      ? accept({ role })
      : refuse(`there is no role ${JSON.stringify(wanted)}`, `write one of ${ROLES.join(', ')}`);
  },
};
