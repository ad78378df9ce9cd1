/**
 * The JSON files of a triage, parsed once at the door.
 *
 * Rules: what the contract lets be left out may be left out; what is there must be of the right form, or the file is
 * refused with every fault and its place. A file of another schema is refused by name.
 */
import { z } from 'zod';
import type { Evidence, ListingEvidence, QueueEvidence } from '../../src/domain/diagnosis/evidence.ts';
import { faultInWords } from '../../src/domain/fault-words.ts';
import { nearestWord } from '../../src/domain/nearest.ts';
import type { Files } from '../../src/ports/files.ts';

const MOST_BYTES = 64 * 1024 * 1024;

const count = z.number().min(0);
const text = z.string().max(2000);

const listing = z.object({
  subject: text,
  state: z.enum(['listed', 'clear', 'unknown']),
  warning: z.boolean().exactOptional(),
  lists: z
    .array(
      z.object({
        zone: text,
        state: z.enum(['listed', 'clear', 'unknown', 'not-covered']),
        nature: z.enum(['abuse', 'policy', 'informational']).exactOptional(),
        causes: z.array(text).exactOptional(),
        why: text.exactOptional(),
      }),
    )
    .default([]),
});

const check = z.object({ schema: z.literal('tourniquet.check/1'), subjects: z.array(listing) });

const queue = z
  .object({
    schema: z.literal('tourniquet.queue/1'),
    messages: count,
    recipients: count.exactOptional(),
    oldestSeconds: count.exactOptional(),
    malformed: count.exactOptional(),
    byQueue: z.record(z.string(), count).exactOptional(),
    nullSender: z.object({ messages: count, recipientDomains: count }).exactOptional(),
    topSenders: z.array(z.object({ sender: text, messages: count })).exactOptional(),
    topSenderDomains: z.array(z.object({ domain: text, messages: count })).exactOptional(),
    topRecipientDomains: z.array(z.object({ domain: text, recipients: count })).exactOptional(),
    topReasons: z.array(z.object({ reason: text, recipients: count })).exactOptional(),
  })
  .refine((read) => (read.nullSender?.messages ?? 0) <= read.messages, {
    path: ['nullSender', 'messages'],
    message: 'it is more than messages',
  });

const evidence = z.object({
  schema: z.literal('tourniquet.evidence/1').exactOptional(),
  site: z
    .object({ sharedAddress: z.boolean().exactOptional(), smartHost: z.boolean().exactOptional() })
    .exactOptional(),
  logins: z
    .array(
      z.object({
        account: text,
        messages: count,
        recipientDomains: count.exactOptional(),
        addresses: z.array(text).exactOptional(),
        usualPerHour: count.exactOptional(),
        failuresBefore: count.exactOptional(),
      }),
    )
    .exactOptional(),
  localSenders: z
    .array(
      z.object({
        uid: text,
        messages: count,
        recipientDomains: count.exactOptional(),
        usualPerHour: count.exactOptional(),
      }),
    )
    .exactOptional(),
  insideClients: z
    .array(
      z.object({
        address: text,
        messages: count,
        recipientDomains: count.exactOptional(),
        usualPerHour: count.exactOptional(),
      }),
    )
    .exactOptional(),
  unknownRecipientsPerMinute: count.exactOptional(),
  bouncesPerMinute: count.exactOptional(),
  relayedForStrangers: count.exactOptional(),
  openRelayTest: z.enum(['accepted', 'refused']).exactOptional(),
  smartHost: z.object({ configured: z.boolean().exactOptional(), answer: text.exactOptional() }).exactOptional(),
  changes: z.array(z.object({ what: text, ageHours: count })).exactOptional(),
  certificates: z.array(z.object({ name: text, daysLeft: z.number() })).exactOptional(),
  resolver: z.enum(['ok', 'failing']).exactOptional(),
  diskFreePercent: z.number().min(0).max(100).exactOptional(),
  outboundFrozen: z.boolean().exactOptional(),
  clockSkewSeconds: z.number().exactOptional(),
  dns: z
    .object({
      reverse: z.array(z.object({ address: text, state: z.enum(['ok', 'missing', 'mismatch']) })).exactOptional(),
      helo: z.object({ name: text, state: z.enum(['ok', 'missing', 'mismatch']) }).exactOptional(),
      domains: z
        .array(
          z.object({
            domain: text,
            mx: z.enum(['ok', 'missing']).exactOptional(),
            spf: z.enum(['ok', 'missing', 'several', 'too-many-lookups', 'lacks-address']).exactOptional(),
            dmarc: z.enum(['ok', 'missing']).exactOptional(),
            dkim: z.enum(['ok', 'revoked', 'missing']).exactOptional(),
          }),
        )
        .exactOptional(),
    })
    .exactOptional(),
  blockedAttempts: z
    .object({
      watchedSeconds: count,
      outboundFrozen: z.boolean().exactOptional(),
      serversLetThrough: z.boolean().exactOptional(),
      sources: z.array(
        z.object({
          address: text,
          attempts: count,
          destinations: count.exactOptional(),
          mailServer: z.boolean().exactOptional(),
        }),
      ),
    })
    .exactOptional(),
});

/** A file that can't be used; the message names the file and every fault. */
export class EvidenceRefused extends Error {
  constructor(path: string, why: string) {
    super(`${path} can't be used: ${why}`);
    this.name = 'EvidenceRefused';
  }
}

export async function readListings(path: string, files: Files): Promise<readonly ListingEvidence[]> {
  return (await readJson(path, files, check)).subjects;
}

export async function readQueueJson(path: string, files: Files): Promise<QueueEvidence> {
  return readJson(path, files, queue);
}

/** `note`: told what is in the file and nothing reads: a newer version's field, or a slip of the pen that would say "not looked". */
export async function readEvidence(path: string, files: Files, note: (words: string) => void): Promise<Evidence> {
  const known = Object.keys(evidence.shape);
  const value = await readValue(path, files);
  const told = Object.keys(parseAs(path, value, z.looseObject({})));
  for (const name of told.filter((each) => !known.includes(each)).slice(0, MOST_NOTED)) {
    const nearest = nearestWord(name, known);
    note(
      `${path} has ${JSON.stringify(name.slice(0, 60))}, which nothing here reads${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
    );
  }
  return parseAs(path, value, evidence);
}

const MOST_NOTED = 10;

async function readJson<T>(path: string, files: Files, schema: z.ZodType<T>): Promise<T> {
  return parseAs(path, await readValue(path, files), schema);
}

/** Standard input can be read once only. */
async function readValue(path: string, files: Files): Promise<unknown> {
  const raw = await files.text(path, MOST_BYTES);
  try {
    return JSON.parse(raw);
  } catch (cause) {
    throw new EvidenceRefused(
      path,
      `it is no JSON (${cause instanceof Error ? cause.message.slice(0, 120) : ''}). Save it with --json.`,
    );
  }
}

function parseAs<T>(path: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 10)
    .map((issue) => `${issue.path.join('.') || 'it'}: ${faultInWords(issue)}`);
  const other = SCHEMA.safeParse(value).data?.schema;
  const option = other !== undefined && faults[0]?.startsWith('schema: ') ? OPTIONS[other] : undefined;
  throw new EvidenceRefused(path, option === undefined ? faults.join('; ') : `${faults[0]}; this one is for ${option}`);
}

const OPTIONS = {
  'tourniquet.check/1': '--listings',
  'tourniquet.queue/1': '--queue',
  'tourniquet.evidence/1': '--evidence',
} as const;
const SCHEMA = z.object({ schema: z.enum(['tourniquet.check/1', 'tourniquet.queue/1', 'tourniquet.evidence/1']) });
