/** A sample of ids from a listing of unknown length: those with the smallest hashes, so that each has the same chance. */
export interface Sample {
  add(id: string): void;
  ids(): readonly string[];
}

/** `size`: how many ids it keeps. */
export function startSample(size: number): Sample {
  let kept: (readonly [hash: number, id: string])[] = [];
  let limit = 0xffff_ffff;
  const prune = (): void => {
    kept = kept.toSorted(([a], [b]) => a - b).slice(0, size);
    limit = kept.length < size ? limit : (kept.at(-1)?.[0] ?? limit);
  };
  return {
    add(id) {
      const hash = hashOf(id);
      if (hash > limit) return;
      kept.push([hash, id]);
      if (kept.length >= size * 4) prune();
    },
    ids: () => {
      prune();
      return kept.map(([, id]) => id);
    },
  };
}

/** FNV-1a with a final mix (its high bits are poor). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
