/**
 * The one block that all disabled accounts of a server share, so that each can be taken back alone and in any order.
 *
 * Its notes name each account with its measure, such as `# tq7 alice`; the line below is made of them.
 */
import { blocksOf, differencesOf, withoutBlocks } from '../../../src/domain/measures/marked-block.ts';
import type { BlockState } from '../../../src/domain/measures/marked-block.ts';

export const ACCOUNTS_TAG = 'accounts';

export interface DisabledAccount {
  readonly tag: string;
  readonly account: string;
}

export interface AccountsForm {
  /** The text with one block that names these accounts and refuses them; `text` has none yet, the list isn't empty. */
  put(text: string, accounts: readonly DisabledAccount[]): string;
}

export function noteOf({ tag, account }: DisabledAccount): string {
  return `# ${tag} ${account}`;
}

export function accountsIn(text: string): readonly DisabledAccount[] {
  return blocksOf(text, ACCOUNTS_TAG)
    .flat()
    .flatMap((line) => {
      const [, tag, account] = /^# (\S+) (\S+)$/.exec(line) ?? [];
      return tag === undefined || account === undefined ? [] : [{ tag, account }];
    });
}

export function withAccount(text: string, added: DisabledAccount, form: AccountsForm): string {
  const others = accountsIn(text).filter((each) => each.tag !== added.tag);
  return form.put(withoutBlocks(text, ACCOUNTS_TAG), [...others, added]);
}

export function withoutAccount(text: string, tag: string, form: AccountsForm): string {
  const left = accountsIn(text).filter((each) => each.tag !== tag);
  const bare = withoutBlocks(text, ACCOUNTS_TAG);
  return left.length === 0 ? bare : form.put(bare, left);
}

export function judgeAccounts(now: string, before: string, mine: DisabledAccount, form: AccountsForm): BlockState {
  const others = differencesOf(withoutBlocks(before), withoutBlocks(now));
  const accounts = accountsIn(now);
  const named = accounts.some((each) => each.tag === mine.tag && each.account === mine.account);
  const blocks = blocksOf(now, ACCOUNTS_TAG);
  const meant =
    accounts.length === 0 ? [] : blocksOf(form.put(withoutBlocks(now, ACCOUNTS_TAG), accounts), ACCOUNTS_TAG);
  const own = differencesOf(meant.flat().join('\n'), blocks.flat().join('\n'));
  if (!named && own.length === 0) return { kind: 'absent', others };
  const differences = [...own, ...others];
  return differences.length === 0 ? { kind: 'ours' } : { kind: 'changed', differences };
}
