/**
 * The form of one entry of a catalogue (docs/blocklists.md), and what it must say beyond its form.
 */
import { z } from 'zod';
import type { UnknownWhy } from '../../src/domain/blocklists/blocklist.ts';
import { faultOfCode, faultOfErrorCode } from '../../src/domain/blocklists/code.ts';
import { labelsOf } from '../../src/domain/blocklists/test-points.ts';
import { CAUSES } from '../../src/domain/causes.ts';
import type { CauseId } from '../../src/domain/causes.ts';
import { nearestWord } from '../../src/domain/nearest.ts';

const WHYS = [
  'timeout',
  'servfail',
  'refused',
  'blocked-resolver',
  'query-limit',
  'bad-query',
  'dead-list',
  'answers-everything',
  'not-a-listing-answer',
  'unknown-code',
  'contradiction',
  'malformed',
  'network',
  'name-too-long',
] as const satisfies readonly UnknownWhy[];

const code = z.strictObject({
  meaning: z.string().default(''),
  /** A cause id; a list's own words for it ("open proxy") are taken as a hint. */
  cause: z.string().optional(),
  nature: z.enum(['abuse', 'policy', 'informational']).optional(),
  hint: z.string().optional(),
  severity: z.string().optional(),
  /** false: this code is no listing. */
  listed: z.literal(false).optional(),
});

const errorCode = z.strictObject({
  meaning: z.string().default(''),
  why: z.enum(WHYS).default('blocked-resolver'),
  action: z.string().optional(),
});

const zone = z
  .string()
  .max(253, 'a zone has at most 253 characters')
  .regex(
    /^(\$\{[A-Z][A-Z0-9_]*\}\.)?([A-Za-z0-9_-]{1,63}|\*)(\.[A-Za-z0-9_-]{1,63})*\.?$/,
    'a zone is a domain name, such as bl.example.org, with ${KEY}. before it where it needs one',
  );

const family = z.union([z.literal(4), z.literal(6)]);

const form = z.strictObject({
  zone,
  kind: z.enum(['ip', 'domain']),
  name: z.string().optional(),
  families: z.union([z.array(family), family, z.literal('both')]).optional(),
  /** registered: the list knows no host names; it is asked about the domain that one belongs to. */
  names: z.enum(['any', 'registered']).default('any'),
  weight: z.enum(['high', 'medium', 'low']).default('low'),
  codes: z.record(z.string(), code).default({}),
  errorCodes: z.record(z.string(), errorCode).default({}),
  removal: z.string().optional(),
  lookup: z.string().optional(),
  listType: z.enum(['block', 'policy', 'allow', 'mixed', 'info']).default('block'),
  codeMode: z.enum(['exact', 'bitmask', 'octet']).default('exact'),
  scope: z.string().optional(),
  duplicateOf: z.string().optional(),
  policy: z.unknown().optional(),
  rules: z.string().optional(),
  publicResolvers: z.string().optional(),
  receivers: z.string().optional(),
  expiry: z.string().optional(),
  /** not-by-dns: it exists, but no question over DNS can tell anything. */
  status: z.enum(['alive', 'unknown', 'dead', 'not-by-dns']).default('alive'),
  /** How it ended, in words, and the year where it is known. */
  closed: z.string().optional(),
  closedIn: z.number().int().min(1995).max(2100).optional(),
  source: z.union([z.string(), z.array(z.string())]).optional(),
  manners: z
    .strictObject({
      everyMs: z.number().min(0).max(60_000).default(0),
      perDay: z.number().int().min(1).optional(),
    })
    .optional(),
  test: z
    .union([
      z.literal('none'),
      z.strictObject({
        positive: z.array(z.string()).optional(),
        negative: z.array(z.string()).optional(),
        expect: z.array(z.string()).optional(),
        note: z.string().optional(),
      }),
    ])
    .optional(),
});

export const entry = form.superRefine((each, context) => {
  const complain = (path: readonly (string | number)[], message: string, isKey = false): void =>
    context.addIssue({ code: 'custom', path: [...path], message, params: { isKey } });
  for (const [key, value] of Object.entries(each.codes)) {
    const fault = faultOfCode(keyOf(key, each.codeMode), each.codeMode);
    if (fault !== undefined) complain(['codes', key], `${JSON.stringify(key)} can't be read: ${fault}`, true);
    const slip = value.cause === undefined ? undefined : faultOfCause(value.cause);
    if (slip !== undefined) complain(['codes', key, 'cause'], slip);
  }
  for (const key of Object.keys(each.errorCodes)) {
    const fault = faultOfErrorCode(errorKeyOf(key), each.codeMode);
    if (fault !== undefined) complain(['errorCodes', key], `${JSON.stringify(key)} can't be read: ${fault}`, true);
  }
  if (each.test === undefined || each.test === 'none' || each.kind !== 'ip') return;
  for (const which of ['positive', 'negative'] as const)
    each.test[which]?.forEach((point, index) => {
      if (labelsOf(point) === undefined)
        complain(
          ['test', which, index],
          `${JSON.stringify(point)} is not an address: a test point of an ip list is one`,
        );
    });
});

export type Entry = z.output<typeof entry>;

/** A bit or an octet may be written as itself, as `bit 8`, or as the whole address 127.0.0.8. */
export function keyOf(text: string, mode: Entry['codeMode']): string {
  switch (mode) {
    case 'exact':
    case 'octet':
      return text;
    case 'bitmask':
      return (
        /^(?:bit )?(\d+)$|^\d+\.\d+\.\d+\.(\d+)$/
          .exec(text)
          ?.slice(1)
          .find((part) => part !== undefined) ?? text
      );
    default:
      return mode satisfies never;
  }
}

/** An error's code may be a bit too (`bit 1`); an address is that address and no bit. */
export function errorKeyOf(text: string): string {
  return /^bit (\d+)$/.exec(text)?.[1] ?? text;
}

/** What is meant for a cause and is none: written as they are written, or nearly one. */
function faultOfCause(text: string): string | undefined {
  if (causeOf(text) !== undefined) return undefined;
  const word = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
  const isOneWord = !/\s/.test(text.trim());
  const letters = (id: string): string => id.replaceAll('-', '');
  const nearest = isOneWord ? nearestWord(word, CAUSES) : CAUSES.find((cause) => letters(cause) === letters(word));
  if (nearest === undefined && !(isOneWord && word.includes('-'))) return undefined;
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `${JSON.stringify(text)} is no cause; there are ${CAUSES.join(', ')}${meant}`;
}

export function causeOf(text: string | undefined): CauseId | undefined {
  return CAUSES.find((cause) => cause === text);
}
