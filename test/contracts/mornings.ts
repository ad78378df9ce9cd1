/** What every memory of the mornings must do. */
import { beforeEach, expect, it } from 'vitest';
import type { Mornings } from '../../src/ports/mornings.ts';

const SLOT = { site: 'hq', date: '2026-11-25', time: '07:30' };

export function keepsTheMorningsContract(open: () => Promise<Mornings>): void {
  let mornings: Mornings;
  beforeEach(async () => {
    mornings = await open();
  });

  it('gives a slot to one of many who ask at the same moment', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => mornings.claim(SLOT)));
    expect(all.filter((each) => each === 'yours')).toHaveLength(1);
    expect(all.filter((each) => each === 'taken')).toHaveLength(19);
  });

  it('keeps a slot done for good, and knows when it was', async () => {
    await mornings.claim(SLOT);
    await mornings.done(SLOT, 1_800_000_000_000);
    expect(await mornings.claim(SLOT)).toBe('done');
    await mornings.release(SLOT).catch(() => {});
    expect(await mornings.last('hq')).toEqual({ date: SLOT.date, time: SLOT.time, at: 1_800_000_000_000 });
    expect(await mornings.claim({ ...SLOT, date: '2026-11-26' })).toBe('yours');
    expect(await mornings.claim({ ...SLOT, site: 'branch' })).toBe('yours');
  });

  it('gives a slot again that was given back', async () => {
    await mornings.claim(SLOT);
    await mornings.release(SLOT);
    expect(await mornings.claim(SLOT)).toBe('yours');
  });

  it('knows when somebody had a site looked at by hand, and calls no slot done for it', async () => {
    expect(await mornings.lastByHand('hq')).toBeUndefined();
    await mornings.byHand('hq', 1_800_000_000_000);
    expect(await mornings.lastByHand('hq')).toBe(1_800_000_000_000);
    expect(await mornings.last('hq')).toBeUndefined();
    expect(await mornings.claim(SLOT)).toBe('yours');
  });

  it('says once within a time', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => mornings.once('watch hq', 60_000)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await mornings.once('watch branch', 60_000)).toBe(true);
  });
}
