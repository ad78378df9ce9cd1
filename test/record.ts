/** `npm run record`: plays the recorded drill anew and writes it into the documents that show it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDINGS, recordDrill, withRecording } from './support/recording.ts';

const root = join(import.meta.dirname, '..');
const played = recordDrill();
for (const { file, part } of RECORDINGS) {
  const path = join(root, file);
  writeFileSync(path, withRecording(readFileSync(path, 'utf8'), part(played)));
  process.stdout.write(`${file}\n`);
}
