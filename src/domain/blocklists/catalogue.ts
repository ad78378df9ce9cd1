/** The catalogue: the lists that are asked, and those that are not, each with why. */
import { nearestWord } from '../nearest.ts';
import type { Blocklist } from './blocklist.ts';

export interface Catalogue {
  /** Asked in this order. */
  readonly lists: readonly Blocklist[];
  /** Known, but not asked. */
  readonly left: readonly LeftOut[];
}

export interface LeftOut {
  readonly zone: string;
  readonly kind: 'allowlist' | 'dead' | 'not-by-dns' | 'no-key' | 'switched-off';
  /** In words: "closed in 2024", "its key ABUSIX_KEY isn't set". */
  readonly why: string;
}

/** Only these zones (as shown in the catalogue). Names what is wrong with one that can't be asked. */
export function chooseLists(
  catalogue: Catalogue,
  zones: readonly string[],
):
  | { readonly kind: 'ok'; readonly catalogue: Catalogue }
  | { readonly kind: 'bad'; readonly why: string; readonly remedy: string } {
  const chosen: Blocklist[] = [];
  for (const zone of zones) {
    const found = catalogue.lists.find((list) => list.shown === zone || list.zone === zone);
    if (found) {
      if (!chosen.includes(found)) chosen.push(found);
      continue;
    }
    const left = catalogue.left.find((each) => each.zone === zone);
    if (left) return { kind: 'bad', why: `${zone} is not asked: ${left.why}`, remedy: 'leave it out of --lists' };
    const nearest = nearestWord(
      zone,
      catalogue.lists.map((list) => list.shown),
    );
    const remedy = nearest === undefined ? 'tq help check says which lists there are' : `did you mean ${nearest}?`;
    return { kind: 'bad', why: `${JSON.stringify(zone)} is not in the catalogue`, remedy };
  }
  return { kind: 'ok', catalogue: { ...catalogue, lists: chosen } };
}
