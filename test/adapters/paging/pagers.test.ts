import { describe, expect, it } from 'vitest';
import { openMailPager } from '../../../adapters/paging/mail.ts';
import { openOpsgenie } from '../../../adapters/paging/opsgenie.ts';
import { openPagerDuty } from '../../../adapters/paging/pagerduty.ts';
import { openWebhook } from '../../../adapters/paging/webhook.ts';
import { PageFailed } from '../../../src/ports/pagers.ts';
import type { Pager } from '../../../src/ports/pagers.ts';
import { PAGE, keepsThePagerContract } from '../../contracts/pager.ts';
import type { PagerStage } from '../../contracts/pager.ts';
import { startOpsgenie, startPagerDuty, startWebhook } from '../../support/paging-services.ts';
import type { PagingService } from '../../support/paging-services.ts';
import { startSubmission } from '../../support/submission-server.ts';

const KEY = 'k3y'.padEnd(32, '0');

function stageOf(service: PagingService, right: Pager, wrong: Pager): PagerStage {
  let refuses = false;
  return {
    pager: { name: right.name, send: (page) => (refuses ? wrong : right).send(page) },
    secret: 'k3y',
    alerts: () => [...service.alerts].map(([key, { state }]) => ({ key, state })),
    trouble: (kind) => {
      refuses = kind === 'refuses';
      service.trouble = kind === 'away' ? 'broken' : kind === 'wait' ? 'busy' : kind === 'cut' ? 'cut' : 'none';
    },
    close: () => service.close(),
  };
}

describe('PagerDuty', () => {
  keepsThePagerContract(async () => {
    const service = await startPagerDuty(KEY);
    const url = `${service.url}/v2/enqueue`;
    const make = (key: string): Pager => openPagerDuty({ name: 'pd', url, key });
    return stageOf(service, make(KEY), make('wrong k3y'));
  });
});

describe('Opsgenie', () => {
  keepsThePagerContract(async () => {
    const service = await startOpsgenie(KEY);
    const make = (key: string): Pager => openOpsgenie({ name: 'og', url: service.url, key });
    return stageOf(service, make(KEY), make('wrong k3y'));
  });
});

describe('a signed webhook', () => {
  keepsThePagerContract(async () => {
    const service = await startWebhook(KEY, () => Date.now());
    const make = (secret: string): Pager =>
      openWebhook({ name: 'hook', url: service.url, secret, now: () => Date.now() });
    return stageOf(service, make(KEY), make('wrong k3y'));
  });

  it('is refused at the other end when it is replayed later, and follows no redirect', async () => {
    const service = await startWebhook(KEY, () => Date.now());
    const old = openWebhook({ name: 'hook', url: service.url, secret: KEY, now: () => Date.now() - 400_000 });
    await expect(old.send(PAGE)).rejects.toThrow('hook answered 401');
    service.trouble = 'redirect';
    const now = openWebhook({ name: 'hook', url: service.url, secret: KEY, now: () => Date.now() });
    await expect(now.send(PAGE)).rejects.toThrow(PageFailed);
    await service.close();
  });
});

describe('mail by another route', () => {
  const login = { user: 'pager', password: 'k3y-of-mail' };
  keepsThePagerContract(async () => {
    const server = await startSubmission(login);
    const pager = openMailPager({
      name: 'mail',
      host: '127.0.0.1',
      port: server.port,
      tls: 'none',
      login,
      from: 'tourniquet@example.com',
      to: ['oncall@example.net'],
    });
    const states = [
      ['X-Tourniquet-Page: acknowledge', 'acknowledged'],
      ['X-Tourniquet-Page: resolve', 'resolved'],
    ] as const;
    return {
      pager,
      secret: login.password,
      alerts: () =>
        server.taken.map(({ data }) => ({
          key: /References: <(.*)@tourniquet>/i.exec(data)?.[1] ?? '',
          state: states.find(([words]) => data.includes(words))?.[1] ?? 'triggered',
        })),
      trouble: (kind) => {
        server.trouble =
          kind === 'away'
            ? 'cut'
            : kind === 'wait'
              ? 'busy'
              : kind === 'cut'
                ? 'cut'
                : kind === 'refuses'
                  ? 'no-login'
                  : 'none';
      },
      close: () => server.close(),
    };
  });

  it('goes to everybody named, in one thread per incident, as an automatic message', async () => {
    const server = await startSubmission();
    const pager = openMailPager({
      name: 'mail',
      host: '127.0.0.1',
      port: server.port,
      tls: 'none',
      from: 'tourniquet@example.com',
      to: ['a@example.net', 'b@example.net'],
    });
    await pager.send({ ...PAGE, summary: 'one\r\nBcc: evil@example.org' });
    expect(server.taken[0]).toMatchObject({ from: 'tourniquet@example.com', to: ['a@example.net', 'b@example.net'] });
    expect(server.taken[0]?.data).toContain('Auto-Submitted: auto-generated');
    expect(server.taken[0]?.data.split('\n\n')[0]).not.toMatch(/^Bcc:/m);
    await server.close();
  });

  it('never goes in the clear where TLS is wanted and the server has none', async () => {
    const server = await startSubmission();
    const pager = openMailPager({
      name: 'mail',
      host: '127.0.0.1',
      port: server.port,
      tls: 'starttls',
      from: 'tourniquet@example.com',
      to: ['a@example.net'],
    });
    await expect(pager.send(PAGE)).rejects.toThrow(PageFailed);
    expect(server.taken).toEqual([]);
    await server.close();
  });
});
