/** The real console on a free port of the loopback, with a gateway that writes down what it is given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConsole } from '../../../adapters/chat/web/open.ts';
import type { RunningConsole } from '../../../adapters/chat/web/open.ts';
import { openPasses } from '../../../adapters/chat/web/passes.ts';
import { message } from '../../../src/messages/message.ts';
import type { Heard, HearResult } from '../../../src/ports/conversation.ts';

const KEY = Buffer.alloc(32, 7);

export interface WebStage {
  readonly console: RunningConsole;
  readonly folder: string;
  readonly heard: Heard[];
  readonly answerWith: (result: HearResult) => void;
  setNow(now: number): void;
  pass(who: string): string;
  /** Enters with a pass of this person and returns the cookie. */
  enter(who: string): Promise<string>;
  /** As a browser would: with the cookie, and the Origin of the console's own page. */
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  readonly close: () => Promise<void>;
}

export async function openWebStage(folder = mkdtempSync(join(tmpdir(), 'tq-web-'))): Promise<WebStage> {
  const heard: Heard[] = [];
  const seen = new Set<string>();
  let answer: HearResult = { kind: 'taken' };
  let now = Date.UTC(2026, 10, 24, 7, 30);
  const console = await openConsole({
    id: 'c0ffee',
    dataFolder: folder,
    key: KEY,
    host: '127.0.0.1',
    port: 0,
    commands: ['help', 'status'],
    gateway: {
      hear: async (said) => {
        heard.push(said);
        return answer;
      },
    },
    now: () => now,
    firstTime: async (id) => !seen.has(id) && seen.add(id) !== undefined,
    board: async () => message('good', 'Nothing is in force.'),
  });
  const origin = new URL(console.address).origin;
  const passes = openPasses(KEY);
  const post: WebStage['post'] = (path, body, headers = {}) =>
    fetch(`${origin}${path}`, { method: 'POST', body, redirect: 'manual', headers: { origin, ...headers } });
  return {
    console,
    folder,
    heard,
    answerWith: (result) => {
      answer = result;
    },
    setNow: (at) => {
      now = at;
    },
    pass: (who) => passes.makePass(who, now),
    enter: async (who) => {
      const entered = await post('/console/enter', new URLSearchParams({ pass: passes.makePass(who, now) }).toString());
      return (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    },
    post,
    get: (path, headers = {}) => fetch(`${origin}${path}`, { redirect: 'manual', headers }),
    close: async () => {
      await console.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
