/**
 * A webhook of one's own, signed: `x-tourniquet-signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of
 * `SECONDS.BODY` under the shared secret. Whoever receives it compares it and refuses what is older than five minutes.
 */
import { createHmac } from 'node:crypto';
import type { Pager } from '../../src/ports/pagers.ts';
import { postJson } from './http.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

export function openWebhook(options: WebhookOptions): Pager {
  const { name, url, secret, now } = options;
  return {
    name,
    send: async (page) => {
      const body = JSON.stringify({ schema: 'tourniquet.page/1', ...page });
      const seconds = Math.floor(now() / 1000);
      const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
      await postJson({
        name,
        url,
        headers: {
          'x-tourniquet-signature': `t=${seconds},v1=${signature}`,
          'idempotency-key': `${page.key}-${page.what}`,
        },
        taken: [200, 201, 202, 204],
        body,
      });
    },
  };
}
