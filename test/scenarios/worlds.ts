/** Spells the worlds' shorthands out into the files that `tq triage` reads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CAUSES } from '../../src/domain/causes.ts';
import type { Evidence, ListingEvidence } from '../../src/domain/diagnosis/evidence.ts';

const pair = z.tuple([z.string(), z.number()]);
const world = z.looseObject({
  name: z.string(),
  expect: z.enum(CAUSES),
  accept: z.enum(CAUSES).optional(),
  mta: z.enum(['postfix', 'exim', 'exchange']).optional(),
  listings: z
    .enum(['clear', 'abuse', 'xbl', 'policy', 'policy-and-minor', 'minor', 'unknown', 'backscatter'])
    .optional(),
  domain: z.enum(['listed', 'clear']).optional(),
  queue: z
    .strictObject({
      messages: z.number(),
      bounces: z.tuple([z.number(), z.number()]).optional(),
      top: z.array(pair).optional(),
      to: z.number().optional(),
      mostly: z.union([pair.transform((one) => [one]), z.array(pair)]).optional(),
      reasons: z.array(pair).optional(),
    })
    .optional(),
});
type Shorthand = z.output<typeof world>;

export interface World {
  readonly name: string;
  readonly expect: string;
  readonly accept: string | undefined;
  readonly evidence: Evidence;
}

export function readWorlds(): readonly World[] {
  const text = readFileSync(join(import.meta.dirname, 'worlds.yaml'), 'utf8');
  return z.array(world).parse(parse(text)).map(spellOut);
}

function spellOut(short: Shorthand): World {
  const { name, expect, accept, mta: _mta, listings, domain, queue, ...told } = short;
  const asked = [
    ...(listings === undefined ? [] : [listingOf(listings)]),
    ...(domain === undefined ? [] : [domainOf(domain)]),
  ];
  const evidence = {
    ...told,
    ...(asked.length > 0 && { listings: asked }),
    ...(queue && { queue: queueOf(queue) }),
  };
  return { name, expect, accept, evidence };
}

function listingOf(kind: NonNullable<Shorthand['listings']>): ListingEvidence {
  const clear = { zone: 'clear.bl.test', state: 'clear' } as const;
  const by = (nature: 'abuse' | 'policy' | 'informational', ...causes: readonly string[]) => [
    { zone: 'listing.bl.test', state: 'listed', nature, causes } as const,
    clear,
  ];
  const subject = '203.0.113.7';
  switch (kind) {
    case 'clear':
      return { subject, state: 'clear', lists: [clear] };
    case 'abuse':
      return { subject, state: 'listed', lists: by('abuse') };
    case 'xbl':
      return { subject, state: 'listed', lists: by('abuse', 'compromised-workstation') };
    case 'backscatter':
      return { subject, state: 'clear', warning: true, lists: by('abuse', 'ndr-attack') };
    case 'policy':
      return { subject, state: 'clear', warning: true, lists: by('policy', 'policy-listing') };
    case 'policy-and-minor':
      return { subject, state: 'clear', warning: true, lists: [...by('policy', 'policy-listing'), ...by('abuse')] };
    case 'minor':
      return { subject, state: 'clear', warning: true, lists: by('abuse') };
    case 'unknown':
      return { subject, state: 'unknown', lists: [{ zone: 'silent.bl.test', state: 'unknown', why: 'timeout' }] };
    default:
      return kind satisfies never;
  }
}

function domainOf(state: 'listed' | 'clear'): ListingEvidence {
  return { subject: 'example.com', state, lists: [{ zone: 'names.bl.test', state, nature: 'abuse' }] };
}

function queueOf(short: NonNullable<Shorthand['queue']>): NonNullable<Evidence['queue']> {
  const [nulls, nullDomains] = short.bounces ?? [0, 0];
  return {
    messages: short.messages,
    nullSender: { messages: nulls, recipientDomains: nullDomains },
    topSenders: [
      ...(nulls > 0 ? [{ sender: '', messages: nulls }] : []),
      ...(short.top ?? []).map(([sender, messages]) => ({ sender, messages })),
    ],
    topRecipientDomains: short.mostly
      ? short.mostly.map(([domain, recipients]) => ({ domain, recipients }))
      : Array.from({ length: short.to ?? 0 }, (_, index) => ({
          domain: `d${index}.example`,
          recipients: Math.max(1, Math.floor(short.messages / 20)),
        })),
    topReasons: (short.reasons ?? []).map(([reason, recipients]) => ({ reason, recipients })),
  };
}
