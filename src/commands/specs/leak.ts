/** `leak [SITE]`: whether anything still goes out that should not. */
import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';
import { INCIDENT_OPTION, readOption } from './incidents.ts';
import type { IncidentArguments } from './incidents.ts';

export interface LeakArguments extends IncidentArguments {
  readonly site?: string;
}

export const leakSpec: CommandSpec<LeakArguments> = {
  name: 'leak',
  usage: '[SITE]',
  help: 'say whether the leak has stopped, by looking at both ways out',
  details: [
    'It looks past the mail servers (who reaches port 25 outside, at the firewall) and through them (what their logs show since the last change). Stopped is said only where nothing is seen a quarter of an hour after the last change of the incident; a way that can’t be looked at makes it unknown.',
    'Where it goes on, the incident’s playbook begins anew with what is known. Exit status: stopped 0, goes on 2, too early or unknown 3.',
  ],
  examples: ['leak', 'leak headquarters'],
  role: 'viewer',
  risk: 'look',
  options: [INCIDENT_OPTION],
  read(said) {
    const [written, ...rest] = said.words;
    const site = written?.toLowerCase();
    if (rest.length > 0)
      return refuse(`leak takes one site, but there is also ${JSON.stringify(rest[0]?.slice(0, 60))}`, 'say leak SITE');
    if (site !== undefined && !/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(site))
      return refuse(`${JSON.stringify(site.slice(0, 60))} is not the name of a site`, 'say a name of tourniquet.yaml');
    return readOption(said, (incident) => accept({ ...incident, ...(site !== undefined && { site }) }));
  },
};
