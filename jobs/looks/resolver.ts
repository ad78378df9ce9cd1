/** Does the resolver answer at all? `failing` only where nothing answers to any name: a refusal is an answer of a kind. */
import type { Resolver } from '../../src/ports/dns.ts';

const NAMES = ['example.com', 'iana.org', 'ietf.org'] as const;

/** Throws an Error where it can't be told. */
export async function lookAtResolver(
  names: readonly string[],
  resolver: Resolver,
  deadlineMs: number,
): Promise<'ok' | 'failing'> {
  const asked = [...new Set([...names, ...NAMES])].slice(0, 4);
  const replies = await Promise.all(
    asked.map((name) => resolver.ask({ name, type: 'NS' }, Math.min(5000, deadlineMs))),
  );
  if (replies.some((reply) => reply.kind === 'answer' && reply.rcode === 'NOERROR')) return 'ok';
  if (replies.some((reply) => reply.kind === 'answer'))
    throw new Error(
      `it knows neither ${asked.slice(0, -1).join(', ')} nor ${asked.at(-1) ?? ''}: it has no way out, or lies`,
    );
  const failures = replies.flatMap((reply) => (reply.kind === 'failed' ? [reply.why] : []));
  if (failures.every((why) => why === 'timeout' || why === 'network' || why === 'servfail')) return 'failing';
  throw new Error(`it answers with ${failures[0] ?? 'nothing'}`);
}
