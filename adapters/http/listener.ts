/**
 * The one HTTP listener of the chats: each registers its path, `/slack/events`, `/api/messages`.
 *
 * Rules:
 * 1. It opens its port only once somebody has registered a path, so that a process without HTTP chats opens none.
 * 2. It reads no bodies and trusts nobody: verifying a request is the business of the chat it belongs to.
 * 3. A slow sender is cut off: 5 s for the headers, 10 s for the whole request. There are only so many at a time: the
 *    process needs its other sockets. Whoever goes away in the middle is nobody's fault, and not written down.
 * 4. A connection that waits for its next request is kept for longer than proxies keep theirs (60 s, mostly): who closes
 *    first while the other sends loses that request, and Teams sends none again.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Connections at a time; the usual limit of open files is 1,024. */
const MOST_CONNECTIONS = 700;

export interface HttpLimits {
  readonly headersMs: number;
  readonly requestMs: number;
}

const KEPT_MS = 75_000;

const LIMITS: HttpLimits = { headersMs: 5000, requestMs: 10_000 };

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpListener {
  /** Requests to exactly this path (without its query) go to `handler`. */
  register(path: string, handler: HttpHandler): void;
  /** Opens the port where a path was registered. Returns its address, or undefined; throws an Error with the remedy. */
  open(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** `port` 0: any free one. */
export function makeHttpListener(
  host: string,
  port: number,
  failed: (path: string, error: Error) => void,
  limits: HttpLimits = LIMITS,
): HttpListener {
  const handlers = new Map<string, HttpHandler>();
  const timeouts = { headersTimeout: limits.headersMs, requestTimeout: limits.requestMs };
  // Node looks only every half minute by itself.
  const server = createServer(
    { ...timeouts, keepAliveTimeout: KEPT_MS, connectionsCheckingInterval: limits.headersMs / 5 },
    (request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const handler = handlers.get(path);
      if (!handler) {
        request.resume();
        response.writeHead(404, { 'content-type': 'text/plain' }).end('Nothing is here.\n');
        return;
      }
      handler(request, response).catch((error: unknown) => {
        if (request.destroyed && !request.complete) return;
        failed(path, error instanceof Error ? error : new Error(String(error)));
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end();
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  return {
    register: (path, handler) => {
      handlers.set(path, handler);
    },
    open: async () => {
      if (handlers.size === 0) return undefined;
      await new Promise<void>((resolve, reject) => {
        server.once('error', (cause: Error) =>
          reject(
            new Error(
              `The chats' port ${host}:${port} can't be opened (${cause.message}). End what uses it, or set PORT and HOST.`,
              { cause },
            ),
          ),
        );
        server.listen(port, host, resolve);
      });
      const bound = server.address();
      const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
      return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
    },
    close: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
