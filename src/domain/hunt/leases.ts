/**
 * Leases of DHCP servers, read from their own files, so that an address becomes a machine with a name.
 *
 * Rules:
 * 1. Files that are appended to (ISC dhcpd, Kea) hold the past too; all of it is kept, as an address may have been another
 *    machine's when it tried.
 * 2. A server writes when a lease was renewed last, not when it began: a start after the attempt says nothing.
 * 3. Names are what the machines call themselves: text from outside.
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
function isc(text: string): readonly Lease[] {
  return [...text.matchAll(/^lease (\S+) \{([^}]*)\}/gm)].flatMap(([, address, body = '']) => {
    if (/^\s*binding state (free|backup|abandoned|expired|released)/m.test(body)) return [];
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
    const name = /^\s*client-hostname "((?:[^"\\]|\\.)*)";/m.exec(body)?.[1]?.replaceAll(/\\(.)/g, '$1');
    return leaseOf({ address, mac, name, from: moment('starts'), until: moment('ends') });
  });
}

/** Kea's memfile: CSV with a head line; a comma within a value is written `&#x2c`. Only state 0 is a lease. */
function kea(text: string): readonly Lease[] {
  return records(text, ',').flatMap((row) => {
    if ((row.get('state') ?? '0') !== '0') return [];
    const until = Number(row.get('expire')) * 1000;
    const from = until - Number(row.get('valid_lifetime')) * 1000;
    const name = row
      .get('hostname')
      ?.replaceAll(/&#x([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\.$/, '');
    return leaseOf({
      address: row.get('address'),
      mac: row.get('hwaddr'),
      name,
      ...(Number.isFinite(from) && { from }),
      ...(Number.isFinite(until) && { until }),
    });
  });
}

/** What the line of docs/hunt.md exports: CSV with a head line, times in UTC (ISO 8601). */
function windows(text: string): readonly Lease[] {
  const separator = (text.split('\n')[0] ?? '').includes(';') ? ';' : ',';
  return records(text, separator).flatMap((row) => {
    const state = row.get('AddressState') ?? '';
    if (/^(Inactive|Expired|Declined)/i.test(state)) return [];
    const end = Date.parse(row.get('LeaseExpiryTime') ?? '');
    const until = /Reservation$/i.test(state) && Number.isNaN(end) ? Infinity : end;
    return leaseOf({
      address: row.get('IPAddress'),
      mac: row.get('ClientId'),
      name: row.get('HostName')?.replace(/\.$/, ''),
      ...(!Number.isNaN(until) && { until }),
    });
  });
}

function leaseOf(parts: {
  readonly address: string | undefined;
  readonly mac: string | undefined;
  readonly name: string | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}): readonly Lease[] {
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
