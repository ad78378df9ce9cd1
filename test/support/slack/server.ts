/**
 * A strict Slack on the loopback: its Web API (checks token, scopes, blocks, triggers, rates), response URLs, files, and
 * Socket Mode. Driven by `person.ts`; told to fail through the workspace.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { METHODS, record } from './methods.ts';
import type { Args } from './methods.ts';
import { acceptSocket } from './socket.ts';
import type { ServerSocket } from './socket.ts';
import { Workspace } from './workspace.ts';

export const BOT_TOKEN = 'xoxb-simulated-bot';
export const APP_TOKEN = 'xapp-simulated-app';
export const SIGNING_SECRET = 'simulated-signing-secret';

export interface SlackServer {
  readonly workspace: Workspace;
  /** What SLACK_API_URL is set to. */
  readonly apiUrl: string;
  readonly base: string;
  /** A new response URL for this channel and person: five uses within half an hour. */
  responseUrl(channel: string, user: string): string;
  /** What came over response URLs. */
  readonly responses: {
    readonly channel: string;
    readonly user: string;
    readonly body: Readonly<Record<string, unknown>>;
  }[];
  /** Sends an envelope over Socket Mode; resolves with the payload of its acknowledgement, or undefined after `ms`. */
  envelope(type: string, payload: unknown, ms?: number, id?: string): Promise<unknown>;
  readonly sockets: () => number;
  cutSockets(): void;
  close(): Promise<void>;
}

/** What makes a bot talk to this workspace, and what its log says once it hears it. */
export function roadTo(slack: Pick<SlackServer, 'apiUrl'>, road: 'http' | 'socket') {
  const how = road === 'http' ? { SLACK_SIGNING_SECRET: SIGNING_SECRET } : { SLACK_APP_TOKEN: APP_TOKEN };
  return {
    env: { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_API_URL: slack.apiUrl, ...how },
    ready: road === 'http' ? 'the chats are heard here' : 'connected over Socket Mode',
  };
}

export async function startSlackServer(): Promise<SlackServer> {
  const workspace = new Workspace();
  const responses: SlackServer['responses'] = [];
  const urls = new Map<string, { readonly channel: string; readonly user: string; left: number }>();
  const sockets = new Set<ServerSocket>();
  const acknowledged = new Map<string, (payload: unknown) => void>();
  let base = '';
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://slack.test');
    const body = await bodyOf(request);
    const [, room = '', name = ''] = url.pathname.split('/');
    if (room === 'api') return callMethod(name, request, body, response);
    if (room === 'response') {
      const target = urls.get(name);
      if (!target || target.left < 1) return void response.writeHead(404).end('expired_url');
      target.left -= 1;
      responses.push({ channel: target.channel, user: target.user, body: record(JSON.parse(body.toString())) });
      return void response.end('ok');
    }
    if (room === 'upload') {
      const upload = workspace.uploads.get(name);
      if (!upload) return void response.writeHead(404).end();
      upload.text = body.toString();
      return void response.end('OK');
    }
    if (room === 'files') {
      if (request.headers.authorization !== `Bearer ${BOT_TOKEN}`)
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>');
      const drop = workspace.drops.get(name);
      workspace.fetched.push(name);
      await new Promise((resolve) => setTimeout(resolve, workspace.fileDelayMs));
      return void (drop
        ? response.writeHead(200, { 'content-type': 'text/plain' }).end(drop)
        : response.writeHead(404).end());
    }
    return void response.writeHead(404).end();
  };
  const callMethod = async (
    method: string,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> => {
    const args = argsOf(request, body);
    const told = (outcome: string): void => void workspace.calls.push({ method, args, at: performance.now(), outcome });
    const answer = (value: Readonly<Record<string, unknown>>): void => {
      told(value['ok'] === true ? 'ok' : String(value['error']));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    const wait = (status: number, seconds: number | undefined): void => {
      told(`status ${status}`);
      response.writeHead(status, seconds === undefined ? {} : { 'retry-after': String(seconds) }).end('');
    };
    const fault = workspace.faultOf(method);
    if (fault?.kind === 'cut') {
      told('cut');
      response.destroy();
      return;
    }
    if (fault?.kind === 'status') return wait(fault.status, fault.retryAfter);
    if (fault?.kind === 'error') return answer({ ok: false, error: fault.error });
    const known = METHODS[method];
    if (!known) return answer({ ok: false, error: 'unknown_method' });
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? args['token'];
    if (workspace.tokenRevoked) return answer({ ok: false, error: 'token_revoked' });
    if (token !== (known.appToken ? APP_TOKEN : BOT_TOKEN))
      return answer({ ok: false, error: token === undefined ? 'not_authed' : 'invalid_auth' });
    if (known.scope !== undefined && workspace.missingScopes.has(known.scope))
      return answer({ ok: false, error: 'missing_scope', needed: known.scope });
    const result = known.run(args, workspace, base);
    if ('retryAfter' in result) return wait(429, Number(result['retryAfter']));
    return answer(result);
  };
  server.on('upgrade', (request, stream) => {
    const socket = acceptSocket(request, stream, (text) => {
      const heard = record(JSON.parse(text));
      acknowledged.get(String(heard['envelope_id']))?.(heard['payload']);
    });
    sockets.add(socket);
    stream.once('close', () => sockets.delete(socket));
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  base = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  return {
    workspace,
    base,
    apiUrl: `${base}/api/`,
    responses,
    responseUrl: (channel, user) => {
      const id = workspace.nextId('R');
      urls.set(id, { channel, user, left: 5 });
      return `${base}/response/${id}`;
    },
    envelope: async (type, payload, ms = 3000, id = workspace.nextId('env')) => {
      const socket = [...sockets].find((each) => each.open());
      if (!socket) throw new Error('no socket is open');
      const answered = new Promise<unknown>((resolve) => {
        acknowledged.set(id, resolve);
        setTimeout(() => resolve(undefined), ms).unref();
      });
      socket.send(
        JSON.stringify({
          type,
          envelope_id: id,
          payload,
          accepts_response_payload: type !== 'events_api',
          retry_attempt: 0,
        }),
      );
      return answered;
    },
    sockets: () => [...sockets].filter((each) => each.open()).length,
    cutSockets: () => {
      for (const socket of sockets) socket.end('cut');
    },
    close: async () => {
      for (const socket of sockets) socket.end('cut');
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Arguments as Slack takes them: JSON, or a form whose objects are JSON texts. */
function argsOf(request: IncomingMessage, body: Buffer): Args {
  if (String(request.headers['content-type']).startsWith('application/json'))
    return record(JSON.parse(body.toString() || '{}'));
  return Object.fromEntries(
    [...new URLSearchParams(body.toString())].map(([name, value]) => {
      if (!/^[[{]/.test(value)) return [name, value];
      try {
        return [name, JSON.parse(value) as unknown];
      } catch {
        return [name, value];
      }
    }),
  );
}
