/**
 * Who runs a list: its rules count for all zones of the same operator together.
 *
 * The operator is the zone's registrable domain, taken as its last two labels: no operator in use has a zone right
 * below a public suffix of two labels.
 */
import type { Blocklist } from './blocklist.ts';

export function operatorOf(list: Pick<Blocklist, 'shown'>): string {
  return list.shown.split('.').slice(-2).join('.');
}
