/** What every resolver must do, by the guarantees of src/ports/dns.ts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DnsReply, Question, RecordType, Resolver } from '../../src/ports/dns.ts';

export interface ResolverRig {
  readonly resolver: Resolver;
  /** A listed entry of a blocklist, its reason, and a name of that list that is not there. */
  readonly listed: { readonly name: string; readonly code: string; readonly reason: string };
  readonly missing: string;
  /** A name that nobody answers for. */
  readonly silent: Question;
  /** Carries the time that the resolver waits on. */
  carry<T>(work: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

const DEADLINE_MS = 2000;

export function keepsTheResolverContract(start: () => Promise<ResolverRig>): void {
  let rig: ResolverRig;
  beforeAll(async () => {
    rig = await start();
  });
  afterAll(() => rig.stop());

  const ask = (name: string, type: RecordType, deadlineMs = DEADLINE_MS): Promise<DnsReply> =>
    rig.carry(rig.resolver.ask({ name, type }, deadlineMs));

  it('answers with the data, how long they may be kept, and who said it', async () => {
    const reply = await ask(rig.listed.name, 'A');
    expect(reply).toMatchObject({ kind: 'answer', rcode: 'NOERROR', data: [rig.listed.code] });
    expect(reply.kind === 'answer' && reply.ttl).toBeGreaterThan(0);
    expect(rig.resolver.servers).toContain(reply.resolver);
  });

  it('gives the reason as one text', async () => {
    const reply = await ask(rig.listed.name, 'TXT');
    expect(reply.kind === 'answer' && reply.data.join('')).toContain(rig.listed.reason);
  });

  it('says of a name that is not there that it is not, which is no failure', async () => {
    expect(await ask(rig.missing, 'A')).toMatchObject({ kind: 'answer', rcode: 'NXDOMAIN', data: [] });
  });

  it('takes a name in whatever case', async () => {
    expect(await ask(rig.listed.name.toUpperCase(), 'A')).toMatchObject({ kind: 'answer', data: [rig.listed.code] });
  });

  it('credits each of many answers to its own question', async () => {
    const names = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? rig.listed.name : rig.missing));
    const replies = await rig.carry(
      Promise.all(names.map((name) => rig.resolver.ask({ name, type: 'A' }, DEADLINE_MS))),
    );
    expect(replies.map((reply) => reply.kind === 'answer' && reply.data.length)).toEqual(
      names.map((name) => (name === rig.listed.name ? 1 : 0)),
    );
  });

  it('says the same to those who put a question and wait for no promise, once, and never before they have gone on', async () => {
    const { put } = rig.resolver;
    if (!put) return;
    const heard: string[] = [];
    const one = (name: string): Promise<DnsReply> =>
      new Promise((resolve) => {
        let isGone = false;
        put({ name, type: 'A' }, DEADLINE_MS, (reply) => {
          heard.push(`${name} ${isGone}`);
          resolve(reply);
        });
        isGone = true;
      });
    const names = [rig.listed.name, rig.missing, `${'a'.repeat(64)}.test`];
    const replies = await rig.carry(Promise.all(names.map(one)));
    const asked = await rig.carry(Promise.all(names.map((name) => ask(name, 'A'))));
    const without = (all: readonly DnsReply[]): readonly unknown[] => all.map((reply) => ({ ...reply, ms: 0, ttl: 0 }));
    expect(without(replies)).toEqual(without(asked));
    expect(replies[2]).toMatchObject({ kind: 'failed', why: 'name-too-long' });
    expect(heard.toSorted()).toEqual(names.map((name) => `${name} true`).toSorted());
  });

  it('ends within its deadline where nobody answers, and says so: never as a name that is not there', async () => {
    const reply = await ask(rig.silent.name, rig.silent.type, 300);
    expect(reply).toMatchObject({ kind: 'failed', why: 'timeout' });
    expect(reply.ms).toBeGreaterThanOrEqual(250);
    expect(reply.ms).toBeLessThan(1500);
  });
}
