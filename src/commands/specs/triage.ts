/** `triage`: what happened, with the evidence for and against. From files alone it works offline. */
import { accept, refuse } from '../../domain/parsed.ts';
import type { Mta } from '../../domain/queues/snapshot.ts';
import { hasOption, optionOf } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';
import { INCIDENT_OPTION, readOption } from './incidents.ts';
import type { IncidentArguments } from './incidents.ts';

const MTAS: readonly Mta[] = ['postfix', 'exim', 'exchange', 'opensmtpd', 'sendmail'];

export interface TriageArguments extends IncidentArguments {
  readonly place?: string;
  readonly mta?: Mta;
}

export const triageSpec: CommandSpec<TriageArguments> = {
  name: 'triage',
  usage: '[SITE|SERVER]',
  help: 'say what happened, with the evidence for and against, and the next step',
  details: [
    'With the name of a site or a server it looks by itself: blocklists, queues, logs, set-up, DNS records, certificates, the smart host, the firewall; what was seen is stored before anything is done about it. A look that fails is named.',
    'With files it works offline: --listings is a check’s JSON, --queue a queue’s JSON (or --dump a saved listing), --evidence what else is known, --site a tourniquet.yaml with one site. What is left out is a look that was not taken, never a "no".',
    'Exit status: healthy 0; configuration error, policy listing or a smart host that refuses 1; any abuse 2; undetermined 3.',
  ],
  examples: [
    'triage headquarters',
    'triage --listings check.json --queue queue.json',
    'triage --dump mailq.txt --mta exim',
  ],
  role: 'viewer',
  risk: 'look',
  options: [
    { name: 'listings', value: 'FILE', file: true, help: 'the JSON of tq check' },
    { name: 'queue', value: 'FILE', file: true, help: 'the JSON of tq queue' },
    { name: 'dump', value: 'FILE', file: true, help: 'a saved listing of the queue, as for tq queue' },
    { name: 'mta', value: 'KIND', help: `whose dump it is: ${MTAS.join(', ')}; seen from the dump where left out` },
    { name: 'evidence', value: 'FILE', file: true, help: 'what else is known (tourniquet.evidence/1)' },
    { name: 'site', value: 'FILE', file: true, help: 'a tourniquet.yaml with one site' },
    { ...INCIDENT_OPTION, help: 'the verdict becomes that incident’s; in its conversation it does by itself' },
  ],
  read(said) {
    const mta = optionOf(said, 'mta');
    const known = MTAS.find((each) => each === mta);
    if (mta !== undefined && !known)
      return refuse(`${JSON.stringify(mta)} is not a mail server that is known`, `write one of ${MTAS.join(', ')}`);
    if (hasOption(said, 'queue') && hasOption(said, 'dump'))
      return refuse('--queue and --dump both say what is in the queue', 'give one of them');
    const [written, ...rest] = said.words;
    const place = written?.toLowerCase();
    if (rest.length > 0)
      return refuse(`triage takes one site or server, but there is also ${JSON.stringify(rest[0])}`, 'say triage SITE');
    if (place !== undefined && !/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(place))
      return refuse(`${JSON.stringify(place)} is not the name of a site or a server`, 'say a name of tourniquet.yaml');
    return readOption(said, (incident) =>
      accept({ ...incident, ...(place !== undefined && { place }), ...(known && { mta: known }) }),
    );
  },
};
