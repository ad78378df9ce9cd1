/** `/api/messages`: the body is read within its limit, then the ears decide. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ears } from './ears.ts';
import { LIMITS } from './limits.ts';

export const PATH = '/api/messages';

export function serveEars(ears: Ears): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const answer = (status: number, body?: object): void => {
      if (body)
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
      else response.writeHead(status).end();
    };
    if (request.method !== 'POST') {
      request.resume();
      response.setHeader('allow', 'POST');
      answer(405);
      return;
    }
    const body = await readBody(request);
    if (body === undefined) {
      response.setHeader('connection', 'close');
      answer(413, { error: { code: 'TooLarge', message: `at most ${LIMITS.activityBytes} bytes are read` } });
      return;
    }
    const { authorization, host, origin } = request.headers;
    const reply = await ears.receive(
      { authorization, host, origin, contentType: request.headers['content-type'] },
      body,
    );
    answer(reply.status, reply.body);
  };
}

/** The whole body, or undefined: it is larger than what is read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.activityBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
