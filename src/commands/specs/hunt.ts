/** `hunt [FIREWALL]`: who tries to send past the mail server, and who that is. */
import { accept, refuse } from '../../domain/parsed.ts';
import { optionOf } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';

/** How long is watched, in seconds. */
const USUAL_SECONDS = 60;
const MOST_SECONDS = 900;

export interface HuntArguments {
  readonly name?: string;
  readonly seconds: number;
}

export const huntSpec: CommandSpec<HuntArguments> = {
  name: 'hunt',
  usage: '[FIREWALL|SITE] [--seconds N]',
  help: 'name the machine that tries to send past the mail server',
  details: [
    'Freeze the server’s outbound mail and block port 25 for everyone first: then every attempt is guilty, and one of the mail server’s own means the server itself. It shows who was connected before, then watches what the firewall counts, and says who that is: network card, DHCP name, reverse name, port.',
    'For a firewall that Tourniquet doesn’t reach, hand over its log with --log: netfilter, pf, MikroTik, FortiGate, Cisco ASA, Windows.',
    `It watches for ${USUAL_SECONDS} s where --seconds does not say otherwise (0 to ${MOST_SECONDS}; 0 looks once).`,
  ],
  examples: ['hunt gateway', 'hunt --seconds 300', 'hunt --log /var/log/filter.log'],
  role: 'viewer',
  risk: 'look',
  options: [
    { name: 'seconds', value: 'N', help: 'how long to watch' },
    { name: 'log', value: 'FILE', file: true, help: 'read this log of a firewall instead; - is standard input' },
  ],
  read(said) {
    const [written, ...rest] = said.words;
    const name = written?.toLowerCase();
    if (rest.length > 0)
      return refuse(
        `hunt takes one firewall, but there is also ${JSON.stringify(rest[0]?.slice(0, 60))}`,
        'say hunt FIREWALL',
      );
    if (name !== undefined && !/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name))
      return refuse(
        `${JSON.stringify(name.slice(0, 60))} is not the name of a firewall`,
        'say a name of tourniquet.yaml',
      );
    const seconds = optionOf(said, 'seconds') ?? String(USUAL_SECONDS);
    if (!/^\d{1,4}$/.test(seconds) || Number(seconds) > MOST_SECONDS)
      return refuse(
        `${JSON.stringify(seconds.slice(0, 20))} is no time to watch`,
        `write whole seconds, 0 to ${MOST_SECONDS}`,
      );
    return accept({ seconds: Number(seconds), ...(name !== undefined && { name }) });
  },
};
