/**
 * Mailboxes as the envelope carries them (RFC 5321 section 4.1.2): a sender may be null (`<>`), a recipient not.
 *
 * Rules:
 * 1. The null sender is the empty string, whatever a tool calls it.
 * 2. What can't be read as local@domain is kept as it came (for display only) and has no domain.
 * 3. Only a mailbox read by `parseMailbox` may go into a command: strict ASCII, never beginning with a hyphen, at most
 *    254 octets (a sender such as `-oQ/tmp` has run programs before: CVE-2016-10033).
 */
import { accept, refuse } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import { parseDomain } from './domain.ts';
import type { Domain } from './domain.ts';

declare const mailboxBrand: unique symbol;

export type Mailbox = string & { readonly [mailboxBrand]: true };

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{0,63}$/;

/** A mailbox of at most 254 characters, without quotes; none begins with a hyphen or a dot. */
export function parseMailbox(text: string): Parsed<Mailbox> {
  const at = text.lastIndexOf('@');
  const domain = at > 0 ? parseDomain(text.slice(at + 1)) : undefined;
  if (text.length > 254 || domain?.kind !== 'ok' || !LOCAL.test(text.slice(0, at))) {
    const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
    return refuse(`${shown} is not a mailbox`, 'write it like anna@example.com');
  }
  return accept(`${text.slice(0, at)}@${domain.value}` as Mailbox);
}

/** The domain of an address in a queue listing, or undefined where there is none that can be read. */
export function domainOfAddress(address: string): Domain | undefined {
  const at = address.lastIndexOf('@');
  if (at < 0) return undefined;
  const domain = parseDomain(address.slice(at + 1));
  return domain.kind === 'ok' ? domain.value : undefined;
}
