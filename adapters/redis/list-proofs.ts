/** The memory of proofs in Redis: one hash per path (the resolvers asked), forgotten once none could stand in any more. */
import { createHash } from 'node:crypto';
import type { Liveness } from '../../src/domain/blocklists/liveness.ts';
import type { ListProofs } from '../../src/ports/list-proofs.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

/** `holdMs`: how long a proof may stand in; 0: nothing is remembered. */
export function openListProofs(redis: RedisClient, holdMs: number): ListProofs {
  const key = (path: string): string =>
    `${KEY_PREFIX}:proofs:${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
  return {
    holdMs,
    async read(path) {
      const all = Object.entries(await redis.hgetall(key(path)));
      return new Map(all.flatMap(([name, text]) => decode(name, text)));
    },
    async note(path, proofs) {
      if (proofs.size === 0) return;
      await redis.hset(key(path), Object.fromEntries([...proofs].map(([name, proof]) => [name, encode(proof)])));
      await redis.pexpire(key(path), holdMs);
    },
  };
}

function encode(proof: Liveness): string {
  return `${Math.round(proof.at)} ${proof.negative} ${proof.resolver}`;
}

function decode(name: string, text: string): readonly (readonly [string, Liveness])[] {
  const [, at, negative, resolver] = /^(\d{1,15}) (listed|silent|failed|none) (\S*)$/.exec(text) ?? [];
  if (at === undefined || !isPoint(negative)) return [];
  return [[name, { positive: 'listed', negative, at: Number(at), resolver: resolver ?? '' }]];
}

function isPoint(text: string | undefined): text is Liveness['negative'] {
  return text === 'listed' || text === 'silent' || text === 'failed' || text === 'none';
}
