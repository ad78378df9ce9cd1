/**
 * Which login an open session of Postfix belongs to, as its log tells: an smtpd serves one client at a time, and names
 * the login with the first message that it takes from it.
 *
 * Rules:
 * 1. What counts is what follows the newest `connect from` of that smtpd; one that has ended is no session.
 * 2. AUTH succeeds once in a session (RFC 4954, 4), so that a login that was named stays.
 */
export interface LoggedSession {
  /** Of the client, as Postfix writes it. */
  readonly address: string;
  /** Only where smtpd_client_port_logging is on. */
  readonly port?: string;
  /** Undefined: it has handed in nothing with a login yet. */
  readonly account?: string;
}

/** The first bracket of a line is that of its own tag: what a client says comes after it. */
const LINE = /^[^[]*\/smtpd\[(\d+)\]: (.*)$/;
const CONNECT = /^connect from [^[\s]+\[([^\]\s]+)\](?::(\d+))?$/;
const TAKEN =
  /^[0-9A-Za-z]{6,25}: client=[^[\s]+\[([^\]\s]+)\](?::\d+)?, sasl_method=[^\s,]+, sasl_username=([^\s,]+)(?:,|$)/;

/** By the number of the smtpd's process. */
export function readPostfixSessions(lines: Iterable<string>): ReadonlyMap<string, LoggedSession> {
  const sessions = new Map<string, LoggedSession>();
  for (const line of lines) {
    const [, pid, text] = LINE.exec(line) ?? [];
    if (pid === undefined || text === undefined) continue;
    const [, address, port] = CONNECT.exec(text) ?? [];
    if (address !== undefined) sessions.set(pid, { address, ...(port !== undefined && { port }) });
    else if (text.startsWith('disconnect from ')) sessions.delete(pid);
    else {
      const [, from, account] = TAKEN.exec(text) ?? [];
      const session = sessions.get(pid);
      if (session && session.address === from && account !== undefined) sessions.set(pid, { ...session, account });
    }
  }
  return sessions;
}
