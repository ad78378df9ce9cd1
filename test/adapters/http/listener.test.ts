import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { makeHttpListener } from '../../../adapters/http/listener.ts';
import type { HttpListener } from '../../../adapters/http/listener.ts';
import { until } from '../../lab/process.ts';

describe('the listener of the chats', () => {
  const open: HttpListener[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  function make(
    port = 0,
    failed: (path: string, error: Error) => void = () => {},
    limits?: Parameters<typeof makeHttpListener>[3],
  ): HttpListener {
    const listener = makeHttpListener('127.0.0.1', port, failed, limits);
    open.push(listener);
    return listener;
  }

  it('opens no port while no chat has registered a path', async () => {
    expect(await make().open()).toBeUndefined();
  });

  it('gives each path to its chat, whatever the query, and nothing else to anybody', async () => {
    const listener = make();
    listener.register('/slack/events', async (_request, response) => void response.end('slack'));
    listener.register('/api/messages', async (_request, response) => void response.end('teams'));
    const address = await listener.open();
    const ask = async (path: string): Promise<string> => (await fetch(`${address}${path}`)).text();
    expect(await ask('/slack/events?x=1')).toBe('slack');
    expect(await ask('/api/messages')).toBe('teams');
    expect((await fetch(`${address}/slack/events/more`)).status).toBe(404);
  });

  it('keeps a connection for longer than a proxy keeps its own, so that no request meets a closing one', async () => {
    const listener = make(0, () => {}, { headersMs: 300, requestMs: 600 });
    listener.register('/a', async (_request, response) => void response.end('heard'));
    const { port } = new URL((await listener.open()) ?? '');
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    let said = '';
    socket.on('data', (part) => (said += String(part)));
    const ask = async (times: number): Promise<void> => {
      socket.write('GET /a HTTP/1.1\r\nhost: x\r\n\r\n');
      await until(() => said.split('heard').length === times + 1, 5000, 'an answer');
    };
    await ask(1);
    const kept = Number(/keep-alive: timeout=(\d+)/i.exec(said)?.[1]);
    expect(kept).toBeGreaterThan(60);
    // Longer than a sender has for its headers: a connection without a request has no sender.
    await sleep(1000);
    await ask(2);
    socket.destroy();
  });

  it('answers 500 and tells where a chat throws', async () => {
    const told: string[] = [];
    const listener = make(0, (path, error) => told.push(`${path} ${error.message}`));
    listener.register('/slack/events', () => Promise.reject(new Error('broken')));
    expect((await fetch(`${await listener.open()}/slack/events`)).status).toBe(500);
    expect(told).toEqual(['/slack/events broken']);
  });

  it('says what to do where the port is taken', async () => {
    const first = make();
    first.register('/a', async () => {});
    const port = Number(new URL((await first.open()) ?? '').port);
    const second = make(port);
    second.register('/a', async () => {});
    await expect(second.open()).rejects.toThrow(`127.0.0.1:${port} can't be opened`);
  });

  it.each([
    ['its headers', ''],
    ['its body', 'host: x\r\ncontent-length: 100\r\n\r\n{'],
  ])(
    'cuts off who takes too long for %s, answers the others meanwhile, and writes nothing down',
    async (_what, more) => {
      const told: string[] = [];
      const listener = make(0, (path) => told.push(path), { headersMs: 1000, requestMs: 2000 });
      listener.register('/a', async (request, response) => {
        const chunks: string[] = [];
        for await (const chunk of request) chunks.push(String(chunk));
        response.end('done');
      });
      const address = (await listener.open()) ?? '';
      const slow = connect(Number(new URL(address).port), '127.0.0.1');
      let answer = '';
      slow.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      const closed = new Promise((resolve) => slow.once('close', resolve));
      slow.write(`POST /a HTTP/1.1\r\n${more}`);
      expect(await (await fetch(`${address}/a`, { method: 'POST', body: 'x' })).text()).toBe('done');
      await closed;
      expect(answer).toContain('408');
      expect(told).toEqual([]);
    },
  );

  it('writes nothing down of who goes away in the middle', async () => {
    const told: string[] = [];
    const listener = make(0, (path) => told.push(path));
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    listener.register('/a', async (request) => {
      begin();
      try {
        for await (const chunk of request) expect(String(chunk)).toBe('{');
      } catch (error) {
        end(String(error));
        throw error;
      }
    });
    const address = (await listener.open()) ?? '';
    const gone = connect(Number(new URL(address).port), '127.0.0.1');
    gone.write('POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    await begun;
    gone.destroy();
    expect(await ended).toContain('aborted');
    await fetch(`${address}/nothing`);
    expect(told).toEqual([]);
  });
});
