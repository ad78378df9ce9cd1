/**
 * Readers of firewalls' logs, one per format; each gives new TCP connections alone (a SYN without ACK, where the format
 * tells), so that what is counted are attempts and not packets.
 */
import { entryOf } from './entry.ts';
import type { LogFormat, LogReader } from './entry.ts';
import { offsetOf, timeAtHead, timeOf } from './time.ts';

/** Linux netfilter's LOG target and ulogd's LOGEMU; `MAC=` is destination, source, type: the source's is bytes 7 to 12. */
const netfilter: LogReader = (line) => {
  if (!line.includes(' PROTO=TCP ') || !/ SYN( |$)/.test(line) || / ACK( |$)/.test(line)) return undefined;
  const field = (name: string): string | undefined => new RegExp(`\\b${name}=(\\S*)`).exec(line)?.[1];
  // Without an outgoing interface it is for the firewall itself.
  if ((field('OUT') ?? '') === '') return undefined;
  const mac = field('MAC')?.split(':');
  return entryOf('netfilter', {
    source: field('SRC'),
    destination: field('DST'),
    port: field('DPT'),
    mac: mac?.length === 14 ? mac.slice(6, 12).join(':') : undefined,
    time: timeAtHead(line),
    verdict: 'unknown',
  });
};

/** pf's filterlog (pfSense, OPNsense): after the common fields, IPv4 and IPv6 have their protocol fields in another order. */
const filterlog: LogReader = (line) => {
  const csv = /\bfilterlog(?:\[\d+\])?(?:: | \d+ - (?:-|\[[^\]]*\]) )(.*)$/.exec(line)?.[1]?.split(',');
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
    verdict: action === 'block' ? 'blocked' : action === 'pass' ? 'passed' : 'unknown',
  });
};

/** RouterOS, topic firewall; IPv6 addresses stand in brackets, src-mac may be missing. */
const mikrotik: LogReader = (line) => {
  const found =
    /\bfirewall,info .*?\b(?:forward|output): in:.*?\bproto TCP \(([A-Z,]+)\), (?:\[([0-9a-fA-F:]+)\]|([\d.]+)):\d+->(?:\[([0-9a-fA-F:]+)\]|([\d.]+)):(\d+)/.exec(
      line,
    );
  const flags = found?.[1]?.split(',') ?? [];
  if (!found || !flags.includes('SYN') || flags.includes('ACK')) return undefined;
  return entryOf('mikrotik', {
    source: found[2] ?? found[3],
    destination: found[4] ?? found[5],
    port: found[6],
    mac: /\bsrc-mac ([0-9a-fA-F:]{17})/.exec(line)?.[1],
    time: timeAtHead(line),
    verdict: 'unknown',
  });
};

/** FortiGate's key=value traffic log; quotes are optional, `tz` tells the offset of `date` and `time`. */
const fortigate: LogReader = (line) => {
  if (!/\btype="?traffic"?/.test(line)) return undefined;
  const fields = new Map(
    [...line.matchAll(/(?:^|[\s,>])([a-z_]+)=(?:"([^"]*)"|(\S+))/g)].map(([, key = '', quoted, bare]) => [
      key,
      quoted ?? bare ?? '',
    ]),
  );
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

const ASA: readonly (readonly [message: RegExp, verdict: (word: string) => 'blocked' | 'passed'])[] = [
  [
    /%ASA-\d-106023: (Deny) tcp src \S+?:([0-9a-fA-F:.]+)\/\d+(?:\([^)]*\))? dst \S+?:([0-9a-fA-F:.]+)\/(\d+)/,
    () => 'blocked',
  ],
  [
    /%ASA-\d-106001: Inbound TCP connection (denied) from ([0-9a-fA-F:.]+)\/\d+ to ([0-9a-fA-F:.]+)\/(\d+) flags SYN\b(?! ACK)/,
    () => 'blocked',
  ],
  [
    /%ASA-\d-106100: access-list \S+ (permitted|denied|est-allowed) tcp \S+?\/([0-9a-fA-F:.]+)\(\d+\)(?:\([^)]*\))? -> \S+?\/([0-9a-fA-F:.]+)\((\d+)\)/,
    (word) => (word === 'denied' ? 'blocked' : 'passed'),
  ],
];

/** Cisco ASA and Firepower; the clock stands before the message where `logging timestamp` is on. */
const asa: LogReader = (line) => {
  for (const [message, verdict] of ASA) {
    const found = message.exec(line);
    if (found)
      return entryOf('asa', {
        source: found[2],
        destination: found[3],
        port: found[4],
        time: timeAtHead(line),
        verdict: verdict(found[1] ?? ''),
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
