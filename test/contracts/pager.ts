/** What every paging service must do, whatever it is. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PageFailed } from '../../src/ports/pagers.ts';
import type { Page, Pager } from '../../src/ports/pagers.ts';

export interface PagerStage {
  readonly pager: Pager;
  /** What must never be in an error's words. */
  readonly secret: string;
  /** Alerts that it has, by key, and in which state; a service that keeps none (mail) gives what it took, in order. */
  alerts(): readonly { readonly key: string; readonly state: string }[];
  /** The service is away, asks to wait, cuts the line, or refuses for good. */
  trouble(kind: 'none' | 'away' | 'wait' | 'cut' | 'refuses'): void;
  close(): Promise<void>;
}

export const PAGE: Page = {
  key: 'tourniquet-incident-7-1800000000000',
  what: 'trigger',
  summary: 'Incident 7 at hq: listed <b>ünïcode</b> "quotes"',
  urgency: 'critical',
  incident: 7,
  site: 'hq',
  people: ['anna'],
};

export function keepsThePagerContract(open: () => Promise<PagerStage>): void {
  let stage: PagerStage;
  beforeAll(async () => {
    stage = await open();
  });
  afterAll(() => stage.close());
  const fault = async (page: Page): Promise<PageFailed> => {
    const error: unknown = await stage.pager.send(page).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    if (!(error instanceof PageFailed)) throw new Error(`it did not fail as it should: ${String(error)}`);
    return error;
  };

  it('takes a page, and the same page again as the same alert', async () => {
    await stage.pager.send(PAGE);
    await stage.pager.send(PAGE);
    expect(new Set(stage.alerts().map((alert) => alert.key))).toEqual(new Set([PAGE.key]));
  });

  it('takes a summary of any length', async () => {
    await stage.pager.send({ ...PAGE, key: 'long', summary: 'x'.repeat(1000) });
    expect(stage.alerts().map((alert) => alert.key)).toContain('long');
  });

  it('is told that somebody has it, and that it is over', async () => {
    await stage.pager.send({ ...PAGE, what: 'acknowledge' });
    expect(stage.alerts().findLast((alert) => alert.key === PAGE.key)?.state).toBe('acknowledged');
    await stage.pager.send({ ...PAGE, what: 'resolve' });
    expect(stage.alerts().findLast((alert) => alert.key === PAGE.key)?.state).toBe('resolved');
  });

  it.each([
    ['away', true],
    ['wait', true],
    ['cut', true],
    ['refuses', false],
  ] as const)(
    'fails as PageFailed where the service %s, and says whether it may work later: %s',
    async (kind, again) => {
      stage.trouble(kind);
      const error = await fault(PAGE);
      stage.trouble('none');
      expect(error.again).toBe(again);
      expect(error.message).toContain(stage.pager.name);
      expect(error.message).not.toContain(stage.secret);
    },
  );
}
