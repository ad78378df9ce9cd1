/**
 * What kind of trouble a delay reason tells of. The words are those of Postfix, Exim and Exchange, and of the replies of
 * large receivers; an unknown reason is `other`, never guessed.
 */
export type ReasonClass =
  | 'frozen'
  | 'blocked'
  | 'greylisted'
  | 'name-service'
  | 'no-connection'
  | 'certificate'
  | 'smart-host-login'
  | 'disk'
  | 'local-setup'
  | 'unknown-user'
  | 'other';

const CLASSES: readonly (readonly [kind: ReasonClass, pattern: RegExp])[] = [
  ['frozen', /mail is frozen \(tq\d+\)|tourniquet-frozen|deferred transport|domain is held/i],
  ['greylisted', /gr[ea]y-?list|postgrey|try again in \d|come back later/i],
  [
    'smart-host-login',
    /\b(?:535|534|530)\b|authentication (?:failed|unsuccessful|required|credentials)|sasl authentication failed|no mechanism available/i,
  ],
  [
    'blocked',
    /spamhaus|black-?list|block-?list|blocked|listed (?:at|by|in|on)|\brbl\b|dnsbl|reputation|unexpected volume|user complaints|\bspam\b|policy reasons|5\.7\.1\b.*(?:reject|refus|denied)|5\.7\.606|s3140|abuse/i,
  ],
  [
    'certificate',
    /certificate|tls (?:handshake|is required|not available|negotiation)|ssl_|cannot start tls|starttls/i,
  ],
  [
    'disk',
    /insufficient system storage|no space left|disk full|quota of the (?:file system|spool)|4\.3\.1\b|queue file write error/i,
  ],
  [
    'name-service',
    /name service error|host (?:or domain name )?not found|host lookup did not complete|dns (?:failure|query failed|server)|nxdomain|servfail|no mx|temporary lookup failure/i,
  ],
  [
    'no-connection',
    /connection timed out|timed out|timeout|connection refused|network is unreachable|no route to host|connection reset|lost connection|unable to connect|failed to connect/i,
  ],
  [
    'local-setup',
    /mail transport unavailable|loops back to myself|matching connector cannot be found|unreachable|unrouteable|relay access denied|transport .*(?:undefined|not found)|configuration error/i,
  ],
  [
    'unknown-user',
    /user unknown|unknown user|no such user|does not exist|mailbox (?:not found|unavailable)|5\.1\.1\b|recipient address rejected/i,
  ],
];

/** What a reply or a reason for a delay means, by the first pattern that fits; `other` where none does. */
export function classifyReason(reason: string): ReasonClass {
  return CLASSES.find(([, pattern]) => pattern.test(reason))?.[0] ?? 'other';
}

/** Classes that a mistake or a change on this side explains. */
export function isOwnFault(kind: ReasonClass): boolean {
  return (
    kind === 'name-service' ||
    kind === 'no-connection' ||
    kind === 'certificate' ||
    kind === 'smart-host-login' ||
    kind === 'disk' ||
    kind === 'local-setup'
  );
}
