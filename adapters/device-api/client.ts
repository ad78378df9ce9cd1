/** JSON over HTTPS to a firewall: basic authentication, a certificate authority of its own where one is named. */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { HostUnknown } from '../../src/ports/host.ts';
import type { ApiReply, DeviceApi } from '../../src/ports/device-api.ts';

export interface DeviceReach {
  readonly name: string;
  /** Without a path of its own. */
  readonly url: string;
  readonly user: string;
  readonly secret: string;
  /** PEM; left out: the system's own authorities. */
  readonly ca?: string;
  /** Milliseconds for one call. */
  readonly deadlineMs?: number;
}

const USUAL_DEADLINE_MS = 10_000;
const MOST_BYTES = 16 * 1024 * 1024;

export function openDeviceApi(reach: DeviceReach): DeviceApi {
  const credentials = Buffer.from(`${reach.user}:${reach.secret}`).toString('base64');
  return {
    call: (method, path, how = {}) =>
      new Promise<ApiReply>((resolve, reject) => {
        const url = new URL(path, reach.url);
        const body = how.body === undefined ? undefined : JSON.stringify(how.body);
        const fail = (why: string, cause?: unknown): void =>
          reject(new HostUnknown(`${method} ${path} on ${reach.name}: ${why}`, { cause }));
        const send = url.protocol === 'https:' ? requestTls : requestPlain;
        const request = send(
          url,
          {
            method,
            agent: false,
            signal: AbortSignal.timeout(reach.deadlineMs ?? USUAL_DEADLINE_MS),
            ...(reach.ca !== undefined && { ca: reach.ca }),
            headers: {
              authorization: `Basic ${credentials}`,
              accept: 'application/json',
              ...(body !== undefined && {
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(body),
              }),
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            let size = 0;
            response.on('data', (chunk: Buffer) => {
              size += chunk.length;
              if (size > MOST_BYTES) request.destroy(new Error(`more than ${MOST_BYTES} bytes`));
              else chunks.push(chunk);
            });
            response.on('error', (error) => fail(error.message, error));
            response.on('end', () => {
              const status = response.statusCode ?? 0;
              const text = Buffer.concat(chunks).toString('utf8');
              if (status === 401 || status === 403)
                fail(`it refuses the credentials (${status}); look at credentialsFile in tourniquet.yaml`);
              else if (status >= 500) fail(`it answers ${status}: ${text.slice(0, 200)}`);
              else if (text.trim() === '') resolve({ status, body: undefined });
              else {
                try {
                  resolve({ status, body: JSON.parse(text) as unknown });
                } catch (error) {
                  fail(`it does not answer in JSON (${status}): ${text.slice(0, 120)}`, error);
                }
              }
            });
          },
        );
        request.on('error', (error) =>
          fail(
            error.name === 'TimeoutError' || error.name === 'AbortError' ? 'it did not answer in time' : error.message,
            error,
          ),
        );
        request.end(body);
      }),
  };
}
