import { describe, expect, it } from 'vitest';
import { makeLooks } from '../../../jobs/agent/agent-looks.ts';
import { readLookReply, runErrand } from '../../../jobs/agent/agent.ts';
import { makePlanSeal } from '../../../jobs/agent/plan-seal.ts';
import {
  joinNetworks,
  makeAgentMailLog,
  makeAgentMailServer,
  makeAgentWatch,
} from '../../../src/compose/hosts/agent-looks.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { MailServer } from '../../../src/ports/mail-server.ts';
import { makeFakeDevice } from '../../support/fake-device.ts';

/** A line that carries every question and answer as JSON does. */
function lineTo(server: Partial<MailServer>, logLines: readonly string[] = []) {
  let asked = 0;
  const mailServer = { name: 'mx1', mta: 'postfix' as const, listing: none, envelopes: async () => [], ...server };
  const looks = makeLooks(
    {
      target: 'mx1',
      mailServers: { names: ['mx1'], find: () => mailServer },
      mailLogs: {
        find: () => ({
          server: 'mx1',
          mta: 'postfix',
          ownDomains: [],
          clock: async () => ({ now: 5, offsetMinutes: 60 }),
          read: async (mark, _deadline, take) => {
            for (const line of logLines) take(line);
            return { mark: `${mark ?? 'start'}+1`, gaps: ['a gap'] };
          },
        }),
      },
      watches: { find: () => ({ refused: 'mx1 is no firewall', remedy: 'name one' }) },
      network: { identify: async (wanted) => wanted.map((each) => ({ addresses: each.addresses, blind: [] })) },
    },
    () => 0,
  );
  const needs = {
    target: 'mx1',
    drivers: makeFakeDevice().drivers,
    seal: makePlanSeal(Buffer.alloc(32, 7)),
    limits: { measures: [], longestLeaseMinutes: 1, isProtected: () => false },
    auditLog: { write: async () => {}, verify: async () => ({ kind: 'whole', entries: 0, head: '' }) as const },
    looks,
  };
  return {
    asked: () => asked,
    ask: async (question: unknown): Promise<unknown> => {
      asked += 1;
      return JSON.parse(JSON.stringify(await runErrand(JSON.parse(JSON.stringify(question)), needs)));
    },
    close: async () => {},
  };
}

async function* none(): AsyncGenerator<readonly (string | undefined)[]> {}

describe('a look through the agent', () => {
  it('brings every line of a long queue, in pieces that stay small', async () => {
    const line = lineTo({
      async *listing() {
        for (let chunk = 0; chunk < 50; chunk += 1)
          yield Array.from({ length: 200 }, (_none, index) => `${chunk * 200 + index} ${'x'.repeat(100)}`);
        yield [undefined, 'last'];
      },
    });
    const got: (string | undefined)[] = [];
    for await (const lines of makeAgentMailServer('mx1', 'postfix', line).listing(1000)) got.push(...lines);
    expect(got).toHaveLength(10_002);
    expect(got.slice(0, 10_000).map((each) => Number(each?.split(' ')[0]))).toEqual(
      Array.from({ length: 10_000 }, (_none, index) => index),
    );
    expect(got.slice(-2)).toEqual([undefined, 'last']);
    expect(line.asked()).toBeGreaterThan(10);
  });

  it('brings an empty queue as empty, and a failing one as unknown', async () => {
    const empty: unknown[] = [];
    for await (const lines of makeAgentMailServer('mx1', 'postfix', lineTo({})).listing(1000)) empty.push(...lines);
    expect(empty).toEqual([]);
    const failing = lineTo({
      // oxlint-disable-next-line require-yield
      async *listing() {
        throw new HostUnknown('postqueue on mx1 ended with status 69');
      },
    });
    const reading = async (): Promise<void> => {
      for await (const lines of makeAgentMailServer('mx1', 'postfix', failing).listing(1000)) expect(lines).toEqual([]);
    };
    await expect(reading()).rejects.toThrow(/status 69/);
  });

  it('brings the log with its mark and its gaps', async () => {
    const log = makeAgentMailLog('mx1', 'postfix', [], lineTo({}, ['one', 'two']));
    const lines: string[] = [];
    expect(await log.read('m', 1000, (each) => void lines.push(each))).toEqual({ mark: 'm+1', gaps: ['a gap'] });
    expect(lines).toEqual(['one', 'two']);
    expect(await log.clock(1000)).toEqual({ now: 5, offsetMinutes: 60 });
  });

  it('asks for no envelope under an id that is none', async () => {
    const asked: string[] = [];
    const line = lineTo({
      envelopes: async (ids) => {
        asked.push(...ids);
        return [];
      },
    });
    await line.ask({ verb: 'look', look: 'envelopes', ids: ['A843F21E832', '-d', 'ALL', '../../x'], deadlineMs: 10 });
    expect(asked).toEqual(['A843F21E832']);
  });

  it('does not go on with a look that the agent has forgotten', async () => {
    const reply = await lineTo({}).ask({ verb: 'more', stream: 's99' });
    expect(() => readLookReply(reply)).toThrow(/Look again/);
  });

  it('shows what an agent can’t see on a firewall as unknown, never as nobody', async () => {
    const watch = makeAgentWatch(lineTo({}), () => 7);
    expect(await watch.before()).toMatchObject({ kind: 'unknown' });
    const order = { kind: 'block-port-25', firewall: 'mx1', who: 'everyone', submissionToo: false } as const;
    expect(await watch.attempts({ tag: 'tq1', order, prior: {} })).toMatchObject({ kind: 'unknown', at: 7 });
  });

  it('joins what this host knows of a machine with what the agents know, and says who is blind', async () => {
    const own = { identify: async () => [{ addresses: ['10.0.0.9'], blind: [], reverse: { foreign: 'pc9' } }] };
    const silent = { ask: async () => ({ kind: 'unknown', why: 'gone' }), close: async () => {} };
    const network = joinNetworks(own, [
      { name: 'gw1', caller: lineTo({}) },
      { name: 'gw2', caller: silent },
    ]);
    expect(await network.identify([{ addresses: ['10.0.0.9'], at: 1 }], 100)).toEqual([
      { addresses: ['10.0.0.9'], reverse: { foreign: 'pc9' }, blind: [['gw2', ': ', { foreign: 'gone' }]] },
    ]);
  });
});
