/** Who somebody is and what they may do, from the configuration. */
import type { Role } from '../commands/spec.ts';
import type { Actor } from './conversation.ts';

export interface People {
  /** Those who are known by name; left out, or empty: nobody is, and any name may be right. */
  readonly names?: readonly string[];
  /** The person's role; `nobody` where they may not even look. */
  roleOf(actor: Actor): Role | 'nobody';
  /** One stable name per person over all surfaces, so that nobody approves their own proposal by a second identity. */
  personOf(actor: Actor): string;
}
