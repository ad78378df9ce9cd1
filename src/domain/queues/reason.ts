/**
 * Delay reasons, merged: two that differ only in addresses, host names, ids, numbers of a connection and times are one.
 *
 * What the far server said is kept (it says "blacklisted" or "greylisted"); what names this one delivery is replaced.
 */
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const CLOCK = String.raw`\d\d:\d\d(?::\d\d)?(?:\.\d+)?`;
/** Host names of every script: `\w` and `\b` know ASCII alone. */
const LETTER = String.raw`[\p{L}\p{N}_-]`;
const IPV6 = String.raw`(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?)`;
const HOST_AND_ADDRESS = /[\p{L}\p{N}._-]{1,253}\[(?:IPv6:)?[0-9a-fA-F:.]{2,45}\](?::\d+)?/gu;

const REPLACEMENTS: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/https?:\/\/\S+/gi, '<url>'],
  [/<?"(?:[^"\\]|\\.){1,64}"@[\p{L}\p{N}.-]{1,253}>?/gu, '<address>'],
  [/<?[^\s<>@"']{1,120}@[\p{L}\p{N}.-]{1,253}>?/gu, '<address>'],
  [new RegExp(String.raw`\b\d{4}-\d\d-\d\d(?:[T ]${CLOCK})?(?:Z|[+-]\d\d:?\d\d)?`, 'g'), '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[, ]+(?:\d{1,2} )?[A-Z][a-z]{2}[ \d:,+-]{4,30}/g, '<time>'],
  [new RegExp(String.raw`\b\d{1,2}[ /-]${MONTH}[ /-]\d{4}(?:[: ]${CLOCK})?(?: [+-]\d{4})?`, 'g'), '<time>'],
  [new RegExp(String.raw`\b${MONTH} {1,2}\d{1,2}(?:,? \d{4})?(?: ${CLOCK})?\b`, 'g'), '<time>'],
  [/\b\d{1,2}:\d\d(?::\d\d)?\b/g, '<time>'],
  [HOST_AND_ADDRESS, '<host>'],
  [/\[?\b(?:\d{1,3}\.){3}\d{1,3}\b\]?(?::\d+)?/g, '<host>'],
  [new RegExp(String.raw`\[?(?:IPv6:)?(?<![0-9a-z:])${IPV6}(?:%\w{1,16})?(?![0-9a-z:])\]?(?::\d+)?`, 'gi'), '<host>'],
  [
    new RegExp(
      String.raw`(?<!${LETTER})(?=${LETTER}*\p{L})${LETTER}{1,63}(?:\.${LETTER}{1,63})*\.(?:xn--[a-z0-9-]{1,59}|\p{L}{2,24})(?![\p{L}\p{N}_])(?!\()`,
      'gu',
    ),
    '<host>',
  ],
  [/\b[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})\b/g, '<id>'],
  [
    /\b(?:[A-Za-z0-9]{1,8}-)?(?=[A-Za-z0-9-]*\d)(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9]{8,}(?:-[A-Za-z0-9]+)*(?:\.\d+)?\b/g,
    '<id>',
  ],
  [/\b\d+ ?(?:seconds?|secs?|minutes?|mins?|hours?|days?|s|ms)\b/gi, '<time>'],
  [/\b(?:\d{1,4}[dhms]){1,4}\b/g, '<time>'],
  [/\b\d{5,}\b/g, '<number>'],
  [/\s+/g, ' '],
];

/** This very host, in brackets as the MTAs write whom they connect to: a content filter, local delivery. */
const THIS_HOST = /[\p{L}\p{N}._-]{0,253} ?\[(?:127(?:\.\d{1,3}){3}|(?:IPv6:)?::1)\](?::\d+)?/gu;

/** Takes out the most frequent difference, `host[address]:port`, cheaply: what is left repeats, and can be remembered. */
export function withoutHosts(reason: string): string {
  return withoutThisHost(reason.slice(0, 600)).replace(HOST_AND_ADDRESS, '<host>');
}

/** A fault of one's own host is another reason than the same fault of somebody else's. */
function withoutThisHost(reason: string): string {
  return reason.includes('[127.') || reason.includes('::1]') ? reason.replace(THIS_HOST, '<this host>') : reason;
}

/** At most 200 characters, so that a counter of reasons stays small. */
export function mergeReason(reason: string): string {
  let merged = withoutThisHost(reason.slice(0, 600));
  for (const [pattern, by] of REPLACEMENTS) merged = merged.replace(pattern, by);
  return merged.trim().slice(0, 200);
}
