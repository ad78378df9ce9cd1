/**
 * Opsgenie, and Jira Service Management with the same alert API (https://docs.opsgenie.com/docs/alert-api): 202 is taken
 * for processing. `alias` makes the same page the same alert while it is open; `message` has at most 130 characters.
 */
import type { Page, Pager } from '../../src/ports/pagers.ts';
import { postJson } from './http.ts';

export interface OpsgenieOptions {
  readonly name: string;
  /** Without the path: https://api.opsgenie.com */
  readonly url: string;
  readonly key: string;
}

export function openOpsgenie(options: OpsgenieOptions): Pager {
  const { name, key } = options;
  return {
    name,
    send: (page) =>
      postJson({
        name,
        url: new URL(pathOf(page), options.url).href,
        headers: { authorization: `GenieKey ${key}` },
        taken: [202],
        body: JSON.stringify(bodyOf(page)),
      }),
  };
}

function pathOf(page: Page): string {
  const alias = encodeURIComponent(page.key);
  switch (page.what) {
    case 'trigger':
      return '/v2/alerts';
    case 'acknowledge':
      return `/v2/alerts/${alias}/acknowledge?identifierType=alias`;
    case 'resolve':
      return `/v2/alerts/${alias}/close?identifierType=alias`;
    default:
      return page.what satisfies never;
  }
}

function bodyOf(page: Page): object {
  if (page.what !== 'trigger') return { source: 'Tourniquet', note: page.summary.slice(0, 1000) };
  return {
    message: page.summary.slice(0, 130),
    alias: page.key.slice(0, 512),
    description: page.summary,
    priority: page.urgency === 'critical' ? 'P1' : 'P3',
    source: 'Tourniquet',
    entity: page.site,
    details: { incident: String(page.incident), people: page.people.join(', ') },
  };
}
