/**
 * Leases of DHCP servers, read from their own files, so that an address becomes a machine with a name.
 *
 * Rules:
 * 1. Files that are appended to (ISC dhcpd, Kea) hold the past too; all of it is kept, as an address may have been another
 *    machine's when it tried.
 * 2. A server writes when a lease was renewed last, not when it began: a start after the attempt says nothing.
 * 3. A later record of the same address ends what stood before it: another machine's lease, or one that was given back.
 *    Where it doesn't tell when that was (Kea), whether the address was still the machine's is unknown.
 * 4. Names are what the machines call themselves: text from outside. A brace in one ends no block.
 */
import { parseIp } from '../address/ip.ts';

export type LeaseKind = 'dnsmasq' | 'isc' | 'kea' | 'windows';

export interface Lease {
  /** Canonical text. */
  readonly address: string;
  /** Lower-case hex with colons. */
  readonly mac?: string;
  /** As the machine calls itself, not yet made harmless. */
  readonly name?: string;
  /** Renewed last, milliseconds since 1970 UTC. */
  readonly from?: number;
  /** Infinity: never ends. */
  readonly until?: number;
}

/** Whether the lease was its machine's at that moment. */
export type Covers = 'yes' | 'no' | 'unknown';

/** Leases in the order in which the file has them; lines that are none are passed over. */
export function readLeases(kind: LeaseKind, text: string): readonly Lease[] {
  return endedByLater(recordsOf(kind, text));
}

/** Whether it looks like such a file: an export with other columns, or of another server, gives no names and must not pass for one. */
export function isLeaseFile(kind: LeaseKind, text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [head] = lines;
  if (head === undefined) return true;
  switch (kind) {
    case 'dnsmasq':
      return lines.some((line) => /^(?:\d+ \S+ \S+ \S|duid )/.test(line));
    case 'isc':
      return lines.some((line) =>
        /^(?:lease \S+ \{|ia-(?:na|ta|pd) |authoring-byte-order |server-duid |failover )/.test(line),
      );
    case 'kea':
      return fieldsOf(head, ',').includes('address');
    case 'windows':
      return fieldsOf(head, separatorOf(head)).includes('IPAddress');
    default:
      return kind satisfies never;
  }
}

/** What a file says of an address; `over`: that it is nobody's any more, since `until` where that is known. */
type LeaseRecord = Lease & { readonly over?: true };

function recordsOf(kind: LeaseKind, text: string): readonly LeaseRecord[] {
  switch (kind) {
    case 'dnsmasq':
      return dnsmasq(text);
    case 'isc':
      return isc(text);
    case 'kea':
      return kea(text);
    case 'windows':
      return windows(text);
    default:
      return kind satisfies never;
  }
}

function endedByLater(all: readonly LeaseRecord[]): readonly Lease[] {
  const next = new Map<string, LeaseRecord>();
  const leases: Lease[] = [];
  for (const record of all.toReversed()) {
    const later = next.get(record.address);
    next.set(record.address, record);
    if (!record.over) leases.push(later ? endedBy(record, later) : record);
  }
  return leases.toReversed();
}

function endedBy(lease: Lease, later: LeaseRecord): Lease {
  const end = later.over ? later.until : later.from;
  const { until, ...rest } = lease;
  if (end !== undefined) return { ...rest, until: Math.min(end, until ?? Infinity) };
  return later.over ? rest : lease;
}

/** Whether the lease was in force at that moment, milliseconds since 1970 UTC. */
export function covers(lease: Lease, at: number): Covers {
  if (lease.until === undefined || lease.until < at) return lease.until === undefined ? 'unknown' : 'no';
  return lease.from !== undefined && lease.from > at ? 'unknown' : 'yes';
}

/** The best lease of this address (or, where it is known, of this network card) for a moment, with whether it covers it. */
export function leaseAt(
  leases: readonly Lease[],
  who: { readonly addresses: readonly string[]; readonly mac?: string },
  at: number,
): { readonly lease: Lease; readonly covers: Covers } | undefined {
  const own = leases.filter(
    (lease) =>
      (who.mac !== undefined && lease.mac === who.mac) ||
      (who.addresses.includes(lease.address) &&
        (who.mac === undefined || lease.mac === undefined || lease.mac === who.mac)),
  );
  const order: readonly Covers[] = ['yes', 'unknown', 'no'];
  for (const wanted of order) {
    const lease = own.findLast((each) => covers(each, at) === wanted);
    if (lease) return { lease, covers: wanted };
  }
  return undefined;
}

/** `expiry mac address name|* clientid`; 0 never ends. IPv6 lines have an IAID in place of the network card. */
function dnsmasq(text: string): readonly Lease[] {
  return text.split('\n').flatMap((line): readonly Lease[] => {
    const [expiry = '', mac, address, name] = line.trim().split(' ');
    if (!/^\d+$/.test(expiry)) return [];
    const until = expiry === '0' ? Infinity : Number(expiry) * 1000;
    return leaseOf({ address, mac, name: name === '*' ? undefined : name, until });
  });
}

/** Blocks of dhcpd.leases(5); times are UTC unless `db-time-format local` writes them as `epoch`. */
function isc(text: string): readonly LeaseRecord[] {
  return [...text.matchAll(/^lease (\S+) \{\n(.*?)^\}/gms)].flatMap(([, address, body = '']) => {
    const over = /^\s*binding state (free|backup|abandoned|expired|released)/m.test(body);
    const moment = (word: string): number | undefined => {
      const found = new RegExp(
        String.raw`^\s*${word} (?:(never)|epoch (\d+)|\d (\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d))`,
        'm',
      ).exec(body);
      if (!found) return undefined;
      const [, never, epoch, ...date] = found;
      if (never !== undefined) return Infinity;
      if (epoch !== undefined) return Number(epoch) * 1000;
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = date.map(Number);
      return Date.UTC(year, month - 1, day, hour, minute, second);
    };
    const mac = /^\s*hardware ethernet ([0-9a-fA-F:]+);/m.exec(body)?.[1];
    const quoted = /^\s*client-hostname "((?:[^"\\]|\\.)*)";/m.exec(body)?.[1];
    const name = quoted === undefined ? undefined : unescaped(quoted);
    return leaseOf({ address, mac, name, over, from: moment('starts'), until: moment('ends') });
  });
}

/** dhcpd writes an octet that is no printable ASCII as a backslash and three octal digits. */
function unescaped(text: string): string {
  const octets = [...text.matchAll(/\\([0-3][0-7]{2})|\\?(.)/gsu)].flatMap(([, octal, character = '']) =>
    octal === undefined ? [...new TextEncoder().encode(character)] : [Number.parseInt(octal, 8)],
  );
  return new TextDecoder().decode(Uint8Array.from(octets));
}

/**
 * Kea's memfile: CSV with a head line; a comma within a value is written `&#x2c`. Only state 0 is a lease; one that was
 * given back or deleted is written once more with a lifetime of 0, not with when that was.
 */
function kea(text: string): readonly LeaseRecord[] {
  return records(text, ',').flatMap((row) => {
    const state = row.get('state') ?? '0';
    const lifetime = Number(row.get('valid_lifetime'));
    const end = Number(row.get('expire')) * 1000;
    const over = state !== '0' || lifetime === 0;
    const [from, until] = [end - lifetime * 1000, over && state !== '2' ? NaN : end];
    const name = row
      .get('hostname')
      ?.replaceAll(/&#x([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\.$/, '');
    return leaseOf({
      address: row.get('address'),
      mac: row.get('hwaddr'),
      name,
      over,
      ...(Number.isFinite(from) && { from }),
      ...(Number.isFinite(until) && { until }),
    });
  });
}

/**
 * What the line of docs/hunt.md exports: CSV with a head line, times in UTC (ISO 8601). Of a time in another form nobody
 * knows which of its numbers is the month.
 */
function windows(text: string): readonly LeaseRecord[] {
  return records(text, separatorOf(text)).flatMap((row) => {
    const state = row.get('AddressState') ?? '';
    if (/^(Inactive|Expired|Declined)/i.test(state)) return [];
    const expiry = row.get('LeaseExpiryTime') ?? '';
    const end = /^\d{4}-\d\d-\d\dT/.test(expiry) ? Date.parse(expiry) : NaN;
    const until = /Reservation$/i.test(state) && expiry === '' ? Infinity : end;
    return leaseOf({
      address: row.get('IPAddress'),
      mac: row.get('ClientId'),
      name: row.get('HostName')?.replace(/\.$/, ''),
      ...(!Number.isNaN(until) && { until }),
    });
  });
}

function separatorOf(text: string): string {
  const head = text.split('\n').find((line) => !line.startsWith('#')) ?? '';
  return head.includes(';') ? ';' : ',';
}

function leaseOf(parts: {
  readonly address: string | undefined;
  readonly mac: string | undefined;
  readonly name: string | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  readonly over?: boolean;
}): readonly LeaseRecord[] {
  const address = parseIp(parts.address ?? '');
  if (address.kind === 'bad') return [];
  const hex = (parts.mac ?? '').toLowerCase().replaceAll(/[:-]/g, '');
  const mac = /^[0-9a-f]{12}$/.test(hex) ? (hex.match(/../g) ?? []).join(':') : undefined;
  return [
    {
      address: address.value.text,
      ...(mac !== undefined && { mac }),
      ...(parts.name !== undefined && parts.name !== '' && { name: parts.name }),
      ...(parts.from !== undefined && { from: parts.from }),
      ...(parts.until !== undefined && { until: parts.until }),
      ...(parts.over === true && { over: true }),
    },
  ];
}

/** Rows of a CSV with a head line, by column; quotes may stand around a value, doubled inside it. */
function records(text: string, separator: string): readonly ReadonlyMap<string, string>[] {
  const [head, ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => fieldsOf(line, separator));
  return rows.map((row) => new Map((head ?? []).map((name, index) => [name, row[index] ?? ''])));
}

function fieldsOf(line: string, separator: string): readonly string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (quoted && character === '"' && line[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}
