/** The parts of tourniquet.yaml about times and calling: morning, thresholds, rota, escalation, paging. */
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a name is made of small letters, digits, dots and hyphens');
const file = z.string().min(1).startsWith('/', 'write the whole path, beginning with /');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, such as 07:30');
const date = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a date, such as 2026-01-05');
const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2} ([01]\d|2[0-3]):[0-5]\d$/, 'a date and a time, such as 2026-12-24 18:00');
const timezone = z.string().refine(isTimeZone, 'a time zone of the IANA database, such as Europe/Berlin');

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const WORKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;

export const morningSchema = z.strictObject({
  /** When the message is there, in the site's time zone. */
  at: time,
  days: z
    .array(z.enum(DAYS))
    .min(1)
    .default([...WORKDAYS]),
  /** Further looks on the same day; the day's message is edited, and only news are told. */
  again: z.array(time).max(12).default([]),
});

export const thresholdsSchema = z.strictObject({
  /** Waiting messages on one server. */
  queue: z.int().min(1).default(500),
  /** Waiting messages more than an hour ago. */
  growthPerHour: z.int().min(1).default(300),
  /** Null-sender messages, where they are at least half of what waits. */
  nullSender: z.int().min(1).default(100),
  /** Messages of one login within an hour, where that is at least five times its usual. */
  loginPerHour: z.int().min(1).default(200),
  bouncesPerMinute: z.int().min(1).default(30),
  /** Minutes between two questions to the lists of weight high, 15 to 1440; 0: only in the morning. */
  listingsEveryMinutes: z
    .int()
    .refine((minutes) => minutes === 0 || (minutes >= 15 && minutes <= 1440), '0, or 15 to 1440')
    .default(60),
  /** Minutes between two looks, 2 to 240. */
  everyMinutes: z.int().min(2).max(240).default(15),
});

export const digestSchema = z.strictObject({
  day: z.enum(DAYS).default('monday'),
  at: time.default('08:00'),
  timezone: timezone.default('UTC'),
});

export const rotaSchema = z.strictObject({
  name,
  timezone: timezone.default('UTC'),
  people: z.array(name).min(1, 'a rota needs people'),
  start: date,
  handover: time.default('09:00'),
  days: z.int().min(1).max(60).default(7),
  overrides: z.array(z.strictObject({ from: moment, to: moment, person: name })).default([]),
  /** Kept elsewhere: its shifts come first, the people above fill what it leaves open. */
  from: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('ical'),
        /** One of the two: a file where the address is a secret. */
        url: z.url({ protocol: /^https?$/ }).optional(),
        urlFile: file.optional(),
      }),
      z.strictObject({
        kind: z.literal('pagerduty'),
        schedule: z.string().regex(/^[A-Z0-9]{1,40}$/, 'the id of a schedule, such as PI7DH85'),
        /** Holds a read-only key of the REST API. */
        keyFile: file,
        url: z.url({ protocol: /^https?$/ }).default('https://api.pagerduty.com'),
      }),
    ])
    .optional(),
});

export const escalationSchema = z.strictObject({
  tiers: z
    .array(
      z.strictObject({
        /** People, rota:NAME, or group:NAME (named in the thread, so that the chat calls all who are in it). */
        call: z
          .array(z.string().regex(/^((rota|group):)?[a-z0-9][a-z0-9._-]{0,62}$/, 'a person, rota:NAME or group:NAME'))
          .min(1),
        by: z
          .array(z.enum(['thread', 'direct', 'page']))
          .min(1)
          .default(['thread', 'direct']),
        waitMinutes: z.number().min(1).max(240).default(5),
      }),
    )
    .min(1),
  rounds: z.int().min(1).max(20).default(3),
  /** Only what is worth waking somebody for calls then; the rest waits for their end. */
  quietHours: z.strictObject({ from: time, to: time, timezone: timezone.default('UTC') }).optional(),
  staleMinutes: z.number().min(5).max(1440).default(30),
  answerMinutes: z.number().min(1).max(240).default(10),
});

const pagerDuty = z.strictObject({
  name,
  kind: z.literal('pagerduty'),
  /** Holds the integration's routing key (Events API v2). */
  keyFile: file,
  url: z.url({ protocol: /^https?$/ }).default('https://events.pagerduty.com/v2/enqueue'),
});

const opsgenie = z.strictObject({
  name,
  kind: z.literal('opsgenie'),
  keyFile: file,
  /** https://api.opsgenie.com, https://api.eu.opsgenie.com, or Jira Service Management's. */
  url: z.url({ protocol: /^https?$/ }).default('https://api.opsgenie.com'),
});

const webhook = z.strictObject({
  name,
  kind: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }),
  /** Holds the secret that each call is signed with. */
  secretFile: file,
});

const mail = z.strictObject({
  name,
  kind: z.literal('email'),
  /** A submission server that is not the one that may be sick. */
  host: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, 'a host name or address'),
  port: z.int().min(1).max(65_535).default(587),
  /** implicit: TLS from the first byte (465). starttls: required. none: only to a host of one's own. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  user: z.string().optional(),
  passwordFile: file.optional(),
  from: z.email(),
  to: z.array(z.email()).min(1),
});

export const pagingSchema = z.discriminatedUnion('kind', [pagerDuty, opsgenie, webhook, mail]);

export type PagingConfig = z.output<typeof pagingSchema>;
export type RotaConfig = z.output<typeof rotaSchema>;
export type MorningConfig = z.output<typeof morningSchema>;
export type ThresholdsConfig = z.output<typeof thresholdsSchema>;

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
