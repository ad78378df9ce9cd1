/**
 * A firewall's web interface as a real server on the loopback. What it does with a request is its `answer`; it can be told
 * to fail. Credentials are checked, and what is not JSON is refused, as the real ones do.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDeviceApi } from '../../adapters/device-api/client.ts';
import type { DeviceApi } from '../../src/ports/device-api.ts';
import type { Host } from '../../src/ports/host.ts';

export interface FakeReply {
  readonly status: number;
  readonly body?: unknown;
}

export interface FakeApi {
  readonly api: DeviceApi;
  /** The same device without the wire between: for tests that ask it thousands of times. */
  readonly direct: DeviceApi;
  readonly url: string;
  /** What was asked, in order: `PUT /rest/…`. */
  readonly asked: string[];
  /** What the next requests meet; `undefined` again: nothing. */
  fails: 'silent' | 'broken' | 'unauthorised' | undefined;
  stop(): Promise<void>;
}

export async function startFakeApi(
  answer: (method: string, path: string, body: unknown) => FakeReply,
): Promise<FakeApi> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = decodeURI(request.url ?? '');
      asked.push(`${request.method ?? ''} ${path}`);
      const text = Buffer.concat(chunks).toString();
      const send = ({ status, body }: FakeReply): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      };
      if (fake.fails === 'silent') return;
      if (fake.fails === 'broken') return void response.writeHead(200).end('<html>busy</html>');
      const isKnown = request.headers.authorization === `Basic ${Buffer.from('bot:secret').toString('base64')}`;
      if (fake.fails === 'unauthorised' || !isKnown)
        return send({ status: 401, body: { error: 401, message: 'Unauthorized' } });
      if (text !== '' && request.headers['content-type'] !== 'application/json')
        return send({ status: 415, body: { message: 'not JSON' } });
      send(answer(request.method ?? '', path, text === '' ? undefined : JSON.parse(text)));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeApi = {
    api: openDeviceApi({ name: 'gw', url, user: 'bot', secret: 'secret', deadlineMs: 1500 }),
    direct: {
      call: async (method, path, how = {}) => {
        const plainBody: unknown = how.body === undefined ? undefined : JSON.parse(JSON.stringify(how.body));
        const { status, body } = answer(method, path, plainBody);
        return { status, body: body === undefined ? undefined : (JSON.parse(JSON.stringify(body)) as unknown) };
      },
    },
    url,
    asked,
    fails: undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return fake;
}

/** The contract lays deaths over a host: here each call of the interface is a run of it, and the other way round. */
export function hostOfApi(api: DeviceApi): Host {
  return {
    // oxlint-disable-next-line require-yield -- nothing is listed through it
    async *lines() {
      throw new Error('nothing is listed');
    },
    run: async ([method = '', path = ''], how) => {
      const reply = await api.call(method as 'GET', path, {
        ...(how.input !== undefined && { body: JSON.parse(how.input) as unknown }),
        ...(how.fence !== undefined && { fence: how.fence }),
      });
      return { code: reply.status, out: JSON.stringify(reply.body ?? null), err: '' };
    },
  };
}

export function apiOfHost(host: Host): DeviceApi {
  return {
    call: async (method, path, how = {}) => {
      const ran = await host.run([method, path], {
        deadlineMs: 5000,
        ...(how.body !== undefined && { input: JSON.stringify(how.body) }),
        ...(how.fence !== undefined && { fence: how.fence }),
      });
      return { status: ran.code, body: JSON.parse(ran.out) as unknown };
    },
  };
}
