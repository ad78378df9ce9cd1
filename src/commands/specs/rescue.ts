import { accept, refuse } from '../../domain/parsed.ts';
import { hasOption } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';

export interface RescueArguments {
  /** Undefined: only look. */
  readonly which?: number | 'all';
  readonly oursOnly: boolean;
}

export const rescueSpec: CommandSpec<RescueArguments> = {
  name: 'rescue',
  usage: '[N|all]',
  help: 'take measures back without Redis and without the bot, from the audit log’s file',
  details: [
    'Without a number it only says what was begun, how it stands now, and what takes it back by hand.',
    'Use undo where the ledger answers; this is for when it does not.',
  ],
  examples: ['rescue', 'rescue 7'],
  role: 'admin',
  risk: 'note',
  shellOnly: true,
  options: [{ name: 'ours-only', help: 'take back only what is ours, and leave the others’ changes' }],
  read(said) {
    const oursOnly = hasOption(said, 'ours-only');
    const [word, ...rest] = said.words;
    if (rest.length > 0) return refuse('rescue takes one number, or all', 'say rescue for the list');
    if (word === undefined) return accept({ oursOnly });
    if (word === 'all') return accept({ which: 'all', oursOnly });
    return /^[1-9]\d{0,8}$/.test(word)
      ? accept({ which: Number(word), oursOnly })
      : refuse(`${JSON.stringify(word.slice(0, 40))} is not the number of a measure`, 'say rescue for the list');
  },
};
