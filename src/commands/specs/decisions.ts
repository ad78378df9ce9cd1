/** Deciding about measures, taking them back, and seeing what stands. */
import { accept, refuse } from '../../domain/parsed.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { hasOption } from '../spec.ts';
import type { CommandSpec, SpokenCommand } from '../spec.ts';

export interface NumberArguments {
  readonly number: number;
  readonly reason?: string;
}

export const approveSpec: CommandSpec<NumberArguments> = {
  name: 'approve',
  usage: 'N',
  help: 'agree to a proposed measure; with enough people it is carried out',
  examples: ['approve 7'],
  role: 'approver',
  risk: 'note',
  options: [],
  read: (said) => readNumber(said, 'none'),
};

export const denySpec: CommandSpec<NumberArguments> = {
  name: 'deny',
  aliases: ['refuse'],
  usage: 'N [REASON…]',
  help: 'refuse a proposed measure: one "no" ends it',
  examples: ['deny 7 the boss’s newsletter runs until nine'],
  role: 'responder',
  risk: 'note',
  options: [],
  read: (said) => readNumber(said, 'optional'),
};

export const breakGlassSpec: CommandSpec<NumberArguments> = {
  name: 'break-glass',
  usage: 'N REASON…',
  help: 'go ahead alone with a proposed measure; the report says so',
  examples: ['break-glass 7 alone on shift, nobody answers'],
  role: 'approver',
  risk: 'note',
  options: [],
  read: (said) => readNumber(said, 'needed'),
};

export interface UndoArguments {
  readonly which: number | 'all';
  readonly oursOnly: boolean;
}

export const undoSpec: CommandSpec<UndoArguments> = {
  name: 'undo',
  usage: 'N|all [--ours-only]',
  help: 'take a measure back exactly; all: the last first',
  details: ['Where somebody else has changed it since, it refuses and shows the difference.'],
  examples: ['undo 7', 'undo all'],
  role: 'responder',
  risk: 'note',
  options: [{ name: 'ours-only', help: 'take back only what is ours, and leave the others’ changes' }],
  read(said) {
    const oursOnly = hasOption(said, 'ours-only');
    if (said.words.length === 1 && said.words[0]?.toLowerCase() === 'all') return accept({ which: 'all', oursOnly });
    const read = readNumber(said, 'none');
    return read.kind === 'bad'
      ? refuse(read.why, 'say undo all for everything, or ledger for the numbers')
      : accept({ which: read.value.number, oursOnly });
  },
};

export const keepSpec: CommandSpec<NumberArguments> = {
  name: 'keep',
  usage: 'N REASON…',
  help: 'leave a measure in force on purpose, so that its incident may be closed',
  examples: ['keep 7 port 25 stays closed for everyone but mx1'],
  role: 'approver',
  risk: 'note',
  options: [],
  read: (said) => readNumber(said, 'needed'),
};

export const extendSpec: CommandSpec<NumberArguments> = {
  name: 'extend',
  usage: 'N',
  help: 'begin a measure’s lease anew',
  examples: ['extend 7'],
  role: 'approver',
  risk: 'note',
  options: [],
  read: (said) => readNumber(said, 'none'),
};

export const confirmSpec: CommandSpec<NumberArguments> = {
  name: 'confirm',
  usage: 'N',
  help: 'say that you have done by hand what a measure asks for: carried it out, or taken it back',
  details: [
    'For firewalls that nobody but a person reaches. Where it can be seen from here whether it works, it is tried.',
  ],
  examples: ['confirm 7'],
  role: 'responder',
  risk: 'note',
  options: [],
  read: (said) => readNumber(said, 'none'),
};

export const ledgerSpec: CommandSpec<{ readonly all: boolean }> = {
  name: 'ledger',
  usage: '[--all]',
  help: 'what is in force, since when, by whom, until when, and what was last seen',
  examples: ['ledger'],
  role: 'viewer',
  risk: 'look',
  options: [{ name: 'all', help: 'those that are over, too' }],
  read: (said) =>
    said.words.length === 0 ? accept({ all: hasOption(said, 'all') }) : refuse('ledger takes no words', 'say ledger'),
};

export interface AuditLogArguments {
  /** The head that was told earlier, or its beginning. */
  readonly noted?: string;
}

export const auditLogSpec: CommandSpec<AuditLogArguments> = {
  name: 'audit-log',
  usage: 'verify [HEAD]',
  help: 'check that the record of what was done is whole: no change, no gap, no reorder',
  details: [
    'It tells the log’s head. Note that elsewhere: with it, later, an end that was cut off in both places, or a log that was written anew, is found too. On an agent’s host the agent’s own log is checked as well.',
  ],
  examples: ['audit-log verify', 'audit-log verify 968752db9c1ec16b'],
  role: 'viewer',
  risk: 'look',
  options: [],
  read(said) {
    const [verb, head, ...rest] = said.words;
    if (verb !== 'verify' || rest.length > 0) return refuse('audit-log does one thing', 'say audit-log verify');
    if (head === undefined) return accept({});
    return /^[0-9a-f]{12,64}$/i.test(head)
      ? accept({ noted: head.toLowerCase() })
      : refuse(
          `${JSON.stringify(head.slice(0, 70))} is no head of the audit log`,
          'write the 16 digits and letters that audit-log verify told',
        );
  },
};

function readNumber(said: SpokenCommand, reason: 'none' | 'optional' | 'needed'): Parsed<NumberArguments> {
  const [first = '', ...rest] = said.words[0]?.toLowerCase() === 'measure' ? said.words.slice(1) : said.words;
  const text = first.replace(/^#/, '');
  if (!/^[1-9]\d{0,8}$/.test(text))
    return refuse(
      first === ''
        ? `${said.name} needs the number of a measure`
        : `${JSON.stringify(first.slice(0, 40))} is not the number of a measure`,
      'say ledger for those there are',
    );
  const words = rest.join(' ');
  if (reason === 'none' && words !== '') return refuse(`${said.name} takes one number`, `say ${said.name} ${text}`);
  if (reason === 'needed' && words.trim().length < 5)
    return refuse(`${said.name} needs a reason`, `say ${said.name} ${text} and why`);
  return accept({ number: Number(text), ...(words !== '' && { reason: words }) });
}
