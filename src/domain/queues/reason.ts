/**
 * Delay reasons, merged: two that differ only in addresses, host names, ids, numbers of a connection and times are one.
 *
 * What the far server said is kept (it says "blacklisted" or "greylisted"); what names this one delivery is replaced.
 */
const REPLACEMENTS: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/https?:\/\/\S+/gi, '<url>'],
  [/<?[^\s<>@"']{1,120}@[A-Za-z0-9.-]{1,253}>?/g, '<address>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[, ]+(?:\d{1,2} )?[A-Z][a-z]{2}[ \d:,+-]{4,30}/g, '<time>'],
  [/\b\d{1,2}:\d\d(?::\d\d)?\b/g, '<time>'],
  [/[A-Za-z0-9._-]{1,253}\[(?:IPv6:)?[0-9a-fA-F:.]{2,45}\](?::\d+)?/g, '<host>'],
  [/\[?\b(?:\d{1,3}\.){3}\d{1,3}\b\]?(?::\d+)?/g, '<host>'],
  [/\[?(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F:]{1,40}\]?/g, '<host>'],
  [/\b(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.[A-Za-z]{2,24}\b(?!\()/g, '<host>'],
  [/\b(?=[A-Za-z0-9-]*\d)(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9]{8,}(?:-[A-Za-z0-9]+)*\b/g, '<id>'],
  [/\b\d+ ?(?:seconds?|secs?|minutes?|mins?|hours?|days?|s|ms)\b/gi, '<time>'],
  [/\b\d{5,}\b/g, '<number>'],
  [/\s+/g, ' '],
];

/** Takes out the most frequent difference, `host[address]:port`, cheaply: what is left repeats, and can be remembered. */
export function withoutHosts(reason: string): string {
  return reason.slice(0, 600).replace(/[A-Za-z0-9._-]+\[(?:IPv6:)?[0-9a-fA-F:.]+\](?::\d+)?/g, '<host>');
}

/** At most 200 characters, so that a counter of reasons stays small. */
export function mergeReason(reason: string): string {
  let merged = reason.slice(0, 600);
  for (const [pattern, by] of REPLACEMENTS) merged = merged.replace(pattern, by);
  return merged.trim().slice(0, 200);
}
