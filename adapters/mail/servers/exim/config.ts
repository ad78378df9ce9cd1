/**
 * Exim's configuration (spec.txt, chapter "The Exim run time configuration file"): where a block belongs in it.
 *
 * A block goes into the configuration itself, or, where the line was prepared, into a file that it includes:
 * `.include_if_exists /etc/exim4/tourniquet-routers.conf` as the first line after `begin routers`, and
 * `.include_if_exists /etc/exim4/tourniquet-acl.conf` as the first line of the ACL for RCPT.
 */
import { putBlock } from '../../../../src/domain/measures/marked-block.ts';

/** The path of a prepared file, or undefined. */
export function preparedFile(config: string, part: 'routers' | 'acl'): string | undefined {
  return new RegExp(`^\\s*\\.include_if_exists\\s+(/\\S*tourniquet-${part}\\S*)\\s*$`, 'm').exec(config)?.[1];
}

/** The configuration as Exim reads it with this text in the prepared file. */
export function withIncluded(config: string, path: string, text: string): string {
  return config
    .split('\n')
    .map((line) => (line.includes('.include_if_exists') && line.trim().endsWith(path) ? text : line))
    .join('\n');
}

export function hasList(config: string, name: string): boolean {
  return new RegExp(`^\\s*domainlist\\s+${name}\\s*=`, 'm').test(config);
}

/** Puts the lines first after `begin SECTION`; a section that isn't there is made at the end. */
export function putFirstIn(text: string, section: string, tag: string, lines: readonly string[]): string {
  const all = text.split('\n');
  const begin = all.findIndex((line) => new RegExp(`^\\s*begin\\s+${section}\\s*$`).test(line));
  return begin === -1
    ? putBlock(text, { tag, lines: [`begin ${section}`, ...lines] }, all.length)
    : putBlock(text, { tag, lines }, begin + 1);
}

/** Puts the lines first in the named ACL, or undefined where there is none of that name. */
export function putFirstInAcl(text: string, acl: string, tag: string, lines: readonly string[]): string | undefined {
  const label = text.split('\n').findIndex((line) => new RegExp(`^\\s*${acl}\\s*:\\s*$`).test(line));
  return label === -1 ? undefined : putBlock(text, { tag, lines }, label + 1);
}
