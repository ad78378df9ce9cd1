/** Who tries to send past the mail server: the guilty first, each so that somebody can walk to it. */
import { foreign, say } from '../domain/foreign.ts';
import type { Foreign, Phrase } from '../domain/foreign.ts';
import type { ConnectedBefore, Findings, Part, Suspect } from '../domain/hunt/findings.ts';
import type { Machine } from '../ports/network.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Message, Table, Tone } from './message.ts';
import { age } from './age.ts';

export interface HuntReport {
  readonly firewall: string;
  readonly findings: Findings;
  /** By each of a machine's addresses. */
  readonly machines: ReadonlyMap<string, Machine>;
  /** Undefined: nobody could say. */
  readonly before?: readonly ConnectedBefore[];
  /** What could not be looked at, or what weakens the answer. */
  readonly caveats: readonly Phrase[];
  /** Still watching. */
  readonly goesOn: boolean;
  /** Ends the line about silence: what is counted where. */
  readonly source: 'firewall' | 'log';
}

export function sayHunt(report: HuntReport): Message {
  const { findings } = report;
  return message(
    toneOf(findings),
    summaryOf(report),
    ...parts(report),
    ...beforeBlocks(report),
    ...report.caveats.map((caveat) => notice('unknown', caveat)),
    ...(report.goesOn ? [text('Watching …')] : next(report)),
  );
}

/** Nobody is accused where nothing is counted. */
export function sayNoBlock(firewall: string, report: Pick<HuntReport, 'before' | 'machines' | 'caveats'>): Message {
  const words = say`Tourniquet has not blocked port 25 on ${firewall}, so nobody is counted. Say block ${firewall}, then hunt ${firewall}.`;
  return message(
    'unknown',
    words,
    notice('unknown', words),
    ...beforeBlocks(report),
    ...report.caveats.map((caveat) => notice('unknown', caveat)),
    actions(button(`Block port 25 on ${firewall}`, `block ${firewall}`, 'primary')),
  );
}

function toneOf({ suspects }: Findings): Tone {
  if (suspects.some(({ part }) => part === 'guilty' || part === 'mail-server-frozen')) return 'critical';
  return suspects.length > 0 ? 'warning' : 'unknown';
}

function summaryOf(report: HuntReport): Phrase {
  const { findings, firewall } = report;
  const server = findings.suspects.find(({ part }) => part === 'mail-server-frozen');
  if (server)
    return say`The mail server itself (${server.addresses[0] ?? ''}) tried ${server.attempts === 1 ? 'once' : `${server.attempts} times`} to send past its own frozen queue: it is compromised`;
  const guilty = findings.suspects.filter(({ part }) => part === 'guilty');
  const [worst] = guilty;
  if (worst) {
    const others = guilty.length > 1 ? `, and ${guilty.length - 1} more` : '';
    return say`${nameOf(worst, report.machines)} tried port ${worst.ports.join(', ')} ${worst.attempts === 1 ? 'once' : `${worst.attempts} times`} at ${worst.destinations} destination${worst.destinations === 1 ? '' : 's'}${others}`;
  }
  const through = report.source === 'log' ? report.before?.find(({ mailServer }) => !mailServer) : undefined;
  if (through) return sayThrough(through, report);
  const watched = age(findings.watchedSeconds);
  if (findings.watchedSeconds === 0) return say`${foreign(firewall)}: nothing has been watched yet`;
  const but = findings.suspects.length > 0 ? ' but those that are told apart' : '';
  const servers = findings.serversLetThrough ? '; the mail servers may send, and are not counted' : '';
  return report.source === 'log'
    ? say`Nobody${but} tried within the ${watched} that the log covers. That is silence, not innocence.`
    : say`Nobody${but} tried within ${watched} of watching ${foreign(firewall)}${servers}. That is silence, not innocence.`;
}

/** A firewall that lets a workstation through has refused nobody, and its log is no silence. */
function sayThrough({ source, connections, destinations }: ConnectedBefore, { machines }: HuntReport): Phrase {
  const name = nameOf({ addresses: [source] }, machines);
  return say`The log shows nobody who was refused, but ${name} was let through to port 25 ${connections === 1 ? 'once' : `${connections} times`}, at ${destinations} destination${destinations === 1 ? '' : 's'}`;
}

/** `PC-RECEPTION (10.77.0.11)` where the name is sure, else the address. */
function nameOf(suspect: Pick<Suspect, 'addresses'>, machines: ReadonlyMap<string, Machine>): Phrase {
  const machine = machineOf(suspect, machines);
  const address = suspect.addresses[0] ?? '';
  const name = machine?.dhcp?.covers === 'yes' ? machine.dhcp.name : machine?.reverse;
  return name === undefined ? [address] : say`${sayName(name)} (${address})`;
}

/** A machine calls itself as it likes, and one may put another's address there: what is no plain name stands in quotes. */
export function sayName(name: Foreign): Phrase {
  if (/^[\p{L}\p{N}._-]+$/u.test(name.foreign)) return [name];
  return ['“', foreign(name.foreign.replaceAll(/[“”„"]/g, '’'), 130), '”'];
}

function machineOf(suspect: Pick<Suspect, 'addresses'>, machines: ReadonlyMap<string, Machine>): Machine | undefined {
  return suspect.addresses.flatMap((address) => machines.get(address) ?? [])[0];
}

const TITLES: Readonly<Record<Part, string>> = {
  'mail-server-frozen': 'The mail server itself, while frozen',
  guilty: 'Who tries',
  'mail-server': 'The mail server (not frozen when it tried)',
  firewall: 'The firewall itself',
  scanner: 'Declared as scanners',
};

function parts(report: HuntReport): readonly Block[] {
  const order: readonly Part[] = ['mail-server-frozen', 'guilty', 'mail-server', 'firewall', 'scanner'];
  return order.flatMap((part): readonly Block[] => {
    const suspects = report.findings.suspects.filter((each) => each.part === part);
    if (suspects.length === 0) return [];
    return [table(TITLES[part], suspects.slice(0, MOST_ROWS), report), ...restOf(suspects.length)];
  });
}

/** A flood of forged addresses is edited once a second. */
const MOST_ROWS = 200;

function restOf(count: number): readonly Block[] {
  return count > MOST_ROWS ? [text(`They are ${count.toLocaleString('en')} in all; --json has each.`)] : [];
}

function table(title: string, suspects: readonly Suspect[], report: HuntReport): Table {
  return {
    kind: 'table',
    title,
    columns: [
      { name: 'source' },
      { name: 'who' },
      { name: 'attempts', align: 'right' },
      { name: 'destinations', align: 'right' },
      { name: 'first' },
      { name: 'last' },
    ],
    rows: suspects.map((each): readonly Phrase[] => [
      [
        each.addresses.slice(0, 3).join(', ') +
          (each.addresses.length > 3 ? ` … ${each.addresses.length - 3} more` : ''),
      ],
      whoOf(machineOf(each, report.machines), each),
      [String(each.attempts)],
      [String(each.destinations)],
      [clock(each.first)],
      [clock(each.last)],
    ]),
  };
}

/** Everything that helps to find it, the surest first. */
function whoOf(machine: Machine | undefined, seen: Pick<Suspect, 'cards' | 'mac' | 'via'> = {}): Phrase {
  const via = seen.via ?? machine?.via;
  const mac = machine?.mac ?? (via === undefined ? seen.mac : undefined);
  const { dhcp, reverse, port, vendor } = machine ?? {};
  const all: readonly Phrase[] = [
    ...(dhcp === undefined
      ? []
      : [
          dhcp.covers === 'yes'
            ? sayName(dhcp.name)
            : dhcp.covers === 'unknown'
              ? say`${sayName(dhcp.name)} (perhaps: its lease does not tell whether it had the address then)`
              : say`${sayName(dhcp.name)} had this address, but not when it tried`,
        ]),
    ...(reverse === undefined || isSameName(reverse, dhcp) ? [] : [sayName(reverse)]),
    ...(port === undefined ? [] : [say`port ${port}`]),
    ...(mac === undefined
      ? []
      : [
          vendor === undefined
            ? say`${mac}`
            : vendor === 'made up'
              ? say`${mac} (a made-up address: a virtual machine, or a private one)`
              : say`${mac} (${vendor})`,
        ]),
    ...(seen.cards === undefined ? [] : [cardsInWords(seen.cards)]),
    ...(via === undefined ? [] : [say`came in through ${via}: it is behind that router, or forges its address`]),
  ];
  if (all.length === 0) return machine ? ['unknown'] : ['not looked up'];
  return all.flatMap((phrase, index) => (index === 0 ? phrase : ['; ', ...phrase]));
}

function cardsInWords(cards: readonly string[]): Phrase {
  const more = cards.length > 3 ? ` … ${cards.length - 3} more` : '';
  return say`${cards.length} network cards used this address: ${cards.slice(0, 3).join(', ')}${more}`;
}

/** Where the DHCP server answers for names too, the reverse name says the same once more. */
function isSameName(reverse: Foreign, dhcp: Machine['dhcp']): boolean {
  return dhcp?.covers === 'yes' && reverse.foreign.split('.')[0]?.toLowerCase() === dhcp.name.foreign.toLowerCase();
}

function beforeBlocks(
  report: Pick<HuntReport, 'before' | 'machines'> & Partial<Pick<HuntReport, 'source'>>,
): readonly Block[] {
  const { before } = report;
  if (before === undefined) return [];
  if (before.length === 0)
    return [text('Before, nobody inside had a connection to port 25 that the firewall remembers.')];
  return [
    {
      kind: 'table',
      title: report.source === 'log' ? 'Let through' : 'Connected before the block',
      columns: [
        { name: 'source' },
        { name: 'who' },
        { name: 'connections', align: 'right' },
        { name: 'destinations', align: 'right' },
      ],
      rows: before
        .slice(0, MOST_ROWS)
        .map((each): readonly Phrase[] => [
          [each.source],
          each.mailServer ? ['a mail server'] : whoOf(report.machines.get(each.source)),
          [String(each.connections)],
          [String(each.destinations)],
        ]),
    },
    ...restOf(before.length),
  ];
}

function next(report: HuntReport): readonly Block[] {
  const { findings, firewall } = report;
  const notes: Block[] = findings.serversLetThrough
    ? [
        text(
          'The block lets the mail servers send, so that what they try is not counted: of a server that sends by itself this says nothing. Only a block for everyone does.',
        ),
      ]
    : findings.frozen
      ? []
      : [text('The servers’ outbound mail is not frozen: an attempt of a mail server’s own proves nothing yet.')];
  const guilty = findings.suspects.filter(({ part }) => part === 'guilty').slice(0, 3);
  if (guilty.length === 0 || report.source === 'log') return notes;
  return [
    ...notes,
    text('Take it off the network, walk to it, and wipe it; a virus scanner that finds nothing proves nothing.'),
    actions(
      ...guilty.map((each, index) =>
        button(
          `Quarantine ${each.addresses[0] ?? ''}`,
          `quarantine ${firewall} ${each.addresses[0] ?? ''}`,
          index === 0 ? 'danger' : 'plain',
        ),
      ),
    ),
  ];
}

/** 07:15:02 UTC; with the day where it is another than today would be misread. */
function clock(at: number): string {
  return `${new Date(at).toISOString().slice(5, 19).replace('T', ' ')} UTC`;
}
