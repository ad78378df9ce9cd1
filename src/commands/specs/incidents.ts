/** Incidents: opening, seeing, taking, noting, closing, reporting. */
import { accept, refuse } from '../../domain/parsed.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { hasOption, optionOf } from '../spec.ts';
import type { CommandSpec, OptionSpec, SpokenCommand } from '../spec.ts';

/** The incident that is meant, where one was named. */
export interface IncidentArguments {
  readonly incident?: number;
}

export const INCIDENT_OPTION: OptionSpec = {
  name: 'incident',
  value: 'N',
  help: 'the incident that is meant; else that of the conversation, or the only open one',
};

export const incidentsSpec: CommandSpec<{ readonly all: boolean }> = {
  name: 'incidents',
  usage: '[--all]',
  help: 'the open incidents: site, what it is, who has it, since when',
  examples: ['incidents'],
  role: 'viewer',
  risk: 'look',
  options: [{ name: 'all', help: 'closed ones, too' }],
  read: (said) =>
    said.words.length === 0
      ? accept({ all: hasOption(said, 'all') })
      : refuse('incidents takes no words', 'say incidents, or incident N for one'),
};

export const incidentSpec: CommandSpec<IncidentArguments> = {
  name: 'incident',
  usage: '[N]',
  help: 'one incident: verdict, measures in force, where the playbook stands',
  details: ['Said in another conversation, that one follows the incident from then on.'],
  examples: ['incident', 'incident 42'],
  role: 'viewer',
  risk: 'look',
  options: [INCIDENT_OPTION],
  read: (said) => readNumbered(said, 0, ({ incident }) => accept(incident === undefined ? {} : { incident })),
};

export interface OpenArguments {
  /** The first may be a site. */
  readonly words: readonly string[];
}

export const openSpec: CommandSpec<OpenArguments> = {
  name: 'open',
  usage: '[SITE] [TITLE…]',
  help: 'open an incident here; what is said in this conversation belongs to it',
  examples: ['open', 'open headquarters mail is refused everywhere'],
  role: 'responder',
  risk: 'note',
  options: [],
  read: (said) => accept({ words: said.words }),
};

export interface AckArguments extends IncidentArguments {
  /** Said beside it: noted. */
  readonly text?: string;
}

export const ackSpec: CommandSpec<AckArguments> = {
  name: 'ack',
  aliases: ['acknowledge'],
  usage: '[N] [TEXT…]',
  help: 'say that you have it: nobody else is called',
  examples: ['ack', 'ack 42', 'ack on my way'],
  role: 'responder',
  risk: 'note',
  options: [INCIDENT_OPTION],
  read: (said) => {
    const [first, ...others] = said.words;
    const words = first === undefined ? [] : [first.replace(/[,;:]$/, ''), ...others];
    return readNumbered({ ...said, words }, Infinity, ({ incident, rest }) => {
      const text = rest.join(' ').replace(/^[-–—,;:\s]+/, '');
      if (/^#?\d/.test(text))
        return refuse(
          `${JSON.stringify(text.slice(0, 40))} is not the number of an incident`,
          'say ack N, or ack alone',
        );
      return accept({ ...(incident !== undefined && { incident }), ...(text !== '' && { text }) });
    });
  },
};

export const escalateSpec: CommandSpec<IncidentArguments> = {
  name: 'escalate',
  usage: '[N]',
  help: 'call people, one after the other, until somebody has the incident',
  examples: ['escalate', 'escalate 42'],
  role: 'responder',
  risk: 'note',
  options: [INCIDENT_OPTION],
  read: (said) => readNumbered(said, 0, ({ incident }) => accept(incident === undefined ? {} : { incident })),
};

export interface NoteArguments extends IncidentArguments {
  readonly text: string;
}

export const noteSpec: CommandSpec<NoteArguments> = {
  name: 'note',
  usage: 'TEXT…',
  help: 'write something into the incident’s timeline',
  examples: ['note the ISP says blocked since 06:10, ticket 4711'],
  role: 'responder',
  risk: 'note',
  options: [INCIDENT_OPTION],
  read: (said) => {
    const text = said.words.join(' ').trim();
    if (text === '') return refuse('note needs a text', 'say note and what you saw');
    return readOption(said, (incident) => accept({ ...incident, text }));
  },
};

export interface AssignArguments extends IncidentArguments {
  readonly person: string;
}

export const assignSpec: CommandSpec<AssignArguments> = {
  name: 'assign',
  usage: 'PERSON|me',
  help: 'say who owns the incident',
  examples: ['assign me', 'assign anna'],
  role: 'responder',
  risk: 'note',
  options: [INCIDENT_OPTION],
  read: (said) => {
    const [person, ...rest] = said.words;
    if (person === undefined || rest.length > 0) return refuse('assign takes one person', 'say assign me, or a name');
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._:/-]{0,62}$/u.test(person))
      return refuse(
        `${JSON.stringify(person.slice(0, 40))} is not a name of a person`,
        'say a name of tourniquet.yaml',
      );
    return readOption(said, (incident) => accept({ ...incident, person }));
  },
};

export interface CloseArguments extends IncidentArguments {
  readonly reason?: string;
}

export const closeSpec: CommandSpec<CloseArguments> = {
  name: 'close',
  usage: '[N] [REASON…]',
  help: 'close the incident; refused while something is in force that nobody chose to keep',
  examples: ['close', 'close 42 workstation 10.0.0.23 wiped'],
  role: 'responder',
  risk: 'note',
  options: [INCIDENT_OPTION],
  read: (said) =>
    readNumbered(said, Infinity, ({ incident, rest }) =>
      accept({ ...(incident !== undefined && { incident }), ...(rest.length > 0 && { reason: rest.join(' ') }) }),
    ),
};

export const reportSpec: CommandSpec<IncidentArguments> = {
  name: 'report',
  usage: '[N]',
  help: 'the incident as a Markdown document: timeline, evidence, measures, who approved what',
  examples: ['report 42'],
  role: 'viewer',
  risk: 'look',
  options: [INCIDENT_OPTION],
  read: (said) => readNumbered(said, 0, ({ incident }) => accept(incident === undefined ? {} : { incident })),
};

/** The incident that `--incident` names, read. */
export function readOption<T>(said: SpokenCommand, use: (incident: IncidentArguments) => Parsed<T>): Parsed<T> {
  const text = optionOf(said, 'incident');
  if (text === undefined) return use({});
  const number = readNumber(text);
  return number === undefined
    ? refuse(
        `${JSON.stringify(text.slice(0, 40))} is not the number of an incident`,
        'say incidents for those there are',
      )
    : use({ incident: number });
}

function readNumbered<T>(
  said: SpokenCommand,
  most: number,
  use: (read: { readonly incident?: number; readonly rest: readonly string[] }) => Parsed<T>,
): Parsed<T> {
  return readOption(said, (option) => {
    const words = /^incident$/i.test(said.words[0] ?? '') && said.words.length > 1 ? said.words.slice(1) : said.words;
    const [first, ...others] = words;
    const number = first === undefined ? undefined : readNumber(first);
    const incident = number ?? option.incident;
    const rest = number === undefined ? words : others;
    if (rest.length > most)
      return refuse(
        `${said.name} takes the number of an incident, but there is ${JSON.stringify(rest[0]?.slice(0, 40))}`,
        'say incidents for those there are',
      );
    return use({ ...(incident !== undefined && { incident }), rest });
  });
}

function readNumber(text: string): number | undefined {
  const digits = text.replace(/^#/, '');
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}
