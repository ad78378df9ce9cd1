/** `audit HOST`: how exposed a mail server is by POP3, IMAP and SMTP AUTH. */
import { parseDomain } from '../../domain/address/domain.ts';
import { parseIp } from '../../domain/address/ip.ts';
import { accept, refuse } from '../../domain/parsed.ts';
import type { CommandSpec } from '../spec.ts';

export const auditSpec: CommandSpec<{ readonly host?: string }> = {
  name: 'audit',
  usage: '[HOST]',
  help: 'look at a mail server’s POP3, IMAP and SMTP doors: passwords in the clear, TLS, certificates',
  details: [
    'HOST is a name, an address, or a server of tourniquet.yaml. The ports 110, 995, 143, 993, 25, 465 and 587 are asked what they offer; nobody logs in and nothing is sent.',
    'Ask from another machine than the server itself: many servers take passwords in the clear from themselves. Exit status: a password in the clear, an expired certificate or broken TLS 2; a port that could not be looked at 3; another finding 1.',
  ],
  examples: ['audit mail.example.com', 'audit 10.77.0.13', 'audit mx1'],
  role: 'responder',
  risk: 'look',
  options: [],
  read(said) {
    const [host, ...rest] = said.words;
    if (rest.length > 0)
      return refuse(`audit takes one host, but there is also ${JSON.stringify(rest[0])}`, 'say audit HOST');
    if (host === undefined) return accept({});
    const address = parseIp(host);
    if (address.kind === 'ok') return accept({ host: address.value.text });
    if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(host) && !/^\d+$/.test(host))
      return accept({ host: host.toLowerCase() });
    const domain = host.includes(':') || /^[\d.]+$/.test(host) ? address : parseDomain(host);
    return domain.kind === 'bad'
      ? refuse(domain.why, 'say a name, an address, or a server of tourniquet.yaml')
      : accept({ host: domain.value });
  },
};
