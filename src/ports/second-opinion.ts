/** Somebody else's look at a listing, before it may wake anybody. */
import type { Subject } from '../domain/blocklists/query-name.ts';

/** confirmed: an independent resolver sees it too. unconfirmed: it doesn't, or could not be asked; never "clear". */
export type Opinion = 'confirmed' | 'unconfirmed';

export interface SecondOpinion {
  /** Through other resolvers; of an address, by other code too. Takes 6 s at most. */
  confirm(subject: Subject, zone: string): Promise<Opinion>;
}
