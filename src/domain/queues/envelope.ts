/**
 * The envelope of one queued message, as the server's own tool shows it: never its body.
 *
 * It tells who handed the message in even where the logs are gone. Exim's trap: for what a local program hands in,
 * `authenticated_id` is the unix login; it is a login over SMTP only where a host and its authenticator are named.
 */
import type { Origin } from '../logs/event.ts';

export interface Envelope {
  readonly id: string;
  /** The null sender is the empty string. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Seconds since 1970 UTC. Postfix prints the host's local time without a zone: not read, so that nothing is hours off. */
  readonly arrival?: number;
  readonly bytes?: number;
  /** Undefined: the envelope does not tell. */
  readonly origin?: Origin;
  readonly helo?: string;
}

const MOST_RECIPIENTS = 10_000;

/** `postcat -eq ID` (postcat(1)), Postfix 2.9 and later. */
export function readPostcat(id: string, text: string): Envelope | undefined {
  if (!text.includes('*** ENVELOPE RECORDS')) return undefined;
  const values = new Map<string, string>();
  const recipients: string[] = [];
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(?:named_attribute: )?([a-z_]+)[:=] ?(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (name === 'recipient' && recipients.length < MOST_RECIPIENTS) recipients.push(value);
    else if (!values.has(name)) values.set(name, value);
  }
  const bytes = /^\s*(\d+)/.exec(values.get('message_size') ?? '')?.[1];
  const address = values.get('log_client_address');
  const account = values.get('sasl_username');
  const helo = values.get('log_helo_name');
  return {
    id,
    sender: values.get('sender') ?? '',
    recipients,
    ...(bytes !== undefined && { bytes: Number(bytes) }),
    ...originOfPostfix(account, address, values.get('log_message_origin'), values.get('rewrite_context')),
    ...(helo !== undefined && { helo }),
  };
}

function originOfPostfix(
  account: string | undefined,
  address: string | undefined,
  from: string | undefined,
  context: string | undefined,
): { readonly origin?: Origin } {
  if (account !== undefined && account !== '') return { origin: { kind: 'login', account, address } };
  if (address !== undefined) return { origin: { kind: 'client', address } };
  if (from === 'local') return { origin: { kind: 'own' } };
  return context === 'local' ? { origin: { kind: 'local', uid: 'unknown' } } : {};
}

/** `exim -Mvh ID`: the -H spool file (spec.txt, chapter "Format of spool files"). */
export function readEximSpool(id: string, text: string): Envelope | undefined {
  const lines = text.split('\n');
  if (lines[0] !== `${id}-H`) return undefined;
  const login = lines[1]?.split(' ')[0] ?? '';
  const sender = /^<(.*)>$/.exec(lines[2] ?? '')?.[1];
  const arrival = /^(\d+) /.exec(lines[3] ?? '')?.[1];
  if (sender === undefined) return undefined;
  const values = new Map<string, string>();
  let index = 4;
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, name, value = ''] = /^--?([a-z_]+)(?: (.*))?$/.exec(line) ?? [];
    if (name === undefined) break;
    values.set(name, value);
  }
  const count = lines.findIndex((line, at) => at >= index && /^\d+$/.test(line));
  const many = count < 0 ? 0 : Math.min(Number(lines[count]), MOST_RECIPIENTS);
  const host = values.get('host_address');
  const address = host === undefined ? undefined : /^\[?([0-9a-fA-F.:]+?)\]?(?:[.:]\d+)?$/.exec(host)?.[1];
  const account = values.get('auth_id');
  const helo = values.get('helo_name');
  return {
    id,
    sender,
    recipients: many === 0 ? [] : lines.slice(count + 1, count + 1 + many).map((line) => line.split(' ')[0] ?? ''),
    ...(arrival !== undefined && { arrival: Number(arrival) }),
    origin: originOfExim({ account, address, isAuthenticated: values.has('host_auth'), login, sender }),
    ...(helo !== undefined && { helo }),
  };
}

function originOfExim(seen: {
  readonly account: string | undefined;
  readonly address: string | undefined;
  readonly isAuthenticated: boolean;
  readonly login: string;
  readonly sender: string;
}): Origin {
  const { account, address, login } = seen;
  if (address !== undefined && seen.isAuthenticated && account !== undefined)
    return { kind: 'login', account, address };
  if (address !== undefined) return { kind: 'client', address };
  return seen.sender === '' && /exim/i.test(login) ? { kind: 'own' } : { kind: 'local', uid: login };
}
