import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export interface ScheduleArguments {
  /** Look at this site, or at all of them, now. */
  readonly run?: { readonly site?: string };
}

export const scheduleSpec: CommandSpec<ScheduleArguments> = {
  name: 'schedule',
  usage: '[run morning [SITE]]',
  help: 'what runs when, and what ran last; run morning looks now',
  examples: ['schedule', 'schedule run morning', 'schedule run morning headquarters'],
  role: 'responder',
  risk: 'note',
  options: [],
  read(said) {
    const [verb, what, site, ...rest] = said.words.map((word) => word.toLowerCase());
    if (verb === undefined) return accept({});
    if (verb !== 'run' || what !== 'morning' || rest.length > 0)
      return refuse(
        `schedule does not know ${JSON.stringify(said.words.join(' ').slice(0, 60))}`,
        'say schedule, or schedule run morning SITE',
      );
    if (site !== undefined && !/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(site))
      return refuse(`${JSON.stringify(site)} is not the name of a site`, 'say a name of tourniquet.yaml');
    return accept({ run: site === undefined ? {} : { site } });
  },
};
