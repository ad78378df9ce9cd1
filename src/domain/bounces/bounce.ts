/**
 * What a bounce says, whatever it looks like: a delivery status notification (RFC 3464), a server's own prose, or the
 * line that somebody has copied into a chat.
 *
 * Rules:
 * 1. Nothing is believed but its form: an address is what parses as one, a code what has the form of RFC 5321 or 3463.
 * 2. Found once, listed once, in the order of appearance; at most twenty of each.
 * 3. Special addresses (private, loopback) are not what the world has blocked and are left out.
 */
import { parseDomain } from '../address/domain.ts';
import { parseIp } from '../address/ip.ts';
import { parseMailbox } from '../address/mailbox.ts';
import { specialPurpose } from '../address/special.ts';

export interface Bounce {
  /** Public addresses that are named: usually the one that is listed. */
  readonly addresses: readonly string[];
  /** Names of blocklists, as zones where they can be told (`zen.spamhaus.org`), else the operator. */
  readonly lists: readonly string[];
  /** Replies such as `550 5.7.1`, `554`, `4.7.0`. */
  readonly codes: readonly string[];
  readonly mailboxes: readonly string[];
  /** Domains of the recipients that could not be reached. */
  readonly domains: readonly string[];
}

const MOST = 20;
/** Longest that is read, in characters. */
const LONGEST = 60_000;

/** Zones and operators' pages -> the zone that is asked. */
const OPERATORS: readonly (readonly [pattern: RegExp, zone: string])[] = [
  [
    /\b(?:zen|sbl|xbl|pbl|css)\.spamhaus\.org\b|spamhaus\.org\/(?:query\/ip|sbl|xbl|pbl|css)|\bspamhaus\b/i,
    'zen.spamhaus.org',
  ],
  [/\bdbl\.spamhaus\.org\b|spamhaus\.org\/query\/dom/i, 'dbl.spamhaus.org'],
  [/\bbl\.spamcop\.net\b|\bspamcop\b/i, 'bl.spamcop.net'],
  [/\bb\.barracudacentral\.org\b|barracudacentral\.org|\bbarracuda\b/i, 'b.barracudacentral.org'],
  [/\bdnsbl\.sorbs\.net\b|\bsorbs\b/i, 'dnsbl.sorbs.net'],
  [/\bpsbl\.surriel\.com\b|\bpsbl\b/i, 'psbl.surriel.com'],
  [/\bdnsbl-1\.uceprotect\.net\b|\buceprotect\b/i, 'dnsbl-1.uceprotect.net'],
  [/\bix\.dnsbl\.manitu\.net\b|\bnixspam\b/i, 'ix.dnsbl.manitu.net'],
  [/\bcbl\.abuseat\.org\b|abuseat\.org/i, 'zen.spamhaus.org'],
  [/\bdnsbl\.dronebl\.org\b|\bdronebl\b/i, 'dnsbl.dronebl.org'],
  [/\bmail\.abusix\.zone\b|\babusix\b/i, 'combined.mail.abusix.zone'],
];

export function readBounce(text: string): Bounce {
  const words = text.slice(0, LONGEST);
  const mailboxes = unique(
    [...words.matchAll(/[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}/g)].flatMap(([found]) => {
      const read = parseMailbox(found.replace(/[.-]+$/, ''));
      return read.kind === 'ok' ? [read.value] : [];
    }),
  );
  return {
    addresses: unique(addressesIn(words)),
    lists: unique(OPERATORS.flatMap(([pattern, zone]) => (pattern.test(words) ? [zone] : []))),
    codes: unique(codesIn(words)),
    mailboxes,
    domains: unique(recipientsIn(words, mailboxes).map((mailbox) => mailbox.slice(mailbox.lastIndexOf('@') + 1))),
  };
}

function addressesIn(words: string): readonly string[] {
  const four = words.matchAll(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g);
  const six = words.matchAll(/(?<![\w:.])[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])/g);
  return [...four, ...six].flatMap(([found]) => {
    const read = parseIp(found);
    return read.kind === 'ok' && specialPurpose(read.value) === undefined ? [read.value.text] : [];
  });
}

/** A reply code stands with its enhanced code, or where a reply stands: at a line's beginning, after `said:` or `smtp;`. */
function codesIn(words: string): readonly string[] {
  const both = [...words.matchAll(/(?<![\d.])([245]\d\d)[ -]+#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/g)].map(
    (match) => `${match[1]} ${match[2]}`,
  );
  const alone = [
    ...words.matchAll(/(?:^|said:\s*|smtp;\s*|error[ :]+|code[ :]+)([45]\d\d)(?=[ -]|$)(?![ -]+#?[245]\.\d)/gim),
  ].map((match) => match[1] ?? '');
  const enhanced = [...words.matchAll(/(?<![\d.])(?:status:\s*|#|\(|^|\s)([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/gim)]
    .map((match) => match[1] ?? '')
    .filter((code) => !both.some((each) => each.endsWith(code)));
  return [...both, ...alone, ...enhanced];
}

/** Those that the notification names as recipients; without one, all that are named. */
function recipientsIn(words: string, mailboxes: readonly string[]): readonly string[] {
  const named = [
    ...words.matchAll(/(?:final|original)-recipient:\s*(?:rfc822;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?/gi),
  ].flatMap((match) => {
    const read = parseMailbox(match[1] ?? '');
    return read.kind === 'ok' ? [read.value] : [];
  });
  const all = named.length > 0 ? named : mailboxes;
  return all.filter(
    (mailbox) =>
      !/^(?:mailer-daemon|postmaster|abuse)@/i.test(mailbox) &&
      parseDomain(mailbox.slice(mailbox.lastIndexOf('@') + 1)).kind === 'ok',
  );
}

function unique(found: readonly string[]): readonly string[] {
  return [...new Set(found)].slice(0, MOST);
}
