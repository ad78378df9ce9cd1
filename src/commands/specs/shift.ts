import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export const handoverSpec: CommandSpec<undefined> = {
  name: 'handover',
  usage: '',
  help: 'for the next shift: who is on duty, what is open, in force and expected',
  examples: ['handover'],
  role: 'viewer',
  risk: 'look',
  options: [],
  read: (said) =>
    said.words.length === 0
      ? accept(undefined)
      : refuse(`handover takes no words, but there is ${JSON.stringify(said.words[0]?.slice(0, 60))}`, 'say handover'),
};

const MOST_DAYS = 92;

export const digestSpec: CommandSpec<{ readonly days: number }> = {
  name: 'digest',
  usage: '[DAYS]',
  help: 'the last week: incidents and how long they took, listings, what drifted; drills left out',
  examples: ['digest', 'digest 31'],
  role: 'viewer',
  risk: 'look',
  options: [],
  read(said) {
    const [days = '7', ...rest] = said.words;
    if (rest.length > 0 || !/^[1-9]\d?$/.test(days) || Number(days) > MOST_DAYS)
      return refuse(
        `${JSON.stringify(said.words.join(' ').slice(0, 60))} is no number of days`,
        `write a number of days, 1 to ${MOST_DAYS}`,
      );
    return accept({ days: Number(days) });
  },
};
