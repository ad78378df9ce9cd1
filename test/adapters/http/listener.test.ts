import { afterEach, describe, expect, it } from 'vitest';
import { makeHttpListener } from '../../../adapters/http/listener.ts';
import type { HttpListener } from '../../../adapters/http/listener.ts';

describe('the listener of the chats', () => {
  const open: HttpListener[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  function make(port = 0, failed: (path: string, error: Error) => void = () => {}): HttpListener {
    const listener = makeHttpListener('127.0.0.1', port, failed);
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
});
