/**
 * Saved messages of a cleaned queue: fixed scripts that take everything as positional parameters and lines of input.
 *
 * The folder lies beside the spool, on the same file system where that can be: a message is saved by a second link to its
 * own file, so that it keeps its inode, which Postfix makes its short ids of. Elsewhere it is copied.
 */
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host, Ran } from '../../../src/ports/host.ts';

const DEADLINE_MS = 120_000;
const NO_FOLDER = 66;

/** Input: a path and the name to save it under, with a tab between. */
const SAVE = `set -e; umask 077; mkdir -p "$1"; cd "$1"
while IFS="$(printf '\\t')" read -r path name; do
  [ -e "$name" ] && continue
  rm -f ".new"; ln -- "$path" ".new" 2>/dev/null || cp -p -- "$path" ".new"; mv -f ".new" "$name"
done
sync -f .`;

/** Input: the names that were saved. */
const FINISH = `set -e; umask 077; cd "$1"; cat > .list.new; sync .list.new; mv -f .list.new .list`;

/** From here on a saved file that is gone has been put back, not been taken by somebody. */
const BEGIN_RETURN = `cd "$1" && { [ ! -e .list ] || mv -f .list .returning; }`;

/** Input: a saved name and the path to put it to. What is there already is never overwritten. */
const RETURN = `set -e; cd "$1"
while IFS="$(printf '\\t')" read -r name path; do
  [ -e "$name" ] || continue
  if [ "$name" -ef "$path" ]; then rm -f -- "$name"
  elif [ -e "$path" ]; then echo "another message has the name $path by now; $1/$name is kept" >&2; exit 73
  else mv -- "$name" "$path"; fi
done
sync -f .`;

const FORGET = `cd "$1" && rm -f .returning .list .new .list.new && cd / && rmdir "$1"`;

const LOOK = `[ -d "$1" ] || exit ${NO_FOLDER}
cd "$1" && ls -A && echo "=== list" && { cat .list 2>/dev/null || true; }`;

export interface Saved {
  /** The files that are there now. */
  readonly names: readonly string[];
  /** What was saved in the end; undefined while it is not finished, or is being put back. */
  readonly list: readonly string[] | undefined;
}

export interface SavedFolder {
  look(folder: string): Promise<Saved | undefined>;
  save(folder: string, files: readonly (readonly [path: string, name: string])[], fence: number): Promise<void>;
  finish(folder: string, names: readonly string[], fence: number): Promise<void>;
  beginReturn(folder: string, fence: number): Promise<void>;
  putBack(folder: string, files: readonly (readonly [name: string, path: string])[], fence: number): Promise<void>;
  forget(folder: string, fence: number): Promise<void>;
}

export function openSavedFolder(name: string, host: Host): SavedFolder {
  const script = async (text: string, folder: string, lines: readonly string[], fence?: number): Promise<Ran> => {
    const input = lines.map((line) => `${line}\n`).join('');
    const ran = await host.run(['sh', '-c', text, 'tourniquet', folder], {
      deadlineMs: DEADLINE_MS,
      input,
      ...(fence !== undefined && { fence }),
    });
    if (ran.code !== 0 && ran.code !== NO_FOLDER)
      throw new HostUnknown(`${folder} on ${name}: ${ran.err.trim().slice(-300)}`);
    return ran;
  };
  const tabbed = (pairs: readonly (readonly [string, string])[]) => pairs.map((pair) => pair.join('\t'));
  return {
    look: async (folder) => {
      const ran = await script(LOOK, folder, []);
      if (ran.code === NO_FOLDER) return undefined;
      const [files = '', list = ''] = ran.out.split('=== list\n');
      const names = files.split('\n').filter((each) => each !== '');
      return {
        names: names.filter((each) => !each.startsWith('.')),
        list: names.includes('.list') ? list.split('\n').filter((each) => each !== '') : undefined,
      };
    },
    save: async (folder, files, fence) => void (await script(SAVE, folder, tabbed(files), fence)),
    finish: async (folder, names, fence) => void (await script(FINISH, folder, names, fence)),
    beginReturn: async (folder, fence) => void (await script(BEGIN_RETURN, folder, [], fence)),
    putBack: async (folder, files, fence) => void (await script(RETURN, folder, tabbed(files), fence)),
    forget: async (folder, fence) => void (await script(FORGET, folder, [], fence)),
  };
}
