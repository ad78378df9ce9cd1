/** Records on the wire by their octets (RFC 1035 section 4.1): where one ends, and whether it has the size of its kind. */

const HEADER = 12;
const TYPE_A = 1;
const TYPE_AAAA = 28;

/** Where what follows a name begins; undefined where the name is none. */
export function afterName(wire: Uint8Array, from: number): number | undefined {
  let at = from;
  for (;;) {
    const length = wire[at];
    if (length === undefined || (length > 63 && length < 0xc0)) return undefined;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
    if (length === 0) return at;
  }
}

/**
 * Whether a reply to one question has only whole records, and addresses of an address's size. Read on regardless, three
 * octets are made four by whatever comes next, and five by leaving one out.
 */
export function hasWholeRecords(wire: Uint8Array): boolean {
  let at = (afterName(wire, HEADER) ?? wire.length) + 4;
  for (let left = short(wire, 6) + short(wire, 8) + short(wire, 10); left > 0; left -= 1) {
    const after = afterName(wire, at);
    if (after === undefined) return false;
    const type = short(wire, after);
    const size = short(wire, after + 8);
    at = after + 10 + size;
    if (at > wire.length || (type === TYPE_A && size !== 4) || (type === TYPE_AAAA && size !== 16)) return false;
  }
  return true;
}

export function short(wire: Uint8Array, at: number): number {
  return ((wire[at] ?? 0) << 8) | (wire[at + 1] ?? 0);
}

export function long(wire: Uint8Array, at: number): number {
  return short(wire, at) * 0x1_0000 + short(wire, at + 2);
}
