/** What every audit log must do, by the guarantees of src/ports/audit-log.ts. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditUnavailable } from '../../src/ports/audit-log.ts';
import type { AuditEntry, AuditLog } from '../../src/ports/audit-log.ts';

export interface AuditRig {
  readonly log: AuditLog;
  /** So many of its two places can't be written from now on. */
  away(places: 0 | 1 | 2): void;
  /** Somebody changes the words of one entry (from 0) where it is kept. */
  tamper(index: number): void;
  /** How many entries its original holds. */
  count(): number;
  clean(): void;
}

const entry = (what: string): AuditEntry => ({ kind: 'intent', about: 'measure/7', who: 'ana', what });

export function keepsTheAuditContract(open: () => AuditRig): void {
  let rig: AuditRig;
  beforeEach(() => {
    rig = open();
  });
  afterEach(() => rig.clean());

  it('keeps every entry, also those that are written at once, and finds them whole', async () => {
    await Promise.all(['freeze', 'block', 'unplug'].map((what) => rig.log.write(entry(what))));
    expect(rig.count()).toBe(3);
    expect(await rig.log.verify()).toMatchObject({ kind: 'whole', entries: 3 });
  });

  it('has another head after each entry', async () => {
    const heads = new Set<string>();
    for (const what of ['one', 'one', 'two']) {
      await rig.log.write(entry(what));
      const verdict = await rig.log.verify();
      heads.add(verdict.kind === 'whole' ? verdict.head : 'broken');
    }
    expect(heads.size).toBe(3);
    expect(heads).not.toContain('broken');
  });

  it('finds an entry that was changed, the first and the last as well', async () => {
    for (const index of [0, 1, 2]) {
      rig.clean();
      rig = open();
      for (const what of ['one', 'two', 'three']) await rig.log.write(entry(what));
      rig.tamper(index);
      expect((await rig.log.verify()).kind, `entry ${index}`).toBe('broken');
    }
  });

  it('refuses an entry that only one place could keep, but where one is enough', async () => {
    rig.away(1);
    await expect(rig.log.write(entry('freeze'))).rejects.toThrow(AuditUnavailable);
    await expect(rig.log.write(entry('thaw'), 'one')).resolves.toBeUndefined();
    rig.away(0);
    await rig.log.write(entry('freeze'));
    expect(await rig.log.verify()).toMatchObject({ kind: 'whole' });
  });

  it('refuses in any case where no place can be written', async () => {
    rig.away(2);
    await expect(rig.log.write(entry('freeze'))).rejects.toThrow(AuditUnavailable);
    await expect(rig.log.write(entry('thaw'), 'one')).rejects.toThrow(AuditUnavailable);
  });
}
