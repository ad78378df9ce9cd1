/**
 * `npm run gallery [NAME[/PICTURE] …] [--out FOLDER]`: every kind of message as the platforms' own renderers show it, as
 * pictures; or one picture, such as slack/check.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const WALLS: Readonly<
  Record<string, () => Promise<{ hang(folder: string, only?: string): Promise<readonly string[]> }>>
> = {
  console: () => import('./console.ts'),
  slack: () => import('./slack.ts'),
  teams: () => import('./teams.ts'),
};

const words = process.argv.slice(2);
const at = words.indexOf('--out');
const folder = resolve(at < 0 ? join(import.meta.dirname, '..', 'gallery-out') : (words[at + 1] ?? '.'));
const wanted = words.filter((word, index) => at < 0 || (index !== at && index !== at + 1));
mkdirSync(folder, { recursive: true });
for (const name of wanted.length > 0 ? wanted : Object.keys(WALLS)) {
  const [wall = '', only] = name.split('/');
  const load = WALLS[wall];
  if (!load) throw new Error(`There is no gallery ${wall}; there are ${Object.keys(WALLS).join(', ')}.`);
  for (const file of await (await load()).hang(folder, only)) process.stdout.write(`${file}\n`);
}
