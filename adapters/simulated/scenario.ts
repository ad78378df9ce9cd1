/**
 * The scenarios of the drill: what is wrong that morning, and what could lead astray. A file of them, or every fault of
 * it with line and column.
 *
 * A number may be written as a range `[low, high]`; the seed picks from it.
 */
import { LineCounter, isNode, parseDocument } from 'yaml';
import { z } from 'zod';
import { CAUSES } from '../../src/domain/causes.ts';

const amount = (least: number, most: number) => {
  const number = z.number().min(least).max(most);
  return z.union([
    number.transform((value): Range => [value, value]),
    z.tuple([number, number]).refine(([low, high]) => low <= high, 'write the smaller number first'),
  ]);
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
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    throw new ScenarioRefused(
      file,
      document.errors.map((error) => `${at(error.pos[0])} ${error.message.split('\n')[0] ?? ''}`),
    );
  const value: unknown = document.toJS();
  const isList = Array.isArray(value);
  const parsed = z
    .array(scenario)
    .min(1)
    .safeParse(isList ? value : [value]);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const whole = issue.path.filter((part) => typeof part !== 'symbol');
      const path = isList ? whole : whole.slice(1);
      let node: unknown;
      for (let depth = path.length; depth >= 0 && !isNode(node); depth -= 1)
        node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
      return `${at(isNode(node) ? (node.range?.[0] ?? 0) : 0)} ${path.join('.') || 'it'}: ${issue.message}`;
    });
    throw new ScenarioRefused(file, faults);
  }
  const names = parsed.data.map((each) => each.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw new ScenarioRefused(file, [`${file} has two scenarios named ${twice}`]);
  return parsed.data;
}
