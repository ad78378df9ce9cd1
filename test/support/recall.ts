/** A surface's memory in this process: what several stages share, they remember together. */
import type { Recall } from '../../src/ports/recall.ts';

export function makeRecall(): Recall {
  const kept = new Map<string, string>();
  return {
    keep: async (name, words) => void kept.set(name, words),
    find: async (name) => kept.get(name),
    take: async (name) => {
      const found = kept.get(name);
      kept.delete(name);
      return found;
    },
  };
}
