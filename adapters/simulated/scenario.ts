/**
 * The scenarios of the drill: what is wrong that morning, and what could lead astray. A file of them, or every fault of
 * it with line and column.
 *
 * A number may be written as a range `[low, high]`; the seed picks from it.
 */
import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import { z } from 'zod';
import { faultInWords, withoutMark } from '../../src/domain/fault-words.ts';
import { CAUSES } from '../../src/domain/causes.ts';

const amount = (least: number, most: number) => {
  const number = z.number().min(least).max(most);
  return z.union(
    [
      number.transform((value): Range => [value, value]),
      z.tuple([number, number]).refine(([low, high]) => low <= high, 'write the smaller number first'),
    ],
    `write a number from ${least} to ${most}, or a range [low, high] of them`,
  );
};
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name has small letters, digits and hyphens');
/** How long it has been going on when the person comes in; or, for what comes later, how long after. */
const since = amount(5, 720).default([90, 180]);

export const TRAPS = [
  'newsletter',
  'list-bounces',
  'greylisting',
  'dead-list',
  'lost-command',
  'scanner',
  'meddler',
  'pager',
  'minor-listing',
] as const;

const trouble = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bot'),
    on: z.enum(['workstation', 'server']).default('workstation'),
    perMinute: amount(1, 600).default([20, 60]),
    sinceMinutes: since,
    wakesAfterMinutes: amount(1, 240).optional(),
  }),
  z.strictObject({
    kind: z.literal('stolen-login'),
    account: z
      .string()
      .regex(/^[a-z0-9._-]{1,40}$/, 'an account has small letters, digits, dots, hyphens')
      .default('administrator'),
    perMinute: amount(1, 120).default([8, 16]),
    addresses: amount(1, 20).default([1, 6]),
    guesses: amount(0, 2000).default([60, 300]),
    sinceMinutes: since,
  }),
  z.strictObject({ kind: z.literal('harvest'), perMinute: amount(1, 200).default([30, 50]), sinceMinutes: since }),
  z.strictObject({ kind: z.literal('open-relay'), perMinute: amount(1, 120).default([8, 16]), sinceMinutes: since }),
  z.strictObject({ kind: z.literal('isp-refuses'), sinceMinutes: since }),
  z.strictObject({
    kind: z.literal('broken'),
    part: z.enum(['resolver', 'route', 'certificate', 'disk', 'smart-host-login']),
    sinceMinutes: since,
  }),
  z.strictObject({ kind: z.literal('policy-range') }),
]);

const scenario = z.strictObject({
  name,
  title: z.string().min(1).max(120),
  cause: z.enum(CAUSES),
  /** What is wrong besides: right too, once the cause has been named. */
  also: z.array(z.enum(CAUSES)).default([]),
  site: z
    .strictObject({ sharedAddress: z.boolean().default(true), smartHost: z.boolean().default(false) })
    .prefault({}),
  workstations: amount(1, 60).default([6, 14]),
  trouble: z.array(trouble).default([]),
  traps: z.array(z.enum(TRAPS)).default([]),
  /** What somebody with experience would have done, one sentence each. */
  expert: z.array(z.string().min(1).max(200)).min(1),
});

export type Range = [low: number, high: number];
export type Trap = (typeof TRAPS)[number];
export type Trouble = z.output<typeof trouble>;
export type Scenario = z.output<typeof scenario>;

/** Scenarios that can't be played. The message has one line per fault. */
export class ScenarioRefused extends Error {
  constructor(file: string, faults: readonly string[]) {
    super(
      `The scenarios ${file} have ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; mend it and try again.\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ScenarioRefused';
  }
}

/** Reads scenarios, a list or a single one. Throws ScenarioRefused. */
export function readScenarios(text: string, file: string): readonly Scenario[] {
  const lines = new LineCounter();
  const document = parseDocument(withoutMark(text), { lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    throw new ScenarioRefused(
      file,
      document.errors.map(
        (error) =>
          `${at(error.pos[0])} ${(error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '')}`,
      ),
    );
  const value: unknown = document.toJS();
  const isList = Array.isArray(value);
  const parsed = z
    .array(scenario)
    .min(1)
    .safeParse(isList ? value : [value]);
  const place = (whole: readonly PropertyKey[], deepest?: string): string => {
    const path = whole.filter((part) => typeof part !== 'symbol').slice(isList ? 0 : 1);
    const key = deepest === undefined ? undefined : keyOf(document.getIn(path, true), deepest);
    let node: unknown = key;
    for (let depth = path.length; depth >= 0 && !isNode(node); depth -= 1)
      node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const field = [...path, ...(deepest === undefined ? [] : [deepest])].join('.');
    return `${at(isNode(node) ? (node.range?.[0] ?? 0) : 0)} ${field === '' ? '' : `${field}: `}`;
  };
  if (!parsed.success)
    throw new ScenarioRefused(
      file,
      parsed.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `${place(issue.path, key)}there is no such field`)
          : [`${place(issue.path)}${inWords(issue)}`],
      ),
    );
  const names = parsed.data.map((each) => each.name);
  const faults = parsed.data.flatMap((each, index) => [
    ...(names.indexOf(each.name) < index ? [`${place([index, 'name'])}there is another scenario of this name`] : []),
    ...(isCaused(each)
      ? []
      : [`${place([index, 'cause'])}${each.cause} comes of nothing under trouble: ${wantedFor(each.cause)}`]),
  ]);
  if (faults.length > 0) throw new ScenarioRefused(file, faults);
  return parsed.data;
}

/** The field itself where it is known to the document, so that the line is its own. */
function keyOf(map: unknown, field: string): unknown {
  return isMap(map) ? map.items.map(({ key }) => key).find((key) => isScalar(key) && key.value === field) : undefined;
}

function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    return `write one of ${Object.keys(SIGNS).join(', ')}`;
  return faultInWords(issue, undefined, { object: 'a scenario: name, title, cause, expert, …' });
}

/** Which trouble has which cause. */
const SIGNS: Readonly<Record<Trouble['kind'], readonly string[]>> = {
  bot: ['compromised-workstation', 'compromised-server'],
  'stolen-login': ['authenticated-relay'],
  harvest: ['ndr-attack'],
  'open-relay': ['open-relay'],
  'isp-refuses': ['smart-host-refusal'],
  broken: ['configuration-error'],
  'policy-range': ['policy-listing'],
};

function isCaused({ cause, trouble: all }: Scenario): boolean {
  if (cause === 'healthy') return all.length === 0;
  return all.some((each) =>
    each.kind === 'bot' ? cause === `compromised-${each.on}` : SIGNS[each.kind].includes(cause),
  );
}

function wantedFor(cause: string): string {
  if (cause === 'healthy') return 'leave trouble out';
  if (cause === 'compromised-server') return 'add { kind: bot, on: server }';
  const kind = Object.entries(SIGNS).find(([, causes]) => causes.includes(cause))?.[0];
  return kind === undefined ? 'it is no cause, but not knowing one' : `add { kind: ${kind} }`;
}
