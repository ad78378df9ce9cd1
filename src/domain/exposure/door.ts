/**
 * A port on which a mail server lets people in or takes mail, as it showed itself to one polite look: greeting,
 * capabilities, STARTTLS, certificate. Nobody logs in, nothing is sent.
 */
export type DoorProtocol = 'pop3' | 'imap' | 'smtp';

export interface DoorPlan {
  readonly port: number;
  readonly protocol: DoorProtocol;
  /** TLS from the first octet (RFC 8314). */
  readonly tls: 'at-once' | 'by-command';
}

export const DOORS: readonly DoorPlan[] = [
  { port: 110, protocol: 'pop3', tls: 'by-command' },
  { port: 995, protocol: 'pop3', tls: 'at-once' },
  { port: 143, protocol: 'imap', tls: 'by-command' },
  { port: 993, protocol: 'imap', tls: 'at-once' },
  { port: 25, protocol: 'smtp', tls: 'by-command' },
  { port: 465, protocol: 'smtp', tls: 'at-once' },
  { port: 587, protocol: 'smtp', tls: 'by-command' },
];

export interface DoorLook {
  readonly plan: DoorPlan;
  readonly state: DoorState;
}

export type DoorState =
  /** Nothing listens there: the connection was refused. */
  | { readonly kind: 'closed' }
  /** It could not be found out; `why` is what the network or the server said. */
  | { readonly kind: 'unknown'; readonly why: string }
  | OpenDoor;

export interface OpenDoor {
  readonly kind: 'open';
  readonly greeting: string;
  /** Whether TLS can be had here; `broken`: offered, and then it failed. */
  readonly encryption: 'at-once' | 'offered' | 'not-offered' | 'broken';
  /** Whether a password may cross in the clear. */
  readonly loginInClear: 'yes' | 'no' | 'unknown';
  /** Whether a password is taken at all, in the clear or under TLS. */
  readonly login: 'yes' | 'no' | 'unknown';
  readonly certificate?: Certificate;
  /** The server's own refusal, where it greets or answers with one (SMTP 4xx, 5xx; -ERR; BYE). */
  readonly refusal?: string;
}

export interface Certificate {
  readonly subject: string;
  /** Whole days, rounded down; negative: expired. */
  readonly daysLeft: number;
  /** Undefined: trusted, and made for the name that was asked. */
  readonly fault?: string;
}

/** What a server says it can do before and after TLS -> whether passwords are taken. */
export interface Capabilities {
  readonly clear: readonly string[] | undefined;
  readonly encrypted: readonly string[] | undefined;
}

/**
 * `sameMachine`: asked from the machine itself, which Dovecot counts as secure (disable_plaintext_auth): what it offers
 * there says nothing about others.
 */
export function judgeLogins(
  protocol: DoorProtocol,
  { clear, encrypted }: Capabilities,
  sameMachine: boolean,
): Pick<OpenDoor, 'loginInClear' | 'login'> {
  const inClear = clear === undefined ? 'no' : takesPassword(protocol, clear) ? 'yes' : 'no';
  const under = encrypted === undefined ? 'no' : takesPassword(protocol, encrypted) ? 'yes' : 'no';
  return {
    loginInClear: inClear === 'yes' && sameMachine ? 'unknown' : inClear,
    login: inClear === 'yes' || under === 'yes' ? 'yes' : 'no',
  };
}

/** RFC 2449 and 5034 (POP3), RFC 3501 section 6.2.3 (IMAP: LOGIN is there unless it is disabled), RFC 4954 (SMTP). */
function takesPassword(protocol: DoorProtocol, lines: readonly string[]): boolean {
  const words = lines.map((line) => line.toUpperCase().trim());
  switch (protocol) {
    case 'pop3':
      return words.some((word) => word === 'USER' || /^SASL\b.*\b(?:PLAIN|LOGIN)\b/.test(word));
    case 'imap':
      return !words.includes('LOGINDISABLED') || words.includes('AUTH=PLAIN') || words.includes('AUTH=LOGIN');
    case 'smtp':
      return words.some((word) => /^AUTH[ =](?:.*\b)?(?:PLAIN|LOGIN)\b/.test(word));
    default:
      return protocol satisfies never;
  }
}
