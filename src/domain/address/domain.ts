/**
 * Domain and host names (RFC 1035 section 2.3.4, RFC 5890).
 *
 * Rules: lower case A-labels without the trailing dot; labels of 1 to 63 letters, digits, hyphens and underscores, no
 * hyphen at either end; 253 octets in all; the last label is not all digits (else it is a mistyped address). Names
 * with other characters are converted by IDNA (UTS 46), never guessed.
 */
import { accept, refuse } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';

declare const domainBrand: unique symbol;

export type Domain = string & { readonly [domainBrand]: true };

/** A domain name in any script, with or without a dot at its end; the value is ASCII, in small letters. */
export function parseDomain(text: string): Parsed<Domain> {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
  const ascii = isAscii(text) ? text : toAscii(text);
  if (ascii === undefined) return refuse(`${shown} is not a domain name`, 'write it like mail.example.com');
  const name = ascii.toLowerCase().replace(/\.$/, '');
  if (name.length > 253) return refuse(`${shown} is longer than 253 characters`, 'no domain name is that long');
  const labels = name.split('.');
  if (!labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))) {
    return refuse(
      `${shown} is not a domain name`,
      'letters, digits and hyphens between dots, such as mail.example.com',
    );
  }
  if (labels.length < 2) return refuse(`${shown} has no dot`, 'write the full name, such as mail.example.com');
  if (/^\d+$/.test(labels.at(-1) ?? '')) {
    return refuse(`${shown} is neither a domain name nor an address`, 'write 192.0.2.7 or mail.example.com');
  }
  return accept(name as Domain);
}

function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

function toAscii(text: string): string | undefined {
  if (/[\p{Cc}\p{Cf}\p{Z}/:?#@\\[\]%]/u.test(text)) return undefined;
  return URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : undefined;
}
