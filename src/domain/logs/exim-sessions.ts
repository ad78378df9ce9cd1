/**
 * Which logins the open sessions of Exim have handed in messages with, as its main log tells: a message's id holds the
 * number of the process that has taken it in, and when (spec.txt, "Message identification"); each session is a process of
 * its own.
 *
 * Rules:
 * 1. A process of before may have had the same number: what was taken in before the session's own began doesn't count.
 * 2. What counts is the id that the line begins with; whatever a client says stands behind it.
 * 3. It may look like another `A=`: every one that is found counts.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** What syslog puts before the line, with a tag such as `exim[4711]:`. */
const SYSLOG = /^(?:[A-Z][a-z]{2} +\d+ [\d:]+|\d{4}-\d\d-\d\dT\S+) \S+ \S+: /;
/** Time, process, fraction: 6-6-2 digits of base 62, 6-11-4 since 4.97. */
const ARRIVAL =
  /^(?:\d{4}-\d\d-\d\d [\d:.]+ (?:[+-]\d{4} )?)?(?:\[\d+\] )?([0-9A-Za-z]{6})-([0-9A-Za-z]{6}|[0-9A-Za-z]{11})-[0-9A-Za-z]{2,4} <= (.*)$/;
const LOGIN = / A=[^\s:]+:([^\s:]+)/g;

/** As it stands in a message's id, without leading zeros. */
export function eximPid(pid: number): string {
  let [text, left] = ['', pid];
  do {
    text = `${DIGITS[left % 62] ?? ''}${text}`;
    left = Math.floor(left / 62);
  } while (left > 0);
  return text;
}

/** By the number of the session's process; `began`: seconds since 1970 UTC. A session that is missing is in no line. */
export function readEximSessions(
  lines: Iterable<string>,
  began: ReadonlyMap<number, number>,
): ReadonlyMap<number, ReadonlySet<string>> {
  const logins = new Map<number, Set<string>>();
  for (const line of lines) {
    const [, time, process, text] = ARRIVAL.exec(line.replace(SYSLOG, '')) ?? [];
    if (time === undefined || process === undefined || text === undefined) continue;
    const pid = fromBase62(process);
    const since = began.get(pid);
    // Its time is cut to the second.
    if (since === undefined || fromBase62(time) < Math.floor(since)) continue;
    for (const [, login] of text.matchAll(LOGIN))
      if (login !== undefined) logins.set(pid, (logins.get(pid) ?? new Set()).add(login));
  }
  return logins;
}

function fromBase62(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 62 + DIGITS.indexOf(digit);
  return value;
}
