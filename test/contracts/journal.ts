/** What every journal, every set of holds and every fence must do. */
import { beforeEach, expect, it } from 'vitest';
import type { Holds, Journal } from '../../src/ports/journal.ts';
import type { Fences } from '../../src/ports/measures.ts';

interface Event {
  readonly kind: string;
}

export interface Records {
  readonly journal: Journal<Event>;
  readonly holds: Holds;
  fences(now: () => number): Fences;
}

export function keepsTheJournalContract(open: () => Promise<Records>): void {
  let records: Records;
  beforeEach(async () => {
    records = await open();
  });

  it('gives back what was appended, in order, with its version', async () => {
    const number = await records.journal.begin([{ kind: 'a' }, { kind: 'b' }]);
    expect(await records.journal.append(number, 2, [{ kind: 'c' }])).toBe('appended');
    expect(await records.journal.read(number)).toEqual({
      version: 3,
      events: [{ kind: 'a' }, { kind: 'b' }, { kind: 'c' }],
    });
  });

  it('lets one of two win who append at the same version, and adds nothing of the other', async () => {
    const number = await records.journal.begin([{ kind: 'a' }]);
    const both = await Promise.all([
      records.journal.append(number, 1, [{ kind: 'x' }, { kind: 'y' }]),
      records.journal.append(number, 1, [{ kind: 'x' }, { kind: 'y' }]),
    ]);
    expect(both.toSorted()).toEqual(['appended', 'conflict']);
    expect((await records.journal.read(number)).version).toBe(3);
  });

  it('refuses to append to a stream that was never begun', async () => {
    expect(await records.journal.append(4711, 1, [{ kind: 'x' }])).toBe('conflict');
    expect(await records.journal.read(4711)).toEqual({ version: 0, events: [] });
  });

  it('gives a number once, reserved or not', async () => {
    const reserved = await records.journal.reserve();
    const next = await records.journal.begin([{ kind: 'a' }]);
    expect(await records.journal.begin([{ kind: 'b' }], reserved)).toBe(reserved);
    expect(next).not.toBe(reserved);
    expect((await records.journal.read(reserved)).events).toEqual([{ kind: 'b' }]);
  });

  it('lists the newest first, and leaves the settled out of the open ones only', async () => {
    const first = await records.journal.begin([{ kind: 'a' }]);
    const second = await records.journal.begin([{ kind: 'a' }]);
    await records.journal.settle(first);
    expect(await records.journal.numbers('open')).toEqual([second]);
    expect(await records.journal.numbers('all')).toEqual([second, first]);
  });

  it('lets a thing be held by one measure, until that one frees it', async () => {
    const { holds } = records;
    expect(await holds.take('mx1/way-out', 7)).toBe(7);
    expect(await holds.take('mx1/way-out', 8)).toBe(7);
    await holds.free('mx1/way-out', 8);
    expect(await holds.take('mx1/way-out', 9)).toBe(7);
    await holds.free('mx1/way-out', 7);
    expect(await holds.take('mx1/way-out', 9)).toBe(9);
  });

  it('gives fences that only grow, also while the clock stands or goes back, and never below the clock', async () => {
    let now = 1_800_000_000_000;
    const fences = records.fences(() => now);
    expect(await fences.next('gw')).toBe(1_800_000_000_000);
    expect(await fences.next('gw')).toBe(1_800_000_000_001);
    now -= 3_600_000;
    expect(await fences.next('gw')).toBe(1_800_000_000_002);
    expect(await fences.next('mx1')).toBe(now);
  });
}
