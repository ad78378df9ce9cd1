/** What calling people asks of the world. */
import type { World } from '../../src/ports/world.ts';
import type { TellingIncident } from '../incidents/tell.ts';

export type Escalating = TellingIncident & Pick<World, 'clock' | 'onCall' | 'rotas' | 'pagers'>;
