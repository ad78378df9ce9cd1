import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export const agentSpec: CommandSpec<{ readonly names: readonly string[] }> = {
  name: 'agent',
  usage: '[NAME…]',
  help: 'run on a mail server or firewall and carry out measures there, within limits of its own',
  details: [
    'NAME is a server or firewall of the tourniquet.yaml on that host; without one, those with reach: agent.',
    'It takes only typed measures for its own host, keeps its own limits (agent, measures.protected) and its own audit log.',
  ],
  examples: ['agent gateway'],
  role: 'admin',
  risk: 'look',
  shellOnly: true,
  options: [],
  read(said) {
    const wrong = said.words.find((word) => !/^[a-z0-9][a-z0-9._-]{0,62}$/.test(word));
    return wrong === undefined
      ? accept({ names: said.words })
      : refuse(
          `${JSON.stringify(wrong.slice(0, 60))} is not the name of a server or firewall`,
          'say a name of tourniquet.yaml',
        );
  },
};
