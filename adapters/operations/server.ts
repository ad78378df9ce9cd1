/**
 * /healthz (the process lives), /readyz (jobs are really consumed), /metrics; on a port of the loopback by default.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Household } from '../../src/ports/household.ts';
import type { Figures } from './figures.ts';

/** A canary older than this means that nothing is consumed, in seconds. */
const CANARY_STALE_SECONDS = 60;

export interface OperationsServer {
  /** Where it listens, e.g. http://127.0.0.1:3979 */
  readonly address: string;
  close(): Promise<void>;
}

/** Listens; where the port is taken, on any free one. */
export async function startOperations(
  host: string,
  port: number,
  household: Household,
  figures: Figures,
): Promise<OperationsServer> {
  const server = createServer((request, response) => {
    answer(request, response, household, figures).catch((error: unknown) => {
      response.writeHead(500).end(`${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(port).catch(() => listen(0));
  const bound = server.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  household: Household,
  figures: Figures,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  switch (path) {
    case '/healthz':
      response.writeHead(200, { 'content-type': 'text/plain' }).end('alive\n');
      return;
    case '/readyz': {
      const look = await household.look();
      const why = notReady(look.queue === undefined, look.canarySecondsAgo);
      response.writeHead(why === undefined ? 200 : 503, { 'content-type': 'text/plain' }).end(`${why ?? 'ready'}\n`);
      return;
    }
    case '/metrics':
      figures.note(await household.look());
      response.writeHead(200, { 'content-type': figures.registry.contentType }).end(await figures.registry.metrics());
      return;
    default:
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There are /healthz, /readyz and /metrics.\n');
  }
}

function notReady(queueDown: boolean, canary: number | undefined): string | undefined {
  if (queueDown) return 'the job queue does not answer: look at Redis';
  if (canary === undefined) return 'no canary job has been consumed yet: is a worker and a scheduler running?';
  if (canary > CANARY_STALE_SECONDS) return `no canary job has been consumed for ${canary} s: restart the worker`;
  return undefined;
}
