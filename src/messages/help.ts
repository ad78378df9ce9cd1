/** Help and "not understood", said from the specs themselves so that they can't disagree with what is carried out. */
import type { CommandSpec } from '../commands/spec.ts';
import { say } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import { actions, button, heading, message, text } from './message.ts';
import type { Block, Message } from './message.ts';

/** The list of commands, by what they do to the world. */
export function sayHelp(specs: readonly CommandSpec[]): Message {
  const groups: readonly (readonly [title: string, specs: readonly CommandSpec[]])[] = [
    ['Look', specs.filter((spec) => spec.risk === 'look' && !spec.shellOnly)],
    ['Contain (needs approval)', specs.filter((spec) => spec.risk === 'change')],
    ['Decide and record', specs.filter((spec) => spec.risk === 'note' && !spec.shellOnly)],
    ['In the shell of the machine', specs.filter((spec) => spec.shellOnly)],
  ];
  return message(
    'neutral',
    `${specs.length} commands`,
    ...groups.flatMap(([title, members]): Block[] =>
      members.length === 0
        ? []
        : [{ kind: 'facts', folded: title, facts: members.map((spec) => ({ name: spec.name, value: [spec.help] })) }],
    ),
    text('help COMMAND says more.'),
  );
}

/** The same where it can be pressed: first what is asked most on a bad morning. */
export function sayHelpInChat(specs: readonly CommandSpec[]): Message {
  const help = sayHelp(specs);
  const first = actions(
    button('What happened?', 'triage', 'primary'),
    button('Are we listed?', 'check'),
    button('What waits?', 'queue'),
    button('What is open?', 'incidents'),
    button('Practise', 'drill list'),
  );
  return { ...help, blocks: [first, ...help.blocks] };
}

/** One command in full. */
export function sayHelpOf(spec: CommandSpec): Message {
  const blocks: Block[] = [heading(`${spec.name} ${spec.usage}`.trim())];
  for (const detail of spec.details ?? []) blocks.push(text(detail));
  if (spec.options.length > 0) {
    blocks.push({
      kind: 'facts',
      facts: spec.options.map((option) => ({
        name: option.value === undefined ? `--${option.name}` : `--${option.name} ${option.value}`,
        value: [option.help],
      })),
    });
  }
  blocks.push({
    kind: 'facts',
    facts: [
      { name: 'for example', value: [spec.examples.join(' · ')] },
      ...(spec.shellOnly
        ? [{ name: 'who may', value: ['whoever has the shell of this machine'] }]
        : [
            { name: 'who may', value: [spec.role === 'viewer' ? 'everybody' : `${spec.role} and above`] },
            { name: 'effect', value: [effectOf(spec)] },
          ]),
    ],
  });
  return message('neutral', `${capital(spec.help)}.`, ...blocks);
}

/** A word that isn't known, answered with the nearest that is. */
export function sayMisheard(why: string, remedy: string, nearest?: string): Message {
  const words = say`${worded(why)}: ${worded(remedy, 600)}`;
  const help = button('Help', 'help');
  const offer =
    nearest === undefined ? [help] : [button(nearest, nearest, 'primary'), ...(nearest === 'help' ? [] : [help])];
  return message('unknown', words, text(words), actions(...offer));
}

/** One clarifying question, each answer a press away. */
export function sayQuestion(
  question: string,
  offers: readonly { readonly label: string; readonly line: string }[],
): Message {
  return message(
    'neutral',
    worded(question, 400),
    actions(...offers.map(({ label, line }) => button(label, line, 'plain'))),
  );
}

function effectOf(spec: CommandSpec): string {
  switch (spec.risk) {
    case 'look':
      return 'only looks';
    case 'note':
      return 'takes effect at once';
    case 'change':
      return 'proposes a change; it is carried out once approved, and can be taken back';
    default:
      return spec.risk satisfies never;
  }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
