/**
 * A file somebody dropped, fetched into the data folder.
 *
 * Rules: only from Microsoft's file hosts (the address is in the unsigned body of the activity), no redirect is followed,
 * at most 50 MB, in 9 s at most. Source: "Send and receive files": content type `…file.download.info`, its address is
 * signed and lasts some minutes; the bot's token is never sent there.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { foreign } from '../../../src/domain/foreign.ts';
import type { HeardFile } from '../../../src/ports/conversation.ts';
import type { Activity } from './activity.ts';
import { isHostOf, isLoopback } from './admission.ts';
import type { Door } from './admission.ts';
import { LIMITS } from './limits.ts';

const DOWNLOAD = 'application/vnd.microsoft.teams.file.download.info';

/** Where OneDrive and SharePoint hand files out, in the worldwide cloud. */
export const FILE_HOSTS = ['*.sharepoint.com', '*.svc.ms', '*.1drv.com', '*.onedrive.com'] as const;

const contentSchema = z.looseObject({ downloadUrl: z.string().max(4000) });

/** Fetches what was dropped. Throws an Error that says to the person what is wrong. */
export async function fetchDropped(activity: Activity, door: Door, folder: string): Promise<readonly HeardFile[]> {
  const dropped = (activity.attachments ?? []).filter((attachment) => attachment.contentType === DOWNLOAD);
  const files: HeardFile[] = [];
  for (const attachment of dropped.slice(0, 1)) {
    const name = attachment.name ?? 'file';
    const content = contentSchema.safeParse(attachment.content);
    if (!content.success) throw new Error('Teams named no address for the file. Drop it once more.');
    files.push(await fetchOne(content.data.downloadUrl, name, door, folder));
  }
  return files;
}

/** Whether files may be fetched from, or sent to, this address. */
export function isFileAddress(address: string, door: Door): boolean {
  const url = URL.parse(address);
  if (!url || url.username !== '') return false;
  if (door.kind === 'local') return isLoopback(url.hostname);
  if (door.hosts.includes(url.origin)) return true;
  return url.protocol === 'https:' && url.port === '' && isHostOf(url.hostname, FILE_HOSTS);
}

async function fetchOne(address: string, name: string, door: Door, folder: string): Promise<HeardFile> {
  if (!isFileAddress(address, door)) throw new Error('The file is not on a host of Microsoft 365; it was not fetched.');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > LIMITS.droppedBytes)
        done(new Error(`The file has more than ${LIMITS.droppedBytes / 1_000_000} MB; drop a smaller one.`));
      else done(null, chunk);
    },
  });
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(LIMITS.droppedMs) });
    if (!response.ok || !response.body)
      throw new Error(`Microsoft 365 answered ${response.status} for the file. Drop it once more.`);
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { name: foreign(name, 120), path, bytes };
}
