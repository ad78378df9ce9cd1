/**
 * The containment measures as a person orders them. Saying one proposes it: the plan is shown, and somebody else must
 * approve before anything is touched.
 */
import { readAccount } from '../../domain/measures/account.ts';
import { parseDomain } from '../../domain/address/domain.ts';
import { parseIp } from '../../domain/address/ip.ts';
import type { MeasureOrder, QueueSelection } from '../../domain/measures/order.ts';
import { accept, refuse } from '../../domain/parsed.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { hasOption, optionOf } from '../spec.ts';
import type { CommandSpec, OptionSpec, SpokenCommand } from '../spec.ts';

/** An order whose server or firewall may still be missing: it is the only one there is. */
export type MeasureArguments = {
  readonly incident?: number;
  readonly target?: string;
  readonly order: (target: string, defaults: LeaseDefaults) => MeasureOrder;
  readonly on: 'server' | 'firewall';
};

export interface LeaseDefaults {
  readonly unplugMinutes: number;
  readonly blockMinutes?: number;
}

const INCIDENT: OptionSpec = { name: 'incident', value: 'N', help: 'the incident it belongs to' };
const LEASE: OptionSpec = { name: 'lease', value: 'MINUTES', help: 'the device itself ends it after this time' };

interface MeasureSpec {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  readonly details: readonly string[];
  readonly examples: readonly string[];
  /** The measure's full name, as the playbook shows it. */
  readonly aliases?: readonly string[];
  readonly options?: readonly OptionSpec[];
  read(said: SpokenCommand): Parsed<MeasureArguments>;
}

function spec(measure: MeasureSpec): CommandSpec<MeasureArguments> {
  return {
    ...measure,
    details: [
      ...measure.details,
      'Nothing is touched by saying it: the plan and its undo are shown, and somebody else must approve.',
    ],
    role: 'responder',
    risk: 'change',
    options: [...(measure.options ?? []), INCIDENT],
    read(said) {
      const incident = optionOf(said, 'incident');
      if (incident !== undefined && !/^[1-9]\d{0,8}$/.test(incident))
        return refuse(`${JSON.stringify(incident)} is not the number of an incident`, 'say incidents for the list');
      const read = measure.read(said);
      if (read.kind === 'bad' || incident === undefined) return read;
      return accept({ ...read.value, incident: Number(incident) });
    },
  };
}

export const freezeSpec = spec({
  name: 'freeze',
  usage: '[SERVER]',
  help: 'hold all mail that leaves; inbound, local delivery and submission go on',
  details: ['It survives a restart and a flush, and never thaws by itself.'],
  examples: ['freeze mx1', 'freeze outbound'],
  aliases: ['freeze-outbound'],
  read: (said) =>
    onServer(withoutLead(said, ['outbound', 'mail', 'of', 'on']), (server) => ({ kind: 'freeze-outbound', server })),
});

export const rerouteSpec = spec({
  name: 'reroute',
  usage: '[SERVER]',
  help: 'send through the ISP’s smart host, while the address is listed',
  details: ['The smart host is the server’s own in tourniquet.yaml.'],
  examples: ['reroute mx1'],
  read: (said) => onServer(said, (server) => ({ kind: 'reroute', server })),
});

export const disableAccountSpec = spec({
  name: 'disable-account',
  usage: '[SERVER] ACCOUNT',
  help: 'stop a broken account from sending, its open sessions too',
  details: ['A changed password leaves an open session sending; this ends it.'],
  examples: ['disable-account mx1 administrator'],
  read(said) {
    const words = [...said.words];
    const account = readAccount(words.pop() ?? '');
    if (account.kind === 'bad') return account;
    return onServer({ ...said, words }, (server) => ({ kind: 'disable-account', server, account: account.value }));
  },
});

export const cleanQueueSpec = spec({
  name: 'clean-queue',
  usage: '[SERVER] --sender ADDRESS | --account LOGIN | --recipient-domain DOMAIN',
  help: 'delete from the queue only what matches, after saving it so that it can be put back',
  details: [
    'The matching messages are held, listed again, saved, then deleted by id. There is no "all".',
    '--sender "" is the null sender.',
  ],
  examples: ['clean-queue mx1 --sender ""', 'clean-queue mx1 --account administrator'],
  options: [
    { name: 'sender', value: 'ADDRESS', help: 'envelope sender; "" is the null sender' },
    { name: 'account', value: 'LOGIN', help: 'the login that submitted it' },
    { name: 'recipient-domain', value: 'DOMAIN', help: 'domain of a recipient' },
  ],
  read(said) {
    const selection = readSelection(said);
    if (selection.kind === 'bad') return selection;
    return onServer(said, (server) => ({ kind: 'clean-queue', server, selection: selection.value }));
  },
});

export const blockSpec = spec({
  name: 'block',
  usage: '[FIREWALL]',
  help: 'block port 25 outbound for everyone, and count who tries',
  details: ['Inbound mail, and mail inside the house, go on. hunt then names the machines that try.'],
  examples: ['block port 25', 'block gateway --all-but-mail-servers --lease 120'],
  aliases: ['block-port-25'],
  options: [
    { name: 'all-but-mail-servers', help: 'the mail servers may go on sending' },
    { name: 'submission-too', help: 'ports 465 and 587 too' },
    LEASE,
  ],
  read(said) {
    const lease = readLease(said, 1440);
    if (lease.kind === 'bad') return lease;
    return onFirewall(withoutLead(said, ['port', '25', 'on']), (firewall, defaults) => {
      const minutes = lease.value ?? defaults.blockMinutes;
      return {
        kind: 'block-port-25',
        firewall,
        who: hasOption(said, 'all-but-mail-servers') ? 'all-but-mail-servers' : 'everyone',
        submissionToo: hasOption(said, 'submission-too'),
        ...(minutes !== undefined && { leaseMinutes: minutes }),
      };
    });
  },
});

export const unplugSpec = spec({
  name: 'unplug',
  usage: '[FIREWALL]',
  help: 'pull the plug: nothing passes between inside and outside, until the lease ends',
  details: ['Two people must agree. The device itself takes it back at the lease’s end, though the bot is dead.'],
  examples: ['unplug gateway --lease 30'],
  options: [LEASE],
  read(said) {
    const lease = readLease(said, 120);
    if (lease.kind === 'bad') return lease;
    return onFirewall(said, (firewall, defaults) => ({
      kind: 'unplug',
      firewall,
      leaseMinutes: lease.value ?? defaults.unplugMinutes,
    }));
  },
});

export const quarantineSpec = spec({
  name: 'quarantine',
  usage: '[FIREWALL] ADDRESS',
  help: 'take one machine off the network at the firewall',
  details: ['A bot that got in is removed by wiping the machine; a clean virus scan proves nothing.'],
  examples: ['quarantine 10.77.0.23'],
  aliases: ['quarantine-host'],
  read(said) {
    const words = [...said.words];
    const address = parseIp(words.pop() ?? '');
    if (address.kind === 'bad') return address;
    return onFirewall({ ...said, words }, (firewall) => ({
      kind: 'quarantine-host',
      firewall,
      address: address.value.text,
    }));
  },
});

/** "block port 25 on gateway" is "block gateway": the words that only repeat what the command does are left out. */
function withoutLead(said: SpokenCommand, lead: readonly string[]): SpokenCommand {
  const from = said.words.findIndex((word) => !lead.includes(word.toLowerCase()));
  return { ...said, words: from < 0 ? [] : said.words.slice(from) };
}

function onServer(said: SpokenCommand, order: MeasureArguments['order']): Parsed<MeasureArguments> {
  return onTarget(said, 'server', order);
}

function onFirewall(said: SpokenCommand, order: MeasureArguments['order']): Parsed<MeasureArguments> {
  return onTarget(said, 'firewall', order);
}

function onTarget(
  said: SpokenCommand,
  on: 'server' | 'firewall',
  order: MeasureArguments['order'],
): Parsed<MeasureArguments> {
  const [written, ...rest] = said.words;
  const target = written?.toLowerCase();
  if (rest.length > 0)
    return refuse(
      `${said.name} does not know what to do with ${JSON.stringify(rest.join(' ').slice(0, 60))}`,
      `name one ${on}`,
    );
  if (target !== undefined && !/^[a-z0-9][a-z0-9._-]{0,62}$/.test(target))
    return refuse(`${JSON.stringify(target.slice(0, 60))} is not the name of a ${on}`, `say a name of tourniquet.yaml`);
  return accept({ on, order, ...(target !== undefined && { target }) });
}

function readLease(said: SpokenCommand, most: number): Parsed<number | undefined> {
  const text = optionOf(said, 'lease');
  if (text === undefined) return accept(undefined);
  const minutes = Number(/^(\d{1,4})(?: ?m(?:in(?:utes?)?)?)?$/.exec(text)?.[1]);
  if (Number.isNaN(minutes) || minutes < 1 || minutes > most)
    return refuse(
      `a lease of ${JSON.stringify(text.slice(0, 20))} is out of bounds`,
      `write whole minutes, 1 to ${most}: the bounds are the product’s own, so that nobody stays cut off by a slip`,
    );
  return accept(minutes);
}

function readSelection(said: SpokenCommand): Parsed<QueueSelection> {
  const sender = optionOf(said, 'sender');
  const account = optionOf(said, 'account');
  const domain = optionOf(said, 'recipient-domain');
  if (sender === undefined && account === undefined && domain === undefined)
    return refuse('nothing says which messages', 'write --sender, --account or --recipient-domain; there is no "all"');
  // A forged sender need not be a proper address; what would be read as a flag or as several lines is refused.
  if (sender !== undefined && sender !== '' && !/^[^\s\p{C}<>-][^\s\p{C}<>]{0,319}$/u.test(sender))
    return refuse(
      `${JSON.stringify(sender.slice(0, 60))} is not an envelope sender`,
      'write it as the queue shows it, or "" for the null sender',
    );
  const login = account === undefined ? accept(undefined) : readAccount(account);
  if (login.kind === 'bad') return login;
  const to = domain === undefined ? accept(undefined) : parseDomain(domain);
  if (to.kind === 'bad') return to;
  return accept({
    ...(sender !== undefined && { sender }),
    ...(login.value !== undefined && { account: login.value }),
    ...(to.value !== undefined && { recipientDomain: to.value }),
  });
}
