/**
 * The queue of a Postfix instance on disk. `postsuper` reads ids from its input and is told the hold queue alone, so that
 * a message that was released meanwhile is not deleted. It ends with 0 whatever it did (postsuper(1)).
 */
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Spool } from '../clean-measure.ts';
import { openSavedFolder } from '../spool.ts';
import type { Tools } from './tools.ts';

const LONG_MS = 120_000;

export function postfixSpool(tools: Tools): Spool {
  const { name, host, options } = tools;
  const superuser = async (words: readonly string[], ids: readonly string[], fence: number): Promise<void> => {
    const input = ids.map((id) => `${id}\n`).join('');
    const ran = await tools.run(['postsuper', ...words], { input, fence, deadlineMs: LONG_MS });
    if (ran.code !== 0 || /superuser|fatal/.test(ran.err))
      throw new HostUnknown(`postsuper on ${name} ended with ${ran.code}: ${ran.err.trim().slice(-300)}`);
  };
  const find = async (folder: string): Promise<readonly string[]> => {
    const ran = await tools.run(['find', folder, '-type', 'f', '-printf', '%p\\n'], { deadlineMs: LONG_MS });
    if (ran.code !== 0) throw new HostUnknown(`${folder} on ${name} can't be read: ${ran.err.trim().slice(-300)}`);
    return ran.out.split('\n').filter((each) => each !== '');
  };
  return {
    name,
    mta: 'postfix',
    mail: options.mail,
    saved: openSavedFolder(name, host),
    knowsLogins: true,
    givesBack: 'on hold',
    places: async () => {
      const places = [];
      for (const id of await tools.instances()) {
        const [spool = ''] = await tools.values(id, 'queue_directory');
        places.push({ id, spool });
      }
      return places;
    },
    list: (place, sink) => tools.list(place.id, sink),
    hold: (place, ids, fence) => superuser(['-c', place.id, '-h', '-'], ids, fence),
    filesOf: async (place, ids) => {
      const wanted = new Set<string>(ids);
      return (await find(`${place.spool}/hold`)).flatMap((path) => {
        const id = nameOf(path);
        return wanted.has(id) ? [{ id, path, name: id }] : [];
      });
    },
    remove: (place, ids, fence) => superuser(['-c', place.id, '-d', '-', 'hold'], ids, fence),
    pathOf: (place, saved) => `${place.spool}/hold/${saved}`,
    // A file that had to be copied has another inode: this gives it the id that belongs to that.
    adopt: (place, fence) => superuser(['-c', place.id, '-s', 'hold'], [], fence),
    idsOnDisk: async (place) => {
      const ids = new Set<string>();
      for (const queue of ['incoming', 'active', 'deferred', 'hold'])
        for (const path of await find(`${place.spool}/${queue}`)) ids.add(nameOf(path));
      return ids;
    },
    words: (place, ids) => ({
      engage: [`postsuper -c ${place.id} -h - (${ids})`, `postsuper -c ${place.id} -d - hold (the same ids)`],
      release: [`postsuper -c ${place.id} -s hold`],
    }),
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
