/** What was last fetched of a rota that is kept elsewhere, for all processes. */
import type { KnownShifts, RotaMemory } from '../../src/ports/rotas.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_SECONDS = 90 * 86_400;

export function openRotaMemory(redis: RedisClient): RotaMemory {
  const keyOf = (rota: string): string => `${KEY_PREFIX}:rota:${rota}`;
  return {
    async recall(rota) {
      const text = await redis.get(keyOf(rota));
      if (text === null) return undefined;
      const known: KnownShifts = JSON.parse(text);
      return known;
    },
    async keep(rota, known) {
      await redis.set(keyOf(rota), JSON.stringify(known), 'EX', KEEP_SECONDS);
    },
  };
}
