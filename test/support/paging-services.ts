/**
 * The paging services, as their documents describe them, on this machine: strict about what they are sent, and able to
 * fail as they do. PagerDuty Events API v2; Opsgenie's alert API; a webhook that checks its signature.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

export type Trouble = 'none' | 'busy' | 'broken' | 'silent' | 'redirect' | 'cut';

export interface PagingService {
  readonly url: string;
  /** Alerts that are open there, by key: how many times each was triggered, and its state. */
  readonly alerts: Map<string, { triggered: number; state: 'triggered' | 'acknowledged' | 'resolved'; shown: string }>;
  /** What it refused, and why. */
  readonly refused: string[];
  trouble: Trouble;
  close(): Promise<void>;
}

type Reply = readonly [status: number, body: object];
type Handler = (service: PagingService, path: string, body: string, headers: IncomingMessage['headers']) => Reply;

const pagerDutyEvent = z.discriminatedUnion('event_action', [
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('trigger'),
    dedup_key: z.string().max(255),
    client: z.string().optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      component: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.enum(['acknowledge', 'resolve']),
    dedup_key: z.string().max(255),
  }),
]);

/** https://developer.pagerduty.com/docs/send-alert-event */
export function startPagerDuty(key: string): Promise<PagingService> {
  return start((service, path, body) => {
    const event = pagerDutyEvent.safeParse(JSON.parse(body));
    if (path !== '/v2/enqueue' || !event.success || event.data.routing_key !== key)
      return [
        400,
        {
          status: 'invalid event',
          message: 'Event object is invalid',
          errors: [event.error?.message ?? 'routing_key'],
        },
      ];
    const { dedup_key: dedup, event_action: what } = event.data;
    const shown = 'payload' in event.data ? event.data.payload.summary : '';
    move(service, dedup, what, shown);
    return [202, { status: 'success', message: 'Event processed', dedup_key: dedup }];
  });
}

const opsgenieAlert = z.strictObject({
  message: z.string().min(1).max(130),
  alias: z.string().max(512),
  description: z.string().max(15_000),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
  source: z.string().max(100),
  entity: z.string().max(512),
  details: z.record(z.string(), z.string()),
});
const opsgenieNote = z.strictObject({ source: z.string().max(100), note: z.string().max(25_000) });

/** https://docs.opsgenie.com/docs/alert-api */
export function startOpsgenie(key: string): Promise<PagingService> {
  return start((service, path, body, headers) => {
    if (headers.authorization !== `GenieKey ${key}`) return [401, { message: 'Could not authenticate', took: 0 }];
    const url = new URL(path, 'http://here');
    const parts = url.pathname.split('/');
    if (url.pathname === '/v2/alerts') {
      const alert = opsgenieAlert.safeParse(JSON.parse(body));
      if (!alert.success) return [422, { message: alert.error.message, took: 0 }];
      move(service, alert.data.alias, 'trigger', alert.data.message);
    } else {
      const what = { acknowledge: 'acknowledge', close: 'resolve' } as const;
      const verb = parts[4] === 'close' ? 'close' : 'acknowledge';
      const note = opsgenieNote.safeParse(JSON.parse(body));
      if (!note.success || url.searchParams.get('identifierType') !== 'alias')
        return [422, { message: 'bad', took: 0 }];
      move(service, decodeURIComponent(parts[3] ?? ''), what[verb], '');
    }
    return [202, { result: 'Request will be processed', took: 0.1, requestId: 'x' }];
  });
}

const webhookPage = z.strictObject({
  schema: z.literal('tourniquet.page/1'),
  key: z.string(),
  what: z.enum(['trigger', 'acknowledge', 'resolve']),
  summary: z.string(),
  urgency: z.enum(['critical', 'warning']),
  incident: z.number(),
  site: z.string(),
  people: z.array(z.string()),
});

/** As docs/morning.md tells whoever writes the other end. `now` in milliseconds since 1970 UTC. */
export function startWebhook(secret: string, now: () => number): Promise<PagingService> {
  return start((service, _path, body, headers) => {
    const signed = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-tourniquet-signature']));
    const [, seconds = '', hex = ''] = signed ?? [];
    const right = createHmac('sha256', secret).update(`${seconds}.${body}`).digest();
    if (!signed || !timingSafeEqual(right, Buffer.from(hex, 'hex'))) return [401, { error: 'signature' }];
    if (Math.abs(now() / 1000 - Number(seconds)) > 300) return [401, { error: 'too old' }];
    const page = webhookPage.safeParse(JSON.parse(body));
    if (!page.success) return [422, { error: page.error.message }];
    move(service, page.data.key, page.data.what, page.data.summary);
    return [204, {}];
  });
}

function move(service: PagingService, key: string, what: 'trigger' | 'acknowledge' | 'resolve', shown: string): void {
  const alert = service.alerts.get(key);
  // An alert that somebody has acknowledged rings nobody again, whatever it is sent.
  if (what === 'trigger' && alert?.state === 'acknowledged') return;
  if (what === 'trigger') {
    service.alerts.set(key, { triggered: (alert?.triggered ?? 0) + 1, state: 'triggered', shown });
  } else if (alert) {
    alert.state = what === 'acknowledge' ? 'acknowledged' : 'resolved';
  }
}

async function start(handle: Handler): Promise<PagingService> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const answer = (status: number, said: object, headers: Record<string, string> = {}): void => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(status === 204 ? undefined : JSON.stringify(said));
      };
      switch (service.trouble) {
        case 'busy':
          return answer(429, { status: 'throttle exceeded' }, { 'retry-after': '30' });
        case 'broken':
          return answer(503, { status: 'unavailable' });
        case 'redirect':
          return answer(302, {}, { location: 'http://127.0.0.1:9/elsewhere' });
        case 'cut':
          return void request.socket.destroy();
        case 'silent':
          return;
        case 'none': {
          const [status, said] = handle(service, request.url ?? '', body, request.headers);
          if (status >= 400) service.refused.push(JSON.stringify(said));
          return answer(status, said);
        }
        default:
          return service.trouble satisfies never;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const service: PagingService = {
    url: `http://127.0.0.1:${port}`,
    alerts: new Map(),
    refused: [],
    trouble: 'none',
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return service;
}
