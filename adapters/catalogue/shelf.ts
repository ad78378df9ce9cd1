/** The built-in catalogue, changed as the configuration says, or a file of one's own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Weight } from '../../src/domain/blocklists/blocklist.ts';
import type { Catalogue } from '../../src/domain/blocklists/catalogue.ts';
import { nearestWord } from '../../src/domain/nearest.ts';
import type { CatalogueShelf } from '../../src/ports/catalogue.ts';
import { readCatalogue } from './read.ts';

export interface ShelfChanges {
  /** A catalogue in place of the built-in one. */
  readonly file: string | undefined;
  /** Catalogues of one's own lists beside it; what stands there too is taken from there. */
  readonly also: readonly string[];
  readonly off: readonly string[];
  readonly weights: Readonly<Record<string, Weight>>;
  /** The environment, for zones that need a key. */
  readonly keys: Readonly<Record<string, string | undefined>>;
}

const BUILT_IN = join(import.meta.dirname, 'blocklists.yaml');

export function openCatalogueShelf(changes: ShelfChanges): CatalogueShelf {
  const readOne = async (path: string): Promise<Catalogue> => {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      throw new Error(
        `The catalogue ${path} can't be read (${cause instanceof Error ? cause.message : String(cause)}). Name another file.`,
        { cause },
      );
    }
    return readCatalogue(text, path, changes.keys);
  };
  return {
    async read(file) {
      if (file !== undefined) return changed(await readOne(file), changes);
      const own = await Promise.all(changes.also.map(readOne));
      const whole = own.reduce(withOwn, await readOne(changes.file ?? BUILT_IN));
      refuseStrangers(whole, changes);
      return changed(whole, changes);
    },
  };
}

/** One's own entry counts in place of another of the same zone. */
function withOwn(catalogue: Catalogue, own: Catalogue): Catalogue {
  const zones = new Set([...own.lists.map((list) => list.shown), ...own.left.map((each) => each.zone)]);
  return {
    lists: [...catalogue.lists.filter((list) => !zones.has(list.shown)), ...own.lists],
    left: [...catalogue.left.filter((each) => !zones.has(each.zone)), ...own.left],
  };
}

/** A zone that is switched off or weighed and isn't there is a slip of the pen, and the list meant would go on as it was. */
function refuseStrangers(catalogue: Catalogue, changes: ShelfChanges): void {
  const known = [...catalogue.lists.map((list) => list.shown), ...catalogue.left.map((each) => each.zone)];
  const named = { off: changes.off, weights: Object.keys(changes.weights) };
  for (const [part, zones] of Object.entries(named)) {
    const stranger = zones.find((zone) => !known.includes(zone));
    if (stranger === undefined) continue;
    const nearest = nearestWord(stranger, known);
    throw new Error(
      `blocklists.${part} in tourniquet.yaml names ${stranger}, which is not in the catalogue; ${nearest === undefined ? 'leave it out' : `did you mean ${nearest}?`}`,
    );
  }
}

function changed(catalogue: Catalogue, changes: ShelfChanges): Catalogue {
  const off = new Set(changes.off);
  return {
    lists: catalogue.lists
      .filter((list) => !off.has(list.shown))
      .map((list) => ({ ...list, weight: changes.weights[list.shown] ?? list.weight })),
    left: [
      ...catalogue.left.filter((each) => !off.has(each.zone)),
      ...changes.off.map((zone) => ({
        zone,
        kind: 'switched-off' as const,
        why: 'it is switched off in tourniquet.yaml',
      })),
    ],
  };
}
