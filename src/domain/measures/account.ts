/** The name of a login, read at the door: nothing that a program would take for a flag, a path or a second line. */
import { accept, refuse } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';

/** A login of at most 254 characters, or DOMAIN\user. */
export function readAccount(text: string): Parsed<string> {
  if (/^[A-Za-z0-9][A-Za-z0-9._+@-]{0,253}$/.test(text)) return accept(text);
  // DOMAIN\user of Windows.
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,62}\\[A-Za-z0-9._$-]{1,64}$/.test(text)) return accept(text);
  const isFlag = text.startsWith('-');
  return refuse(
    `${JSON.stringify(text.slice(0, 60))} is not the name of an account${isFlag ? ': a program would take it for an option' : ''}`,
    'write a login: letters, digits, and . _ + @ - inside, not at its beginning',
  );
}
