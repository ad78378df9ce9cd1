/** Whose open sessions are, where the server's log tells; which of them end with an account that is disabled. */
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { mayBeSameLogin } from '../../../src/domain/logs/same-login.ts';
import type { Connection } from './connections.ts';
import type { Moment } from './processes.ts';

export interface OpenSession {
  readonly connection: Connection;
  readonly began: Moment;
  /** The logins that it has handed in messages with; none: it isn't known. */
  readonly logins: readonly string[];
}

export interface Sessions {
  readonly open: readonly OpenSession[];
  /** Why nothing is known of any; one sentence without a full stop. */
  readonly blind?: string;
}

/** The log names other logins and none that may be this one. */
export function isOthers({ logins }: OpenSession, disabled: string): boolean {
  return logins.length > 0 && !logins.some((each) => mayBeSameLogin(each, disabled));
}

/** Which of the open sessions end, and why. */
export function sayWhatEnds(seen: readonly Sessions[], account: string, where: string): Phrase {
  const open = seen.flatMap((each) => each.open);
  const left = open.filter((each) => isOthers(each, account)).length;
  const own = open.filter((each) => each.logins.length > 0).length - left;
  const blind = seen.find((each) => each.blind !== undefined)?.blind;
  const ends = say`ends ${open.length - left} of the ${open.length} sessions that are open on ${where}`;
  const whose =
    blind === undefined
      ? say`: ${own} of ${foreign(account)}, ${open.length - left - own} whose login has sent nothing yet; leaves ${left} of other logins`
      : say`, as it can't be seen whose they are (${foreign(blind, 200)})`;
  return [...ends, ...whose, '; clients come back by themselves, and nothing accepted is lost'];
}
