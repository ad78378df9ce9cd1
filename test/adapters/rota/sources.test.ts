/** PagerDuty's documented `GET /oncalls` and a calendar behind a URL, on the loopback; strict about what is asked. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { openCalendar, openPagerDutyRota } from '../../../adapters/rota/sources.ts';

const FROM = Date.UTC(2026, 10, 1);
const TO = Date.UTC(2026, 11, 1);
const KEY = 'u+secretkey';

let close: () => void = () => {};
afterEach(() => close());

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
}

function pagerDuty(pages: readonly object[]) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://x');
    const json = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Token token=${KEY}`) return json(401, { error: { code: 2006 } });
    if (request.headers.accept !== 'application/vnd.pagerduty+json;version=2') return json(406, {});
    const asked = url.searchParams;
    if (url.pathname !== '/oncalls' || asked.get('schedule_ids[]') !== 'PI7DH85') return json(404, {});
    if (asked.get('since') !== '2026-11-01T00:00:00.000Z' || Number(asked.get('limit')) > 100) return json(400, {});
    return json(200, pages[Number(asked.get('offset')) / 100] ?? { oncalls: [], more: false });
  };
}

const oncall = (id: string, start: string | null, end: string | null) => ({
  user: { id, type: 'user', summary: 'Anna Example', email: 'anna@example.com' },
  schedule: { id: 'PI7DH85' },
  escalation_level: 1,
  start,
  end,
});

describe('a rota of PagerDuty', () => {
  const open = (url: string, key = KEY) => openPagerDutyRota({ rota: 'mail', schedule: 'PI7DH85', url, key });

  it('is read over all its pages; who is always on call is so over the whole span', async () => {
    const url = await serve(
      pagerDuty([
        { oncalls: [oncall('PA', '2026-11-02T08:00:00Z', '2026-11-09T09:00:00+01:00')], more: true },
        { oncalls: [oncall('PB', null, null)], more: false },
      ]),
    );
    expect(await open(url).shifts(FROM, TO)).toEqual([
      {
        from: Date.UTC(2026, 10, 2, 8),
        to: Date.UTC(2026, 10, 9, 8),
        title: 'Anna Example',
        ids: ['PA', 'anna@example.com'],
      },
      { from: FROM, to: TO, title: 'Anna Example', ids: ['PB', 'anna@example.com'] },
    ]);
  });

  it('fails as a whole where a key is wrong, a form is not as documented, or nobody answers; no key is told', async () => {
    const url = await serve(pagerDuty([{ oncalls: [{ user: {} }], more: false }]));
    const wrong = open(url, 'another').shifts(FROM, TO);
    await expect(wrong).rejects.toThrow('PagerDuty answered 401');
    await expect(open(url).shifts(FROM, TO)).rejects.toThrow('does not document');
    close();
    const gone = await open(url)
      .shifts(FROM, TO)
      .catch((error: unknown) => String(error));
    expect(gone).toContain('can’t be reached');
    expect(gone).not.toContain('secret');
  });
});

describe('a calendar behind a URL', () => {
  const open = (url: string) => openCalendar({ rota: 'mail', timezone: 'UTC', url });

  it('is fetched and read', async () => {
    const url = await serve((_request, response) => {
      const event = 'BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:anna\r\nDTSTART:20261102T080000Z\r\nDURATION:P1D\r\nEND:VEVENT';
      response.end(`BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${event}\r\nEND:VCALENDAR`);
    });
    expect((await open(`${url}/rota.ics`).shifts(FROM, TO)).map((shift) => shift.title)).toEqual(['anna']);
  });

  it('fails with why and without its address, which may be a secret', async () => {
    const url = await serve((request, response) => {
      if (request.url?.includes('huge') === true) {
        const part = Buffer.alloc(1024 * 1024, 'x');
        for (let index = 0; index < 10; index += 1) response.write(part);
        response.end();
      } else response.writeHead(404).end();
    });
    const missing = await open(`${url}/private-1234.ics`)
      .shifts(FROM, TO)
      .catch((error: unknown) => String(error));
    expect(missing).toContain('the calendar answered 404');
    expect(missing).not.toContain('1234');
    await expect(open(`${url}/huge`).shifts(FROM, TO)).rejects.toThrow('more than 8 MiB');
  });
});
