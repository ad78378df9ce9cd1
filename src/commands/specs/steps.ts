/** The playbook's steps: taking, skipping, having done by hand. */
import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';
import { optionOf } from '../spec.ts';
import { INCIDENT_OPTION, readOption } from './incidents.ts';
import type { IncidentArguments } from './incidents.ts';

export interface StepArguments extends IncidentArguments {
  readonly step?: string;
}

export interface DoArguments extends StepArguments {
  /** What somebody knows: `offender=10.0.0.23`. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface SkipArguments extends StepArguments {
  readonly reason: string;
}

const STEP = /^[a-z0-9][a-z0-9-]{0,62}(\/[a-z0-9][a-z0-9._-]{0,62})?$/;
const FACT = /^([A-Za-z][A-Za-z0-9]{0,30})=(.{1,320})$/su;

export const doSpec: CommandSpec<DoArguments> = {
  name: 'do',
  usage: '[STEP] [NAME=VALUE…]',
  help: 'take the playbook’s next step, or the one named; a risky one becomes a proposal',
  details: ['NAME=VALUE says what you know and the evidence does not, such as offender=10.0.0.23.'],
  examples: ['do', 'do freeze-outbound', 'do quarantine-host offender=10.0.0.23'],
  role: 'responder',
  risk: 'change',
  options: [INCIDENT_OPTION],
  read(said) {
    const facts: Record<string, string> = {};
    const words: string[] = [];
    for (const word of said.words) {
      const fact = FACT.exec(word);
      if (fact?.[1] !== undefined && fact[2] !== undefined) facts[fact[1]] = fact[2];
      else words.push(word);
    }
    const [step, ...rest] = words.map((word) => word.toLowerCase());
    if (rest.length > 0)
      return refuse(`do takes one step, but there is also ${JSON.stringify(rest[0])}`, 'say do STEP');
    if (step !== undefined && !STEP.test(step)) return notAStep(step);
    return readOption(said, (incident) => accept({ ...incident, ...(step !== undefined && { step }), facts }));
  },
};

export const skipSpec: CommandSpec<SkipArguments> = {
  name: 'skip',
  usage: 'REASON… [--step STEP]',
  help: 'leave the playbook’s next step out, with the reason',
  details: ['A step that is named first, or with --step, is left out in place of the next one.'],
  examples: ['skip nobody shares the address', 'skip tarpit the server can not'],
  role: 'responder',
  risk: 'note',
  options: [INCIDENT_OPTION, { name: 'step', value: 'STEP', help: 'this step in place of the next one' }],
  read(said) {
    const reason = said.words.join(' ').trim();
    if (reason.length < 3) return refuse('skip needs a reason', 'say skip and why');
    const step = optionOf(said, 'step')?.toLowerCase();
    if (step !== undefined && !STEP.test(step)) return notAStep(step);
    return readOption(said, (incident) => accept({ ...incident, ...(step !== undefined && { step }), reason }));
  },
};

export const doneSpec: CommandSpec<StepArguments> = {
  name: 'done',
  usage: '[STEP] [by hand]',
  help: 'say that the playbook’s next step is done; what was changed by hand is written down so',
  examples: ['done', 'done wipe'],
  role: 'responder',
  risk: 'note',
  options: [INCIDENT_OPTION],
  read(said) {
    const [step, ...rest] = said.words
      .join(' ')
      .toLowerCase()
      .replace(/\s*\bby hand$/, '')
      .split(' ')
      .filter(Boolean);
    if (rest.length > 0) return refuse(`done takes one step, but there is also ${JSON.stringify(rest[0])}`, 'say done');
    if (step !== undefined && !STEP.test(step)) return notAStep(step);
    return readOption(said, (incident) => accept({ ...incident, ...(step !== undefined && { step }) }));
  },
};

export const nextSpec: CommandSpec<IncidentArguments> = {
  name: 'next',
  usage: '',
  help: 'what the playbook says to do next, and why',
  examples: ['next'],
  role: 'viewer',
  risk: 'look',
  options: [INCIDENT_OPTION],
  read: (said) => (said.words.length === 0 ? readOption(said, accept) : refuse('next takes no words', 'say next')),
};

function notAStep(word: string) {
  return refuse(`${JSON.stringify(word.slice(0, 40))} is not a step`, 'say next, or incident for all of them');
}
