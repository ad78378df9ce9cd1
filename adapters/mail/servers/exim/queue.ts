/**
 * Exim's queue on disk: a message is ID-D (its body, which must be there first) and ID-H (its envelope), perhaps ID-J.
 * A frozen message stays frozen when its files are put back: that stands in ID-H.
 */
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Spool } from '../clean-measure.ts';
import { openSavedFolder } from '../spool.ts';
import type { EximTools } from './tools.ts';

const LONG_MS = 120_000;
const BATCH = 500;
const FILE = /^(\w{6}-\w{6}-\w{2}|\w{6}-\w{11}-\w{4})-[DHJ]$/;

export function eximSpool(tools: EximTools): Spool {
  const { name, host, options } = tools;
  const each = async (option: string, ids: readonly string[], fence: number): Promise<void> => {
    for (let at = 0; at < ids.length; at += BATCH)
      // It ends with 1 where one of them is gone meanwhile; what is left is listed again.
      await tools.exim([option, ...ids.slice(at, at + BATCH)], { fence, deadlineMs: LONG_MS });
  };
  const find = async (folder: string): Promise<readonly string[]> => {
    const ran = await host.run(['find', folder, '-type', 'f', '-printf', '%p\\n'], { deadlineMs: LONG_MS });
    if (ran.code !== 0) throw new HostUnknown(`${folder} on ${name} can't be read: ${ran.err.trim().slice(-300)}`);
    return ran.out.split('\n').filter((path) => FILE.test(nameOf(path)));
  };
  return {
    name,
    mta: 'exim',
    mail: options.mail,
    saved: openSavedFolder(name, host),
    knowsLogins: true,
    givesBack: 'on hold',
    places: async () => [{ id: name, spool: await tools.option('spool_directory') }],
    list: (_place, sink) => tools.list(sink),
    hold: (_place, ids, fence) => each('-Mf', ids, fence),
    filesOf: async (place, ids) => {
      const wanted = new Set<string>(ids);
      return (await find(`${place.spool}/input`)).flatMap((path) => {
        const file = nameOf(path);
        const id = file.slice(0, -2);
        return wanted.has(id) ? [{ id, path, name: file }] : [];
      });
    },
    remove: (_place, ids, fence) => each('-Mrm', ids, fence),
    // Looked for here too where split_spool_directory is set (spec.txt, "split_spool_directory").
    pathOf: (place, saved) => `${place.spool}/input/${saved}`,
    adopt: async () => {},
    idsOnDisk: async (place) => new Set((await find(`${place.spool}/input`)).map((path) => nameOf(path).slice(0, -2))),
    words: (_place, ids) => ({ engage: [`exim -Mf ${ids}`, 'exim -Mrm (the same ids)'], release: [] }),
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
