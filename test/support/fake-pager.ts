/** A paging service in memory, that can fail and die. */
import { PageFailed } from '../../src/ports/pagers.ts';
import type { Page, Pager } from '../../src/ports/pagers.ts';

export interface FakePager extends Pager {
  readonly taken: Page[];
  fails: boolean;
  dies: boolean;
}

export function makePager(name: string): FakePager {
  const pager: FakePager = {
    name,
    taken: [],
    fails: false,
    dies: false,
    send: async (page) => {
      if (pager.dies) throw new Error('the process died');
      if (pager.fails) throw new PageFailed(`${name} answered 503`, true);
      pager.taken.push(page);
    },
  };
  return pager;
}
