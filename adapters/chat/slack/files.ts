/**
 * Files: a document put beneath a message, and what a person has dropped, fetched into the data folder.
 *
 * Rules: a dropped file is fetched with the bot's token from Slack's own hosts alone, without following redirects, and is
 * at most 300 MB; its name on disk is ours. What stays longer than a day is swept.
 */
import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { foreign } from '../../../src/domain/foreign.ts';
import type { HeardFile, Utterance } from '../../../src/ports/conversation.ts';
import type { Place } from './place.ts';
import { textAt } from './record.ts';
import type { SlackWeb } from './web.ts';

/** Longest that is fetched, in bytes: a queue of a million messages (281 MB) fits. */
export const LARGEST_FILE = 300_000_000;
const KEEP_MS = 86_400_000;
const FETCH_MS = 120_000;

/** The three steps of Slack's upload (docs.slack.dev/messaging/working-with-files). Throws SlackTrouble. */
export async function uploadFile(web: SlackWeb, file: NonNullable<Utterance['file']>, place: Place): Promise<void> {
  const bytes = Buffer.byteLength(file.text);
  if (bytes === 0) return;
  const target = await web.call('files.getUploadURLExternal', { filename: file.name, length: bytes });
  await web.post(textAt(target, 'upload_url') ?? '', file.text, file.type);
  await web.call('files.completeUploadExternal', {
    files: [{ id: textAt(target, 'file_id'), title: file.name }],
    channel_id: place.channel,
    ...(place.thread !== undefined && { thread_ts: place.thread }),
  });
}

export interface DroppedFile {
  readonly name: string;
  readonly address: string;
  readonly bytes: number;
}

/** Fetches it. Throws an Error that says, to the person, why it can't be had. */
export async function fetchDropped(
  web: SlackWeb,
  token: string,
  file: DroppedFile,
  folder: string,
  id: string,
): Promise<HeardFile> {
  const shown = JSON.stringify(file.name.slice(0, 60));
  if (!web.isOurs(file.address))
    throw new Error(`${shown} is not kept by Slack itself; drop the file here instead of sharing it from elsewhere`);
  if (file.bytes > LARGEST_FILE)
    throw new Error(`${shown} has ${file.bytes} bytes; at most ${LARGEST_FILE} are read. Use bin/tq on the machine`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  sweep(folder);
  const path = join(folder, `dropped-${id.replaceAll(/[^A-Za-z0-9]/g, '').slice(-40)}`);
  const response = await fetch(file.address, {
    headers: { authorization: `Bearer ${token}` },
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_MS),
  });
  const page = /text\/html/.test(response.headers.get('content-type') ?? '') && !/\.html?$/i.test(file.name);
  if (!response.ok || response.body === null || page)
    throw new Error(
      `${shown} could not be fetched (${page ? 'Slack asks to sign in: the scope files:read is missing' : `status ${response.status}`})`,
    );
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > LARGEST_FILE ? new Error(`${shown} is longer than ${LARGEST_FILE} bytes`) : null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), bounded, createWriteStream(path, { mode: 0o600 }));
  return { name: foreign(file.name, 120), path, bytes };
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith('dropped-') && Date.now() - statSync(path).mtimeMs > KEEP_MS) rmSync(path, { force: true });
  }
}
