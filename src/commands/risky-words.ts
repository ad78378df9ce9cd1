/**
 * Words about changing something, and the command that is explained: nothing that changes something is done because it
 * sounded like it. The first that fits wins.
 */
const RISKY: readonly (readonly [pattern: RegExp, command: string])[] = [
  [
    /\b(?:unfreeze|thaw|unblock|unplugged?\b.*\bback|re-?enable|resume)\b|\b(?:turn|switch|put|bring|plug)\b.*\b(?:back|on again)\b|\blet\b.*\b(?:mails?|it|them)\b.*\b(?:go|through|out|flow)\b/,
    'undo',
  ],
  [/\b(?:pull|cut|unplug|disconnect)\b.*\b(?:plug|internet|line|off|connection)\b|\bunplug\b/, 'unplug'],
  [/\b(?:disable|lock|block|suspend)\b.*\b(?:accounts?|user|login|mailbox)\b/, 'disable-account'],
  [
    /\b(?:freeze|stop|hold|halt|pause)\b.*\b(?:mails?|outbound|outgoing|sending|queue|server|spam|it|this|everything|all)\b|\bfreeze\b/,
    'freeze',
  ],
  [/\b(?:block|close|shut)\b.*\b(?:25|smtp|port)\b|\bport 25\b/, 'block-port-25'],
  [
    /\b(?:quarantine|isolate|kick)\b|\bblock\b.*\b(?:spammer|machine|computer|pc|host|laptop|workstation)\b/,
    'quarantine',
  ],
  [
    /\b(?:delete|purge|clean|clear|flush|empty|remove|drop)\b.*\b(?:queue|mails?|messages?|spam|bounces)\b/,
    'clean-queue',
  ],
  [/\b(?:reroute|smart ?host|relay)\b.*\b(?:through|via|use|send|isp|provider)\b/, 'reroute'],
  [/\b(?:undo|revert|roll ?back|take back)\b/, 'undo'],
  [/\b(?:approve|agree|go ahead|do it|yes)\b/, 'approve'],
  [
    /\b(?:call|wake|page|phone|ring)\b.*\b(?:up|somebody|someone|anybody|people|him|her|them|on-?call)\b|^(?:call|wake|page|phone|ring) [\p{L}-]+$/u,
    'escalate',
  ],
  [/\bhand (?:it |this )?over to\b|\bgive (?:it|this) to\b/, 'assign'],
  [/\bclose\b|\bwe(?:'re| are) (?:done|finished|through)\b|\ball clear\b/, 'close'],
];

/** The command whose deed these words are about, in lower case; undefined where they are about none. */
export function riskyCommand(text: string): string | undefined {
  return RISKY.find(([pattern]) => pattern.test(text))?.[1];
}
