/** `queue [SERVER]`: what is in a mail server's queues, from the server itself or from a saved dump. */
import { accept, refuse } from '../../domain/parsed.ts';
import type { Mta } from '../../domain/queues/snapshot.ts';
import { optionOf } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';

const MTAS: readonly Mta[] = ['postfix', 'exim', 'exchange', 'opensmtpd', 'sendmail'];
const TOPS = ['senders', 'recipients', 'reasons', 'oldest'] as const;

export interface QueueArguments {
  readonly server?: string;
  readonly mta?: Mta;
  readonly top?: (typeof TOPS)[number];
  /** The id of one message, as said; its server's grammar decides whether it is one. */
  readonly show?: string;
}

export const queueSpec: CommandSpec<QueueArguments> = {
  name: 'queue',
  usage: '[SERVER] [top senders|recipients|reasons|oldest] [show ID]',
  help: 'say what is in the mail queues: how much, how old, from whom, why it waits',
  details: [
    'With --dump it reads what the server’s own tool printed: postqueue -j, exim -bp, or the PowerShell line of docs/mail-servers.md. Looking changes nothing. show ID gives one message’s envelope and who handed it in, never its body.',
  ],
  examples: [
    'queue --dump queue.json',
    'queue --mta exim --dump -',
    'queue mx1 top reasons',
    'queue mx1 show A843F21E832',
  ],
  exactWords: ['show', 'top'],
  role: 'viewer',
  risk: 'look',
  options: [
    { name: 'mta', value: 'KIND', help: `whose dump it is: ${MTAS.join(', ')}; seen from the dump where left out` },
    { name: 'dump', value: 'FILE', file: true, help: 'read this saved dump; - is standard input' },
  ],
  read(said) {
    const mta = optionOf(said, 'mta');
    const known = MTAS.find((each) => each === mta);
    if (mta !== undefined && !known)
      return refuse(`${JSON.stringify(mta)} is not a mail server that is known`, `write one of ${MTAS.join(', ')}`);
    const words = [...said.words];
    const server = /^(?:top|show)$/i.test(words[0] ?? '') ? undefined : words.shift()?.toLowerCase();
    if (server !== undefined && !/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(server)) {
      return refuse(
        `${JSON.stringify(server)} is not the name of a server`,
        'say a name of tourniquet.yaml, such as mx1',
      );
    }
    const [written, what, ...rest] = words;
    const verb = written?.toLowerCase();
    if (verb === 'show') {
      if (what === undefined || rest.length > 0 || !/^[0-9A-Za-z][0-9A-Za-z\\-]{4,120}$/.test(what))
        return refuse(
          `${JSON.stringify([what, ...rest].join(' '))} is not the id of one message`,
          'say queue SERVER show ID',
        );
      return accept({ ...(server !== undefined && { server }), show: what });
    }
    const top = TOPS.find((each) => each === what?.toLowerCase());
    if ((verb !== undefined && verb !== 'top') || (verb === 'top' && !top) || rest.length > 0) {
      return refuse(
        `queue does not know ${JSON.stringify([verb, what, ...rest].filter((each) => each !== undefined).join(' '))}`,
        `say queue SERVER top ${TOPS.join('|')}, or queue SERVER show ID`,
      );
    }
    return accept({ ...(server !== undefined && { server }), ...(known && { mta: known }), ...(top && { top }) });
  },
};
