/**
 * Counting many names in bounded memory.
 *
 * Rules:
 * 1. Up to the limit of distinct names every count is exact.
 * 2. Beyond it the rarest half is let go and counting goes on (lossy counting: what is frequent stays, its count is at
 *    least right within what was let go); `about` says so.
 */
export class BoundedCounter {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  #letGo = 0;

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
    if (this.#counts.size > this.#limit) this.#prune();
  }

  /** Some names were let go: counts are at least what is shown. */
  get about(): boolean {
    return this.#letGo > 0;
  }

  /** The most frequent, then by name. */
  top(many: number): readonly { readonly name: string; readonly count: number }[] {
    return [...this.#counts]
      .map(([name, count]) => ({ name, count }))
      .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
      .slice(0, many);
  }

  /** Those above the median count stay, and of those at it the newest; no sorting, which would cost more than counting. */
  #prune(): void {
    const keep = Math.floor(this.#limit / 2);
    const counts = [...this.#counts.values()].toSorted((a, b) => b - a);
    const least = counts[keep - 1] ?? 0;
    let atLeast = counts.slice(0, keep).filter((count) => count === least).length;
    const kept: [string, number][] = [];
    for (const [name, count] of [...this.#counts].toReversed()) {
      if (count < least || (count === least && atLeast === 0)) continue;
      if (count === least) atLeast -= 1;
      kept.push([name, count]);
    }
    this.#letGo += this.#counts.size - kept.length;
    this.#counts.clear();
    for (const [name, count] of kept.toReversed()) this.#counts.set(name, count);
  }
}

/**
 * A set of names as 64-bit fingerprints in flat arrays: some 12 to 24 octets a name, so that millions fit.
 * Two different names are taken for one with a chance of about n² / 2^65 (one in 37 million for a million names).
 */
export class FingerprintSet {
  readonly #most: number;
  #high = new Uint32Array(1 << 12);
  #low = new Uint32Array(1 << 12);
  #size = 0;

  /** `most`: how many are told apart at the most; beyond it `add` calls every name new. */
  constructor(most = 2_700_000) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size >= this.#most;
  }

  /** Adds it; true where it wasn't there. */
  add(name: string): boolean {
    if (this.full) return true;
    if (this.#size * 3 > this.#high.length * 2) this.#grow();
    const [high, low] = fingerprint(name);
    const slot = this.#slotOf(high, low);
    if (this.#high[slot] !== 0 || this.#low[slot] !== 0) return false;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#size += 1;
    return true;
  }

  #slotOf(high: number, low: number): number {
    const mask = this.#high.length - 1;
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    while ((this.#high[slot] !== 0 || this.#low[slot] !== 0) && !(this.#high[slot] === high && this.#low[slot] === low))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(high.length * 2);
    high.forEach((each, index) => {
      const other = low[index] ?? 0;
      if (each === 0 && other === 0) return;
      const slot = this.#slotOf(each, other);
      this.#high[slot] = each;
      this.#low[slot] = other;
    });
  }
}

/** Two FNV-1a style hashes with different seeds and a final mix; never both zero. */
function fingerprint(name: string): readonly [number, number] {
  let a = 0x811c9dc5;
  let b = 0xc2b2ae35;
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 13);
  }
  a ^= a >>> 16;
  b = Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
  return [a >>> 0 || 1, b >>> 0];
}
