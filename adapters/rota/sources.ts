/** Where rotas are kept elsewhere: a calendar behind a URL, a schedule of PagerDuty. */
import { z } from 'zod';
import type { Shift } from '../../src/domain/escalation/shifts.ts';
import type { RotaSource } from '../../src/ports/rotas.ts';
import { readCalendar } from './ical.ts';

const DEADLINE_MS = 15_000;
/** A calendar may have this many bytes. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_PAGES = 50;
const PAGE = 100;

export interface CalendarOptions {
  readonly rota: string;
  readonly timezone: string;
  /** Secret where the calendar is private: never told. */
  readonly url: string;
}

export function openCalendar({ rota, timezone, url }: CalendarOptions): RotaSource {
  return {
    rota,
    shifts: async (from, to) =>
      readCalendar(await fetchText(url, { accept: 'text/calendar' }, 'the calendar'), timezone, from, to),
  };
}

export interface PagerDutyOptions {
  readonly rota: string;
  /** The schedule's id, such as PI7DH85. */
  readonly schedule: string;
  /** https://api.pagerduty.com, or its EU host. */
  readonly url: string;
  readonly key: string;
}

const onCalls = z.object({
  oncalls: z.array(
    z.object({
      user: z.object({ id: z.string(), summary: z.string().nullish(), email: z.string().nullish() }),
      start: z.iso.datetime({ offset: true }).nullable(),
      end: z.iso.datetime({ offset: true }).nullable(),
    }),
  ),
  more: z.boolean(),
});

/**
 * PagerDuty's REST API v2, `GET /oncalls` (https://developer.pagerduty.com/api-reference/): the user is named by id, and
 * by e-mail as users are included; the first page has `more` while there are others.
 */
export function openPagerDutyRota({ rota, schedule, url, key }: PagerDutyOptions): RotaSource {
  return {
    rota,
    shifts: async (from, to) => {
      const shifts: Shift[] = [];
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const query = new URLSearchParams([
          ['schedule_ids[]', schedule],
          ['include[]', 'users'],
          ['since', new Date(from).toISOString()],
          ['until', new Date(to).toISOString()],
          ['time_zone', 'UTC'],
          ['limit', String(PAGE)],
          ['offset', String(page * PAGE)],
        ]);
        const headers = { accept: 'application/vnd.pagerduty+json;version=2', authorization: `Token token=${key}` };
        const text = await fetchText(`${url.replace(/\/$/, '')}/oncalls?${query.toString()}`, headers, 'PagerDuty');
        const read = onCalls.safeParse(parseJson(text));
        if (!read.success) throw new Error('PagerDuty answered in a form that it does not document');
        for (const { user, start, end } of read.data.oncalls)
          shifts.push({
            from: start === null ? from : Date.parse(start),
            to: end === null ? to : Date.parse(end),
            title: user.summary ?? user.id,
            ids: [user.id, ...(typeof user.email === 'string' ? [user.email] : [])],
          });
        if (!read.data.more) return shifts;
      }
      throw new Error(`PagerDuty has more than ${MOST_PAGES * PAGE} shifts in this span`);
    },
  };
}

/** Throws an Error without the URL, which may be a secret. */
async function fetchText(url: string, headers: Readonly<Record<string, string>>, what: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch (cause) {
    const late = cause instanceof Error && cause.name === 'TimeoutError';
    throw new Error(late ? `${what} did not answer within ${DEADLINE_MS / 1000} s` : `${what} can’t be reached`, {
      cause,
    });
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${what} answered ${response.status}`);
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`${what} sent more than ${MOST_BYTES / 1024 / 1024} MiB`);
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
