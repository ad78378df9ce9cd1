/**
 * Readers of firewalls' logs, one per format; each gives new TCP connections alone (a SYN without ACK, where the format
 * tells), so that what is counted are attempts and not packets.
 */
import { entryOf } from './entry.ts';
import type { LogFormat, LogReader } from './entry.ts';
import { offsetOf, timeAtHead, timeOf } from './time.ts';

/**
 * Linux netfilter's LOG target and ulogd's LOGEMU; `MAC=` is destination, source, type: the source's is bytes 7 to 12. It
 * may go on with the first bytes of the packet (VLANs). What an ICMP error quotes in brackets is somebody else's packet.
 */
const netfilter: LogReader = (line) => {
  if (/ PROTO=(\S+)/.exec(line)?.[1] !== 'TCP' || !/ SYN( |$)/.test(line) || / ACK( |$)/.test(line)) return undefined;
  const field = (name: string): string | undefined => new RegExp(`\\b${name}=(\\S*)`).exec(line)?.[1];
  // Without an outgoing interface it is for the firewall itself.
  if ((field('OUT') ?? '') === '') return undefined;
  const mac = field('MAC')?.split(':');
  return entryOf('netfilter', {
    source: field('SRC'),
    destination: field('DST'),
    port: field('DPT'),
    mac: mac !== undefined && mac.length >= 14 ? mac.slice(6, 12).join(':') : field('MACSRC'),
    time: timeAtHead(line),
    // Prefixes of ufw and Shorewall; a rule of one's own says what it likes.
    verdict: /\[UFW ALLOW\]|:ACCEPT:/.test(line) ? 'passed' : 'unknown',
  });
};

/** pf's filterlog (pfSense, OPNsense): after the common fields, IPv4 and IPv6 have their protocol fields in another order. */
const filterlog: LogReader = (line) => {
  const csv = /\bfilterlog(?:\[\d+\])?(?:: | (?:\d+|-) - (?:-|\[.*\]) )(.*)$/.exec(line)?.[1]?.split(',');
  if (!csv) return undefined;
  const [action, version] = [csv[6], csv[8]];
  const six = version === '6';
  const [protocol, from] = six ? [csv[12], 15] : [csv[16], 18];
  if (protocol?.toLowerCase() !== 'tcp' || (version !== '4' && !six)) return undefined;
  const flags = csv[from + 5] ?? '';
  if (!flags.includes('S') || flags.includes('A')) return undefined;
  return entryOf('filterlog', {
    source: csv[from],
    destination: csv[from + 1],
    port: csv[from + 3],
    time: timeAtHead(line),
    // Rules of translation log too; what they translate goes on.
    verdict: action === 'block' ? 'blocked' : /^(?:pass|nat|binat|rdr)$/.test(action ?? '') ? 'passed' : 'unknown',
  });
};

/**
 * RouterOS, topic firewall; IPv6 addresses stand in brackets, src-mac may be missing. A rule in a chain of one's own logs
 * that chain's name; what is for the router itself has no outgoing interface.
 */
const mikrotik: LogReader = (line) => {
  const found =
    /\bfirewall,info .*?(\S+): in:.*? out:(.*?)[, ].*?\bproto TCP \(([A-Z,]+)\), (?:\[([0-9a-fA-F:]+)\]|([\d.]+)):\d+->(?:\[([0-9a-fA-F:]+)\]|([\d.]+)):(\d+),/.exec(
      line,
    );
  const flags = found?.[3]?.split(',') ?? [];
  if (!found || !flags.includes('SYN') || flags.includes('ACK')) return undefined;
  if (found[1] === 'input' || found[2] === '(unknown') return undefined;
  return entryOf('mikrotik', {
    source: found[4] ?? found[5],
    destination: found[6] ?? found[7],
    port: found[8],
    mac: /\bsrc-mac ([0-9a-fA-F:]{17})/.exec(line)?.[1],
    time: timeAtHead(line),
    verdict: 'unknown',
  });
};

/**
 * FortiGate's key=value traffic log, with blanks or commas between; quotes are optional, `tz` tells the offset of `date` and
 * `time`. The first of a key counts: a machine's name stands behind its address, and may hold a key of its own making.
 */
const fortigate: LogReader = (line) => {
  if (!/\btype="?traffic"?/.test(line)) return undefined;
  const fields = new Map<string, string>();
  for (const [, key = '', quoted, bare] of line.matchAll(/(?:^|[\s,>])([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/g))
    if (!fields.has(key)) fields.set(key, quoted ?? bare ?? '');
  if (fields.get('proto') !== '6') return undefined;
  const date = fields.get('date')?.split('-') ?? [];
  const clock = fields.get('time')?.split(':') ?? [];
  const action = fields.get('action') ?? '';
  return entryOf('fortigate', {
    source: fields.get('srcip'),
    destination: fields.get('dstip'),
    port: fields.get('dstport'),
    mac: fields.get('srcmac'),
    time: timeOf([...date, ...clock], offsetOf(fields.get('tz'))),
    verdict: /^(deny|block)/.test(action) ? 'blocked' : action === '' ? 'unknown' : 'passed',
  });
};

/** `%FTD-4-106023`, `%ASA-session-6-302013`. */
const TAG = String.raw`%(?:ASA|FTD)-(?:\w+-)?\d-`;
/** An address with its port; behind it may stand who is logged in there. */
const END = String.raw`[^\s:/]+:(?<from>[0-9a-fA-F:.]+)\/\d+`;

const ASA: readonly (readonly [message: RegExp, verdict: (word: string) => 'blocked' | 'passed'])[] = [
  [
    new RegExp(String.raw`${TAG}106023: Deny tcp src ${END}.*? dst [^\s:/]+:(?<to>[0-9a-fA-F:.]+)\/(?<port>\d+)[( ]`),
    () => 'blocked',
  ],
  [
    new RegExp(
      String.raw`${TAG}106001: Inbound TCP connection denied from (?<from>[0-9a-fA-F:.]+)\/\d+ to (?<to>[0-9a-fA-F:.]+)\/(?<port>\d+) flags SYN\b(?! ACK)`,
    ),
    () => 'blocked',
  ],
  [
    new RegExp(
      String.raw`${TAG}106100: access-list \S+ (?<word>permitted|denied|est-allowed) tcp [^\s/]+\/(?<from>[0-9a-fA-F:.]+)\(\d+\).*? -> [^\s/]+\/(?<to>[0-9a-fA-F:.]+)\((?<port>\d+)\)`,
    ),
    (word) => (word === 'denied' ? 'blocked' : 'passed'),
  ],
  // Of an outbound connection the far end stands first.
  [
    new RegExp(
      String.raw`${TAG}302013: Built outbound TCP connection \d+ for [^\s:/]+:(?<to>[0-9a-fA-F:.]+)\/(?<port>\d+) .*? to ${END} `,
    ),
    () => 'passed',
  ],
];

/** Cisco ASA and Firepower; the clock stands before the message where `logging timestamp` is on. */
const asa: LogReader = (line) => {
  for (const [message, verdict] of ASA) {
    const found = message.exec(line)?.groups;
    if (found)
      return entryOf('asa', {
        source: found['from'],
        destination: found['to'],
        port: found['port'],
        time: timeAtHead(line),
        verdict: verdict(found['word'] ?? ''),
      });
  }
  return undefined;
};

/** Windows' pfirewall.log: `date time action protocol src dst sport dport size flags … path`, in local time. */
const pfirewall: LogReader = (line) => {
  const words = line.trim().split(/\s+/);
  const [date = '', clock = '', action = '', protocol, source, destination, , port, , flags = ''] = words;
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^(DROP|ALLOW)$/.test(action) || protocol !== 'TCP') return undefined;
  if (words.includes('RECEIVE') || (flags !== '-' && (!flags.includes('S') || flags.includes('A')))) return undefined;
  return entryOf('pfirewall', {
    source,
    destination,
    port,
    time: timeOf([...date.split('-'), ...clock.split(':')], undefined),
    verdict: action === 'DROP' ? 'blocked' : 'passed',
  });
};

export const logReaders: Readonly<Record<LogFormat, LogReader>> = {
  netfilter,
  filterlog,
  mikrotik,
  fortigate,
  asa,
  pfirewall,
};
