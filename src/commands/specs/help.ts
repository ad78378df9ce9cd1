import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export const helpSpec: CommandSpec<{ readonly topic?: string }> = {
  name: 'help',
  aliases: ['?'],
  usage: '[COMMAND]',
  help: 'say what can be said, or more about one command',
  examples: ['help', 'help check'],
  role: 'viewer',
  risk: 'look',
  options: [],
  read(said) {
    if (said.words.length > 1) return refuse('help explains one command at a time', 'say help check');
    const topic = said.words[0]?.toLowerCase() === 'me' ? undefined : said.words[0];
    return accept(topic === undefined ? {} : { topic });
  },
};
