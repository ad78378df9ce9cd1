/**
 * PagerDuty, Events API v2 (https://developer.pagerduty.com/docs/send-alert-event): 202 is taken, 400 is a bad event, 429
 * asks to wait. `dedup_key` makes the same page the same alert; `summary` has at most 1024 characters.
 */
import type { Page, Pager } from '../../src/ports/pagers.ts';
import { postJson } from './http.ts';

export interface PagerDutyOptions {
  readonly name: string;
  readonly url: string;
  readonly key: string;
}

export function openPagerDuty(options: PagerDutyOptions): Pager {
  const { name, url, key } = options;
  return {
    name,
    send: (page) => postJson({ name, url, headers: {}, taken: [202], body: JSON.stringify(eventOf(page, key)) }),
  };
}

function eventOf(page: Page, key: string): object {
  const event = { routing_key: key, event_action: page.what, dedup_key: page.key.slice(0, 255) };
  if (page.what !== 'trigger') return event;
  return {
    ...event,
    client: 'Tourniquet',
    payload: {
      summary: page.summary.slice(0, 1024),
      source: page.site,
      severity: page.urgency,
      component: 'mail',
      custom_details: { incident: page.incident, people: page.people },
    },
  };
}
