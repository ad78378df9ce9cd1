/** The built-in catalogue, changed as the configuration says, or a file of one's own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Weight } from '../../src/domain/blocklists/blocklist.ts';
import type { Catalogue } from '../../src/domain/blocklists/catalogue.ts';
import type { CatalogueShelf } from '../../src/ports/catalogue.ts';
import { readCatalogue } from './read.ts';

export interface ShelfChanges {
  /** A catalogue in place of the built-in one. */
  readonly file: string | undefined;
  readonly off: readonly string[];
  readonly weights: Readonly<Record<string, Weight>>;
  /** The environment, for zones that need a key. */
  readonly keys: Readonly<Record<string, string | undefined>>;
}

const BUILT_IN = join(import.meta.dirname, 'blocklists.yaml');

export function openCatalogueShelf(changes: ShelfChanges): CatalogueShelf {
  return {
    async read(file = changes.file) {
      const path = file ?? BUILT_IN;
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (cause) {
        throw new Error(
          `The catalogue ${path} can't be read (${cause instanceof Error ? cause.message : String(cause)}). Name another file.`,
          { cause },
        );
      }
      return changed(readCatalogue(text, path, changes.keys), changes);
    },
  };
}

function changed(catalogue: Catalogue, changes: ShelfChanges): Catalogue {
  const off = new Set(changes.off);
  return {
    lists: catalogue.lists
      .filter((list) => !off.has(list.shown))
      .map((list) => ({ ...list, weight: changes.weights[list.shown] ?? list.weight })),
    left: [
      ...catalogue.left,
      ...changes.off.map((zone) => ({
        zone,
        kind: 'switched-off' as const,
        why: 'it is switched off in tourniquet.yaml',
      })),
    ],
  };
}
