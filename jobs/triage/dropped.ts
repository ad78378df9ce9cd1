/** What a file is that somebody dropped into a conversation: one of our own JSONs, a site's configuration, else a listing. */
import type { Files } from '../../src/ports/files.ts';

export type FileOption = 'listings' | 'queue' | 'evidence' | 'site' | 'dump';

const LONGEST_LINE = 4_000_000;
/** Lines that are looked at: our own JSON names its schema among the first. */
const FIRST_LINES = 20;
const SCHEMAS = { check: 'listings', queue: 'queue', evidence: 'evidence' } as const;

/** The files of a request with the dropped one under the option that it is for. Throws as `Files` does. */
export async function placeDropped(
  given: Readonly<Record<string, string>>,
  files: Files,
): Promise<Readonly<Record<string, string>>> {
  const { dropped, ...named } = given;
  return dropped === undefined ? given : { ...named, [await optionFor(dropped, files)]: dropped };
}

async function optionFor(path: string, files: Files): Promise<FileOption> {
  let seen = 0;
  for await (const lines of files.lines(path, LONGEST_LINE)) {
    for (const line of lines) {
      const schema = /"schema"\s*:\s*"tourniquet\.(check|queue|evidence)\/1"/.exec(line?.slice(0, 10_000) ?? '')?.[1];
      if (schema === 'check' || schema === 'queue' || schema === 'evidence') return SCHEMAS[schema];
      if (line?.startsWith('sites:') === true) return 'site';
      seen += 1;
      if (seen >= FIRST_LINES) return 'dump';
    }
  }
  return 'dump';
}
