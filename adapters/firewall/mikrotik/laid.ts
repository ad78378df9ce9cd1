/** What of a measure's rules and entries is on the router, held against what was laid. */
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { listOf } from './items.ts';
import type { Item, Menu } from './items.ts';
import { secondsOf } from './rest.ts';
import type { Row } from './rest.ts';

export interface Look {
  readonly there: readonly { readonly item: Item; readonly row: Row }[];
  readonly missing: readonly Item[];
  /** With our tag, but not as we laid it; and entries of others in our lists. */
  readonly strange: readonly string[];
  /** Whatever else carries our tag or stands in our lists: what was counted, and what is strange. */
  readonly ours: readonly { readonly menu: Menu; readonly id: string }[];
  readonly isUnarmed: boolean;
  readonly until?: number;
}

/** `now`: milliseconds since 1970 UTC. */
export function compare(
  task: MeasureTask,
  items: readonly Item[],
  rows: ReadonlyMap<Menu, readonly Row[]>,
  now: number,
): Look {
  const there: { item: Item; row: Row }[] = [];
  const missing: Item[] = [];
  for (const item of items) {
    const row = rows
      .get(item.menu)
      ?.find((each) => Object.entries(item.properties).every(([key, value]) => each[key] === value));
    if (row && row['disabled'] !== 'true') there.push({ item, row });
    else missing.push(item);
  }
  const rest = [...rows].flatMap(([menu, list]) =>
    list
      .filter((row) => isOurs(row, task.tag) && !there.some((each) => each.row === row))
      .map((row) => ({ menu, row })),
  );
  const armed = there.filter(({ item }) => item.step === 'switch');
  const left = armed.flatMap(({ row }) => secondsOf(row['timeout']) ?? []);
  return {
    there,
    missing,
    strange: rest
      .filter(({ row }) => row['list'] !== listOf(task.tag, 'tried'))
      .map(({ menu, row }) => `+ ${inWords(menu, row)}`),
    ours: rest.map(({ menu, row }) => ({ menu, id: row['.id'] ?? '' })),
    isUnarmed: armed.length === 0,
    ...(left.length > 0 && { until: now + Math.min(...left) * 1000 }),
  };
}

/** Whether it carries the tag, or stands in a list of the tag. */
export function isOurs(row: Row, tag: string): boolean {
  const lists = ['', 'allow', 'keep', 'manage', 'seal', 'tried'].map((what) => listOf(tag, what));
  return (row['comment'] ?? '').startsWith(`tourniquet ${tag} `) || lists.includes(row['list'] ?? '');
}

/** As it is laid: what is said of it, and how long the router keeps it. */
export function withLease(item: Item, order: MeasureOrder): Row {
  const lease = leaseOf(order);
  return item.step === 'switch' && lease !== undefined ? { ...item.properties, timeout: `${lease}s` } : item.properties;
}

/** In seconds; undefined where it stays until it is taken back. */
export function leaseOf(order: MeasureOrder): number | undefined {
  if (order.kind !== 'unplug' && order.kind !== 'block-port-25') return undefined;
  return order.leaseMinutes === undefined ? undefined : Math.round(order.leaseMinutes * 60);
}

/** As it is shown to people, without what moves by itself. */
export function inWords(menu: string, properties: Row): string {
  const shown = Object.entries(properties).filter(
    ([key]) => !key.startsWith('.') && !['bytes', 'packets', 'creation-time'].includes(key),
  );
  return `${menu} ${shown.map(([key, value]) => `${key}=${value}`).join(' ')}`;
}
