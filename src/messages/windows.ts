import type { Support, WindowsVersion } from '../domain/windows/versions.ts';
import { message, text } from './message.ts';
import type { Message } from './message.ts';

/** Which Windows it is, and whether it still gets updates. */
export function sayWindows(found: WindowsVersion, support: Support): Message {
  const both = found.server !== undefined && found.server !== found.family;
  const name = both ? `${found.family}, or ${found.server ?? ''}` : found.family;
  return message(
    support === 'supported' ? 'good' : support === 'ended' ? 'warning' : 'unknown',
    `${found.version} is ${name}${found.newer ? ' (its build is newer than any known here)' : ''}.`,
    text(supportInWords(found, support)),
  );
}

function supportInWords(found: WindowsVersion, support: Support): string {
  switch (support) {
    case 'supported':
      return 'It is supported.';
    case 'ended':
      return `Its support ended${found.ends === undefined ? '' : ` on ${found.ends}`}: it gets no more updates and belongs off the network.`;
    case 'unknown':
      return found.server === undefined
        ? 'Whether it is supported is not known here.'
        : `The workstation’s support ended on ${found.ends ?? 'an unknown day'}; the server’s goes until ${found.serverEnds ?? 'an unknown day'}. See which of the two it is.`;
    default:
      return support satisfies never;
  }
}
