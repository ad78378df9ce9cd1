/** How old something is, in words: 40 s, 12 min, 5 h, 3 d. */
export function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** What is older than this is no picture of now, milliseconds. */
const LONG_AGO = 3_600_000;

/** Said of a figure that is no longer of now; undefined where it is. Both in milliseconds since 1970 UTC. */
export function savedLongAgo(what: string, at: number, now: number): string | undefined {
  return now - at < LONG_AGO
    ? undefined
    : `${what} was saved ${age((now - at) / 1000)} ago; by now it may be otherwise.`;
}
