/**
 * A drill as the real program prints it, for the documents: the whole, and an excerpt whose cuts are visible.
 *
 * The same scenario and seed give the same text to the byte; test/compose/drill/recording.test.ts fails while a document
 * shows another one, and `npm run record` writes it anew.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const COMMAND = ['drill', '--auto', '--scenario', 'infected-workstation', '--seed', '3'] as const;
const BEGIN = '<!-- recording: npm run record -->';
const END = '<!-- end of recording -->';

export interface Recording {
  readonly file: string;
  readonly part: (whole: string) => string;
}

export const RECORDINGS: readonly Recording[] = [
  { file: 'README.md', part: excerpt },
  { file: 'docs/drill-recorded.md', part: (whole) => whole },
];

/** Of the excerpt: what is said, and what others say, by how it begins after its time. */
const SHOWN = [
  /^tq> triage\n.*✖/,
  /^tq> do hunt/,
  /^tq> do quarantine-host/,
  /^DRILL ▲ Measure \d+: take .* off the network/,
  /^tq> do prove-stopped.*\n.*✔/,
];

/** Plays it, and gives what it prints without its last line, the JSON. Throws where it didn't end well. */
export function recordDrill(): string {
  const ran = spawnSync(join(import.meta.dirname, '../../bin/tq'), COMMAND, {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', TZ: 'Pacific/Auckland' },
  });
  if (ran.status !== 0) throw new Error(`tq ${COMMAND.join(' ')} ended with ${ran.status}: ${ran.stderr}`);
  const lines = ran.stdout.trimEnd().split('\n');
  return [`$ tq ${COMMAND.join(' ')}`, ...lines.slice(0, -1)].join('\n');
}

/** The document with this recording in place of the one it has. Throws where it has no place for one. */
export function withRecording(document: string, recording: string): string {
  const [before, rest] = halves(document, BEGIN);
  const [, after] = halves(rest, END);
  return `${before}${BEGIN}\n\n\`\`\`text\n${recording}\n\`\`\`\n\n${END}${after}`;
}

function halves(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`There is no ${mark} in it.`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** The first line, the chosen entries, and the score; what is left out is counted. */
function excerpt(whole: string): string {
  const [command = '', ...rest] = whole.split('\n');
  const entries = rest.join('\n').split(/\n\n(?=\d\d:\d\d |DRILL )/);
  const kept: string[] = [command];
  let left = 0;
  const count = (): void => {
    if (left > 0) kept.push(`[… ${left} more]`, '');
    left = 0;
  };
  for (const [index, entry] of entries.entries()) {
    const words = entry.replace(/^\d\d:\d\d /, '');
    if (index < entries.length - 1 && !SHOWN.some((wanted) => wanted.test(words))) left += 1;
    else {
      count();
      kept.push(entry, '');
    }
  }
  return kept.join('\n').trimEnd();
}
