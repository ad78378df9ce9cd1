/**
 * One's own playbooks, as YAML beside the built-in ones; of the form docs/incidents.md shows.
 *
 * Rules:
 * 1. A broken one is refused whole, with every fault, each with its line and column.
 * 2. What a playbook changes it also takes back: a measure without a later `takesBack` is a fault, but for cleaning a
 *    queue, which keeps what it deletes.
 * 3. A look only looks: a command that does more is a fault. Nothing is computed from text; a word `{name}` is that fact.
 * 4. What could never come to anything is a fault: a second playbook for the same cause, a step that waits for a later one,
 *    a fact that never has the value named.
 */
import { z } from 'zod';
import { splitWords } from '../commands/words.ts';
import { CAUSES } from '../domain/causes.ts';
import { foreign } from '../domain/foreign.ts';
import { valuesOf } from '../domain/playbook/facts.ts';
import type { Deed, Playbook, Step } from '../domain/playbook/step.ts';
import { lookFault } from './playbook-look.ts';
import { readYaml } from './yaml.ts';
import type { Fault } from './yaml.ts';

const id = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'small letters, digits and hyphens, beginning with a letter');
const words = z
  .string()
  // A block of several lines is one paragraph wherever it is shown.
  .transform((text) => text.trim().replaceAll(/\s+/g, ' '))
  .pipe(
    z
      .string()
      .min(3, 'say it in words, three characters or more')
      .max(1000, 'at most 1000 characters')
      .refine((text) => foreign(text, 1000).foreign === text.normalize('NFC'), {
        error: ({ input }) => `it holds a character that nobody sees: ${foreign(String(input), 1000).foreign}`,
      }),
  );
const fact = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,30}$/, 'the name of a fact, such as offender');
const value = z.union([z.string(), z.number(), z.boolean()]);

const measure = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['freeze-outbound', 'reroute']) }),
  z.strictObject({
    kind: z.literal('block-port-25'),
    who: z.enum(['everyone', 'all-but-mail-servers']),
    submissionToo: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('unplug'), leaseMinutes: z.int().min(1).max(120).default(30) }),
  z.strictObject({ kind: z.literal('disable-account'), account: z.string().default('{account}') }),
  z.strictObject({ kind: z.literal('quarantine-host'), address: z.string().default('{offender}') }),
  z
    .strictObject({
      kind: z.literal('clean-queue'),
      sender: z.string().exactOptional(),
      account: z.string().exactOptional(),
      recipientDomain: z.string().exactOptional(),
    })
    .refine(
      ({ sender, account, recipientDomain }) => (sender ?? account ?? recipientDomain) !== undefined,
      'name sender, account or recipientDomain: all that waits is never deleted',
    ),
]);

const DEEDS = ['measure', 'look', 'person', 'takesBack'] as const;

const step = z
  .strictObject({
    id,
    title: words,
    why: words,
    proof: words,
    undo: words,
    measure: measure.exactOptional(),
    look: z.string().exactOptional(),
    person: words.exactOptional(),
    takesBack: id.exactOptional(),
    needs: z.array(z.strictObject({ fact, from: words })).exactOptional(),
    skipWhere: z.array(z.strictObject({ fact, is: value.exactOptional(), says: words })).exactOptional(),
    after: z.array(id).exactOptional(),
  })
  .superRefine((read, context) => {
    const given = DEEDS.filter((each) => read[each] !== undefined);
    if (given.length !== 1)
      context.addIssue({
        code: 'custom',
        message: `a step does one thing: exactly one of ${DEEDS.join(', ')}, but there ${given.length === 0 ? 'is none' : `are ${given.join(' and ')}`}`,
      });
    const split = splitWords(read.look ?? '');
    if (split.kind === 'bad')
      context.addIssue({ code: 'custom', path: ['look'], message: `${split.why}; ${split.remedy}` });
  })
  .transform((read): Step => {
    const { measure: _measure, look: _look, person: _person, takesBack: _takesBack, ...rest } = read;
    return { ...rest, does: deedOf(read) };
  });

interface ReadStep {
  readonly measure?: z.output<typeof measure>;
  readonly look?: string;
  readonly person?: string;
  readonly takesBack?: string;
}

function deedOf(read: ReadStep): Deed {
  if (read.measure !== undefined) return { kind: 'measure', measure: read.measure };
  if (read.takesBack !== undefined) return { kind: 'take-back', of: read.takesBack };
  if (read.look !== undefined) {
    const split = splitWords(read.look);
    return { kind: 'look', words: split.kind === 'ok' ? split.value : [] };
  }
  return { kind: 'person', instruction: read.person ?? '' };
}

const playbooks = z.array(
  z.strictObject({
    id,
    title: words,
    causes: z.array(z.enum(CAUSES)).min(1, 'name at least one cause'),
    steps: z.array(step).min(1, 'a playbook has at least one step'),
  }),
);

/** Reads a file of playbooks; `before`: those of the files before it. Throws ConfigRefused with every fault. */
export function readPlaybooks(text: string, file: string, before: readonly Playbook[] = []): readonly Playbook[] {
  return readYaml(text, file, playbooks, [], (read) =>
    read.flatMap((book, index) =>
      [...bookFaults(book, [...before, ...read.slice(0, index)]), ...faultsOf(book)].map(({ path, why }) => ({
        path: [index, ...path],
        why,
      })),
    ),
  );
}

function bookFaults(book: Playbook, before: readonly Playbook[]): readonly Fault[] {
  const same = before.some((each) => each.id === book.id);
  return [
    ...(same ? [{ path: ['id'], why: `there is a playbook ${book.id} before` }] : []),
    ...book.causes.flatMap((cause, index) => {
      const first = before.find((each) => each.causes.includes(cause));
      return first
        ? [{ path: ['causes', index], why: `${first.id} is for ${cause} already; only the first would be used` }]
        : [];
    }),
  ];
}

function faultsOf(book: Playbook): readonly Fault[] {
  const ids = book.steps.map((each) => each.id);
  const measures = book.steps.filter((each) => each.does.kind === 'measure').map((each) => each.id);
  return book.steps.flatMap((each, index) => {
    const at = (part: string | number, ...parts: readonly (string | number)[]) => ['steps', index, part, ...parts];
    const faults: Fault[] = [];
    if (ids.indexOf(each.id) < index) faults.push({ path: at('id'), why: `there is a step ${each.id} before` });
    each.after?.forEach((name, where) => {
      const why = !ids.includes(name)
        ? nothingCalled(name, ids)
        : name === each.id
          ? 'a step can’t wait for itself'
          : ids.indexOf(name) > index
            ? `${name} comes later; a step waits for steps above it`
            : undefined;
      if (why !== undefined) faults.push({ path: at('after', where), why });
    });
    each.skipWhere?.forEach(({ fact: name, is }, where) => {
      const values = valuesOf(name);
      if (is !== undefined && values && !values.includes(is))
        faults.push({
          path: at('skipWhere', where, 'is'),
          why: `${name} is never ${JSON.stringify(is)}; write one of ${values.join(', ')}`,
        });
    });
    faults.push(...deedFaults(book, each, index, measures).map(({ path, why }) => ({ path: at(...path), why })));
    return faults;
  });
}

type DeedFault = { readonly path: readonly [string]; readonly why: string };

function deedFaults(
  book: Playbook,
  { id: own, does }: Step,
  index: number,
  measures: readonly string[],
): readonly DeedFault[] {
  switch (does.kind) {
    case 'measure': {
      const back = book.steps.some(
        (later, at) => at > index && later.does.kind === 'take-back' && later.does.of === own,
      );
      if (back || does.measure.kind === 'clean-queue') return [];
      return [{ path: ['measure'], why: `nothing takes it back; add a later step with takesBack: ${own}` }];
    }
    case 'take-back':
      return measures.includes(does.of)
        ? []
        : [{ path: ['takesBack'], why: `${nothingCalled(does.of, measures)} (only a measure is taken back)` }];
    case 'look': {
      const why = lookFault(does.words);
      return why === undefined ? [] : [{ path: ['look'], why }];
    }
    case 'person':
      return [];
    default:
      return does satisfies never;
  }
}

function nothingCalled(name: string, known: readonly string[]): string {
  return `no step is called ${name}; there are ${known.join(', ')}`;
}
