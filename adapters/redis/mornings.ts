/**
 * Which slots were looked at: in Redis for all processes, and in a file of this data folder, so that a Redis that came back
 * empty doesn't have a morning told twice.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MorningPlan } from '../../src/domain/morning/plan.ts';
import type { Mornings, SlotName, WatchPlan } from '../../src/ports/mornings.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

/** A look whose process died is taken up by another after this time. */
const CLAIM_MS = 180_000;
const KEEP_SECONDS = 8 * 86_400;
/** Slots of each site that the file remembers. */
const MOST_KEPT = 100;

type Kept = Readonly<Record<string, readonly string[]>>;

const FREE = `
if redis.call('GET', KEYS[1]) == 'taken' then return redis.call('DEL', KEYS[1]) end
return 0`;

export function openMornings(
  redis: RedisClient,
  folder: string,
  plans: readonly MorningPlan[],
  watches: readonly WatchPlan[],
  digest?: MorningPlan,
): Mornings {
  const file = join(folder, 'mornings.json');
  const keyOf = ({ site, date, time }: SlotName): string => `${KEY_PREFIX}:morning:${site}:${date} ${time}`;
  const lastKey = (site: string): string => `${KEY_PREFIX}:morning:last:${site}`;
  const handKey = (site: string): string => `${KEY_PREFIX}:morning:hand:${site}`;
  const kept = (site: string): readonly string[] => readKept(file)[site] ?? [];
  return {
    plans,
    watches,
    ...(digest && { digest }),
    async claim(slot) {
      if (kept(slot.site).some((line) => line.startsWith(`${slot.date} ${slot.time} `))) return 'done';
      if ((await redis.set(keyOf(slot), 'taken', 'PX', CLAIM_MS, 'NX')) === 'OK') return 'yours';
      return (await redis.get(keyOf(slot))) === 'done' ? 'done' : 'taken';
    },
    async done(slot, at) {
      const line = `${slot.date} ${slot.time} ${at}`;
      const all = readKept(file);
      const lines = [...(all[slot.site] ?? []), line].slice(-MOST_KEPT);
      writeKept(folder, file, { ...all, [slot.site]: lines });
      await redis.set(keyOf(slot), 'done', 'EX', KEEP_SECONDS);
      await redis.set(lastKey(slot.site), line);
    },
    async release(slot) {
      await redis.eval(FREE, 1, keyOf(slot));
    },
    async once(name, ms) {
      return (await redis.set(`${KEY_PREFIX}:once:${name}`, '1', 'PX', Math.max(1, Math.round(ms)), 'NX')) === 'OK';
    },
    async byHand(site, at) {
      await redis.set(handKey(site), String(at));
    },
    async lastByHand(site) {
      const at = await redis.get(handKey(site));
      return at === null ? undefined : Number(at);
    },
    async last(site) {
      const line = (await redis.get(lastKey(site))) ?? kept(site).at(-1);
      const [date, time, at] = line?.split(' ') ?? [];
      return date === undefined || time === undefined ? undefined : { date, time, at: Number(at) };
    },
  };
}

function readKept(file: string): Kept {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).map(([site, lines]) => [site, Array.isArray(lines) ? lines.map(String) : []]),
    );
  } catch {
    // Not there yet, or cut off by a full disk: Redis still knows.
    return {};
  }
}

function writeKept(folder: string, file: string, kept: Kept): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
