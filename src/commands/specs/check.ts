/**
 * `check SUBJECT…`: which blocklists list an address, a range or a domain.
 *
 * Reads the subjects: what can't be asked about is refused here, with what is permitted.
 */
import { addressesOf, parseCidr } from '../../domain/address/cidr.ts';
import { parseDomain } from '../../domain/address/domain.ts';
import { parseIp } from '../../domain/address/ip.ts';
import type { Ip } from '../../domain/address/ip.ts';
import { specialPurpose } from '../../domain/address/special.ts';
import { accept, refuse } from '../../domain/parsed.ts';
import type { Parsed } from '../../domain/parsed.ts';
import type { Subject } from '../../domain/blocklists/query-name.ts';
import { hasOption, optionOf } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';

export interface CheckArguments {
  /** Empty: all addresses and domains of the configured sites. */
  readonly subjects: readonly Subject[];
  readonly anyAddress: boolean;
  readonly zones: readonly string[];
  /** Have each listing confirmed through independent resolvers. */
  readonly confirm: boolean;
  /** Also say what changed in these last days. */
  readonly sinceDays?: number;
}

/** Largest range and most subjects of one check. */
const LARGEST_RANGE = 256;
const MOST_SUBJECTS = 1024;

export const checkSpec: CommandSpec<CheckArguments> = {
  name: 'check',
  usage: '[SUBJECT…]',
  help: 'ask the blocklists about addresses, a range or domains',
  details: [
    'A subject is an IPv4 or IPv6 address, a range of at most 256 addresses such as 198.51.100.0/28, or a domain; a name’s own addresses are checked too. Without a subject, all configured sites are checked.',
    'Clear means that every list that matters has answered and proved itself by its own test entry; whatever could not be proved is unknown, and says why.',
  ],
  examples: ['check 9.9.9.9', 'check mail.example.com', 'check 9.9.9.0/28 --lists zen.spamhaus.org'],
  role: 'viewer',
  risk: 'look',
  options: [
    { name: 'catalogue', value: 'FILE', file: true, help: 'ask the lists of this file in place of the built-in ones' },
    { name: 'lists', value: 'ZONE,…', repeatable: true, help: 'ask only these' },
    { name: 'confirm', help: 'have each listing confirmed through the independent resolvers of tourniquet.yaml' },
    { name: 'since', value: 'DAYS', help: 'also say what changed in these last days, with a picture of list × day' },
    { name: 'any-address', help: 'ask about private, loopback and other special addresses as well' },
  ],
  read(said) {
    const words = said.words.flatMap(listed);
    if (words.length > MOST_SUBJECTS) {
      return refuse(
        `${words.length} subjects are too many`,
        `at most ${MOST_SUBJECTS} at once; check the rest in a second call`,
      );
    }
    const anyAddress = hasOption(said, 'any-address');
    const subjects: Subject[] = [];
    for (const word of words) {
      const read = readSubject(word, anyAddress);
      if (read.kind === 'bad') return read;
      subjects.push(...read.value);
    }
    if (subjects.length > MOST_SUBJECTS)
      return refuse(`that makes ${subjects.length} addresses`, `at most ${MOST_SUBJECTS} at once`);
    const zones = (said.options['lists'] ?? [])
      .flatMap((list) => list.split(','))
      .map((zone) => zone.trim().toLowerCase().replace(/\.$/, ''));
    const empty = said.options['lists'] !== undefined && zones.every((zone) => zone === '');
    if (empty) return refuse('--lists names no zone', 'write --lists zen.spamhaus.org,bl.spamcop.net');
    const since = optionOf(said, 'since')?.replace(/d$/, '');
    const sinceDays = Number(since);
    if (since !== undefined && !(Number.isInteger(sinceDays) && sinceDays >= 1 && sinceDays <= 365)) {
      return refuse(
        `--since ${JSON.stringify(since)} is not a number of days`,
        'write whole days from 1 to 365, such as --since 7',
      );
    }
    return accept({
      subjects: unique(subjects),
      anyAddress,
      confirm: hasOption(said, 'confirm'),
      zones: zones.filter((zone) => zone !== ''),
      ...(since !== undefined && { sinceDays }),
    });
  },
};

/** Subjects are copied with commas between them. */
function listed(word: string): readonly string[] {
  const subjects = word.split(/[,;]+/).filter((each) => each !== '');
  return subjects.length === 0 ? [word] : subjects;
}

function readSubject(word: string, anyAddress: boolean): Parsed<readonly Subject[]> {
  const shown = JSON.stringify(word.length > 60 ? `${word.slice(0, 59)}…` : word);
  const permitted = 'say an IPv4 or IPv6 address, a range, or a domain';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word))
    return refuse(`${shown} is a URL`, `${permitted}; of a URL, the name between // and the next /`);
  if (word.includes('@'))
    return refuse(`${shown} is an e-mail address`, `${permitted}; of a mailbox, the part after the @`);
  if (word.includes('/')) {
    const range = parseCidr(word);
    if (range.kind === 'bad') return range;
    if (range.value.size > LARGEST_RANGE) {
      const prefix = range.value.base.family === 4 ? 24 : 120;
      return refuse(`${shown} has more than ${LARGEST_RANGE} addresses`, `write a range of /${prefix} or longer`);
    }
    const addresses = [...addressesOf(range.value)];
    const special = anyAddress
      ? undefined
      : addresses.map((ip) => refuseSpecial(ip)).find((each) => each !== undefined);
    return special ?? accept(addresses.map((ip): Subject => ({ kind: 'ip', ip })));
  }
  const looksLikeAddress = word.includes(':') || /^[\d.]+$/.test(word);
  const address = parseIp(word);
  if (address.kind === 'ok')
    return (anyAddress ? undefined : refuseSpecial(address.value)) ?? accept([{ kind: 'ip', ip: address.value }]);
  if (looksLikeAddress) return address;
  const domain = parseDomain(word);
  return domain.kind === 'bad' ? refuse(domain.why, permitted) : accept([{ kind: 'domain', domain: domain.value }]);
}

function refuseSpecial(ip: Ip) {
  const purpose = specialPurpose(ip);
  return purpose === undefined
    ? undefined
    : refuse(
        `${ip.text} is ${purpose}: no public list can say anything about it`,
        'use the public address, or add --any-address',
      );
}

function unique(subjects: readonly Subject[]): readonly Subject[] {
  return [...new Map(subjects.map((subject) => [nameOfSubject(subject), subject])).values()];
}

export function nameOfSubject(subject: Subject): string {
  return subject.kind === 'ip' ? subject.ip.text : subject.domain;
}
