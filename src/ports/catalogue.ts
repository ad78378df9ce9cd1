/** Where the catalogue of blocklists comes from: the built-in one with the site's own changes, or a file. */
import type { Catalogue } from '../domain/blocklists/catalogue.ts';

export interface CatalogueShelf {
  /** `file`: one's own catalogue. Throws an Error that names the file, line, column and remedy. */
  read(file?: string): Promise<Catalogue>;
}
