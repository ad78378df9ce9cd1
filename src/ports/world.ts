/**
 * Everything a job may ask of the world, as one bundle. The composition root fills it with real adapters, the drill
 * with simulated ones. A job names what it needs: `CommandJob<'clock' | 'resolver'>`.
 */
import type { Clock, Random } from './clock.ts';
import type { Outbox } from './conversation.ts';
import type { Household } from './household.ts';
import type { People } from './people.ts';

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly outbox: Outbox;
  readonly people: People;
  readonly household: Household;
}
