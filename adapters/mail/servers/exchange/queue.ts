/**
 * Exchange's queues as a spool that is cleaned: suspended, exported to files, removed without a report to the sender; by
 * identity alone, through clean.ps1.
 *
 * Rules:
 * 1. Who logged in isn't in a queue of Exchange: it is not selected by.
 * 2. What is given back goes through the Replay directory: it gets another identity, and is sent at once unless the server
 *    is frozen.
 */
import { readExchangeLine } from '../../../../src/domain/queues/exchange-json.ts';
import type { QueuedMessage } from '../../../../src/domain/queues/message.ts';
import { parseQueueId } from '../../../../src/domain/queues/queue-id.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { MailServer } from '../../../../src/ports/mail-server.ts';
import type { Spool, SpoolPlace } from '../clean-measure.ts';
import type { SavedFolder } from '../spool.ts';
import { callFile } from './powershell.ts';

const LISTING_MS = 120_000;
/** Of the base64 of one call: a command line of Windows has 8,191 characters at most. */
const LONGEST_NAMES = 5600;
/** Never mistaken for a path of a file system of ours: the folder is the PowerShell file's own. */
const FOLDER = 'C:/ProgramData/tourniquet/queue';

type Step = 'Look' | 'Begin' | 'Suspend' | 'Save' | 'Remove' | 'Finish' | 'BeginReturn' | 'Return' | 'Forget';

export function exchangeSpool(name: string, host: Host, scripts: string, mail: MailServer): Spool {
  const step = (tag: string, what: Step, more: { names?: readonly string[]; fence?: number } = {}) =>
    callFile(host, name, `${scripts}/measures/clean.ps1`, {
      Do: what,
      Tag: tag,
      ...(more.names && more.names.length > 0 && { Names: encoded(more.names) }),
      ...(more.fence !== undefined && { Fence: String(more.fence) }),
    });
  /** In as many calls as it takes; at least one. */
  const each = async (tag: string, what: Step, names: readonly string[], fence: number): Promise<void> => {
    const parts = inParts(names);
    for (const part of parts.length > 0 ? parts : [[]]) await step(tag, what, { names: part, fence });
  };
  const listed = async (): Promise<readonly QueuedMessage[]> => {
    const found: QueuedMessage[] = [];
    let line = 0;
    for await (const lines of mail.listing(LISTING_MS))
      for (const text of lines) {
        line += 1;
        const sink = { message: (message: QueuedMessage) => void found.push(message), malformed: () => {} };
        readExchangeLine(text, line, sink);
      }
    return found.filter(({ id }) => parseQueueId(id, 'exchange').kind === 'ok');
  };
  const saved: SavedFolder = {
    look: async (folder) => {
      const found = await step(tagOf(folder), 'Look');
      const isThere = found.find(({ kind }) => kind === 'Folder');
      if (!isThere) return undefined;
      const named = (kind: string): readonly string[] => found.filter((one) => one.kind === kind).map(({ id }) => id);
      return { names: named('Saved'), list: isThere.value === 'True' ? named('Listed') : undefined };
    },
    save: async (folder, files, fence) => {
      if (files.length === 0) await step(tagOf(folder), 'Begin', { fence });
      else
        await each(
          tagOf(folder),
          'Save',
          files.map(([id]) => id),
          fence,
        );
    },
    finish: async (folder, _names, fence) => void (await step(tagOf(folder), 'Finish', { fence })),
    beginReturn: async (folder, fence) => void (await step(tagOf(folder), 'BeginReturn', { fence })),
    putBack: (folder, files, fence) =>
      each(
        tagOf(folder),
        'Return',
        files.map(([file]) => file),
        fence,
      ),
    forget: async (folder, fence) => void (await step(tagOf(folder), 'Forget', { fence })),
  };
  return {
    name,
    mta: 'exchange',
    mail,
    saved,
    knowsLogins: false,
    givesBack: 'to be sent anew, at once unless the server is frozen',
    places: async () => [{ id: name, spool: FOLDER }],
    list: async (_place, sink) => {
      for (const message of await listed()) sink.message(message);
    },
    hold: (_place, ids, fence, tag) => each(tag, 'Suspend', ids, fence),
    filesOf: async (_place, ids) => ids.map((id) => ({ id, path: id, name: fileOf(id) })),
    remove: (_place, ids, fence, tag) => each(tag, 'Remove', ids, fence),
    pathOf: (_place: SpoolPlace, file) => file,
    adopt: async () => {},
    idsOnDisk: async () => new Set((await listed()).map(({ id }) => id)),
    words: (_place, ids) => ({
      engage: [`Suspend-Message -Identity (${ids})`, 'Remove-Message -Identity (the same ids) -WithNDR $false'],
      release: [`move them to the Replay directory of ${name}`],
    }),
  };
}

function fileOf(id: string): string {
  return `${id.replaceAll('\\', '_')}.eml`;
}

function tagOf(folder: string): string {
  return folder.split('/').at(-1) ?? '';
}

function encoded(names: readonly string[]): string {
  return Buffer.from(JSON.stringify(names)).toString('base64');
}

function inParts(names: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  for (const name of names) {
    const last = parts.at(-1);
    if (last && encoded([...last, name]).length <= LONGEST_NAMES) last.push(name);
    else parts.push([name]);
  }
  return parts;
}
