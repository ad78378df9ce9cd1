/** Somebody else's look at a listing, before it may wake anybody. */
import type { Ip } from '../domain/address/ip.ts';

/** confirmed: an independent resolver sees it too. unconfirmed: it doesn't, or could not be asked; never "clear". */
export type Opinion = 'confirmed' | 'unconfirmed';

export interface SecondOpinion {
  /** Through other resolvers, by other code. Takes 6 s at most. */
  confirm(address: Ip, zone: string): Promise<Opinion>;
}
