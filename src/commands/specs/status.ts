import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export const statusSpec: CommandSpec<Record<string, never>> = {
  name: 'status',
  usage: '',
  help: 'say how Tourniquet itself is: what is configured, workers, queue, resolvers',
  examples: ['status'],
  role: 'viewer',
  risk: 'look',
  options: [],
  read(said) {
    if (said.words.length > 0)
      return refuse(`status takes no words, but there is ${JSON.stringify(said.words[0])}`, 'say status');
    return accept({});
  },
};
