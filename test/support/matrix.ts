/** The conformance matrix as a table: each row's right verdict, ours, and what npm dnsbl makes of the same answers. */
import { readFileSync } from 'node:fs';
import { lookupWithDnsbl } from './npm-dnsbl.ts';

export interface MatrixRow {
  readonly row: number;
  readonly behaviour: string;
  readonly right: string;
  readonly tempting: string;
  readonly ours: string;
  readonly dnsbl: string;
}

/**
 * What npm dnsbl's lookup says: `listed`, `not listed`, or `throws`; and whether that is right. It has no word for
 * unknown, so that it is wrong wherever unknown is right.
 */
export async function dnsblSays(server: string, zone: string, who: string, right: string): Promise<string> {
  const said = await lookupWithDnsbl(server, zone, who);
  const isRight = said === 'listed' ? /^listed (abuse|policy)/.test(right) : said === 'not listed' && right === 'clear';
  return `${said}${isRight ? '' : ' ✗'}`;
}

/** The row as it stands in docs/blocklists.md. */
export function documented({ row, behaviour, right, tempting, dnsbl }: MatrixRow): string {
  return `| ${row} | ${behaviour} | ${right} | ${tempting} | ${dnsbl.replace('✗', '(wrong)')} |`;
}

/** The page's lines; a row that isn't among them is printed by the test that misses it. */
export function documentedRows(): readonly string[] {
  return readFileSync(new URL('../../docs/blocklists.md', import.meta.url), 'utf8').split('\n');
}

export function printMatrix(rows: readonly MatrixRow[]): void {
  console.table(Object.fromEntries(rows.map(({ row, behaviour, ...rest }) => [`${row} ${behaviour}`, rest])));
  const right = rows.filter((each) => !each.dnsbl.endsWith('✗')).length;
  console.log(
    `npm dnsbl: ${right} of ${rows.length} right; ours: ${rows.filter((each) => each.ours === each.right).length}`,
  );
}
