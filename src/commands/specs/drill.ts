/** `drill` and `hint`: a simulated bad morning, played by a person or by itself. */
import { accept, refuse } from '../../domain/parsed.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { hasOption, optionOf } from '../spec.ts';
import type { CommandSpec, SpokenCommand } from '../spec.ts';

export interface DrillArguments {
  readonly what: 'start' | 'stop' | 'join' | 'as' | 'list';
  readonly scenario?: string;
  readonly seed?: number;
  readonly speed: number;
  readonly auto: boolean;
  readonly faults: boolean;
  /** No more than so many of the faults. */
  readonly first?: number;
  /** Of `as`: who says the line. */
  readonly who?: string;
  readonly line?: string;
}

const WHATS = ['start', 'stop', 'join', 'list'] as const;
const SPEED = 20;
const MOST_SPEED = 600;
const MOST_FIRST = 100_000;
const MOST_SEED = 4_294_967_295;

export const drillSpec: CommandSpec<DrillArguments> = {
  name: 'drill',
  usage: '[start|stop|join|list] [SCENARIO] | as NAME COMMAND',
  help: 'practise a bad morning on a simulated company, with the real commands',
  details: [
    'While a drill runs in a conversation, everything said there goes to the simulated company; nothing real is touched. drill stop ends it with a score card. hint says what to do next.',
    'A colleague who says drill join approves from then on; alone, a simulated one agrees after a while. At one keyboard, drill as NAME COMMAND says the command as somebody else.',
    'In the shell, --auto takes the recommended step each time and prints the result as JSON; the same seed gives the same run.',
  ],
  examples: [
    'drill start',
    'drill start two-machines --speed 60',
    'drill as ben approve 1',
    'drill --auto --scenario stolen-login --seed 7',
  ],
  role: 'viewer',
  risk: 'look',
  options: [
    { name: 'scenario', value: 'NAME', help: 'which morning: a name of drill list, or (in the shell) a YAML file' },
    { name: 'seed', value: 'N', help: 'the same seed gives the same morning' },
    { name: 'speed', value: 'N', help: `simulated seconds per second, 1 to ${MOST_SPEED}; ${SPEED} where left out` },
    { name: 'auto', help: 'in the shell: take the recommended step each time' },
    { name: 'faults', help: 'with --auto: ports that misbehave, and the invariants checked' },
    { name: 'first', value: 'N', help: 'with --faults: only the first N of them' },
  ],
  read(said) {
    if (said.words[0] === 'as') return readAs(said.words.slice(1));
    const [word = 'start', second, ...rest] = said.words.map((each) => each.toLowerCase());
    const what = WHATS.find((each) => each === word);
    const named = what === undefined ? word : second;
    const surplus = what === undefined ? second : rest[0];
    if (surplus !== undefined)
      return refuse(
        `drill takes one scenario, but there is also ${JSON.stringify(surplus)}`,
        'say drill list for those there are',
      );
    if (named !== undefined && what !== undefined && what !== 'start')
      return refuse(`drill ${what} takes no words, but there is ${JSON.stringify(named)}`, `say drill ${what}`);
    const seed = numberOf(said, 'seed', 0, MOST_SEED);
    if (typeof seed === 'string') return refuse(seed, `write a whole number from 0 to ${MOST_SEED}`);
    const speed = numberOf(said, 'speed', 1, MOST_SPEED);
    if (typeof speed === 'string') return refuse(speed, `write a whole number from 1 to ${MOST_SPEED}`);
    const first = numberOf(said, 'first', 0, MOST_FIRST);
    if (typeof first === 'string') return refuse(first, `write a whole number from 0 to ${MOST_FIRST}`);
    if (hasOption(said, 'faults') && !hasOption(said, 'auto'))
      return refuse('--faults is for a drill that plays itself', 'write --auto too');
    if (first !== undefined && !hasOption(said, 'faults'))
      return refuse('--first is for a drill with faults', 'write --faults too');
    const option = optionOf(said, 'scenario');
    if (named !== undefined && option !== undefined)
      return refuse(
        `drill takes one scenario, but there are ${JSON.stringify(named)} and ${JSON.stringify(option)}`,
        'name one',
      );
    const scenario = named ?? option;
    return accept({
      what: what ?? 'start',
      speed: speed ?? SPEED,
      auto: hasOption(said, 'auto'),
      faults: hasOption(said, 'faults'),
      ...(scenario !== undefined && { scenario }),
      ...(seed !== undefined && { seed }),
      ...(first !== undefined && { first }),
    });
  },
};

function readAs([who, ...words]: readonly string[]): Parsed<DrillArguments> {
  if (who === undefined || words.length === 0)
    return refuse('drill as needs who says it, and what', 'say drill as ben approve 1');
  if (!/^[\p{L}][\p{L}\d._-]{0,39}$/u.test(who))
    return refuse(`${JSON.stringify(who.slice(0, 40))} is not a name`, 'say drill as ben approve 1');
  return accept({ what: 'as', who, line: words.join(' '), speed: SPEED, auto: false, faults: false });
}

export const hintSpec: CommandSpec<Record<string, never>> = {
  name: 'hint',
  usage: '',
  help: 'in a drill: what somebody with experience would do now',
  examples: ['hint'],
  role: 'viewer',
  risk: 'look',
  options: [],
  read: (said) => (said.words.length === 0 ? accept({}) : refuse('hint takes no words', 'say hint')),
};

/** The option as a whole number within its bounds; undefined where it is left out; else what is wrong. */
function numberOf(said: SpokenCommand, name: string, least: number, most: number): number | undefined | string {
  const text = optionOf(said, name);
  if (text === undefined) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : `--${name} ${JSON.stringify(text)} is not such a number`;
}
