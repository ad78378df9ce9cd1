/**
 * A document for the people in the conversation.
 *
 * In a private chat Teams asks the person for consent, then names an address of their OneDrive to upload to. In channels
 * and groups bots can't send files ("Send and receive files", Teams documentation): there the text itself is posted, cut
 * visibly (report.ts). What waits for consent is kept in the data folder, so that it outlives a restart.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Utterance } from '../../../src/ports/conversation.ts';
import { card } from './card.ts';
import type { Connector } from './connector.ts';
import type { Place } from './place.ts';
import { documentAsCard } from './report.ts';
import { textElement } from './text.ts';

type Document = NonNullable<Utterance['file']>;

export interface Consents {
  /** Keeps it; returns its id. */
  keep(document: Document): Promise<string>;
  /** Takes it out; undefined where there is none (any more). */
  take(id: string): Promise<Document | undefined>;
}

const CONSENT = 'application/vnd.microsoft.teams.card.file.consent';

export function openConsents(folder: string): Consents {
  const path = (id: string): string => join(folder, `${id}.json`);
  return {
    keep: async (document) => {
      const id = randomUUID();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(path(id), JSON.stringify(document), { mode: 0o600 });
      return id;
    },
    take: async (id) => {
      if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
      try {
        const document: Document = JSON.parse(await readFile(path(id), 'utf8'));
        await rm(path(id), { force: true });
        return document;
      } catch {
        return undefined;
      }
    },
  };
}

export async function sendFile(
  document: Document,
  place: Place,
  needs: { readonly connector: Connector; readonly consents: Consents },
): Promise<void> {
  const attachment = place.kind === 'personal' ? await consentFor(document, needs.consents) : textOf(document);
  const activity = {
    type: 'message',
    conversation: { id: place.address },
    summary: document.name,
    attachments: [attachment],
  };
  await needs.connector.post(place.serviceUrl, place.address, activity);
}

async function consentFor(document: Document, consents: Consents): Promise<object> {
  const id = await consents.keep(document);
  return {
    contentType: CONSENT,
    name: document.name,
    content: {
      description: 'A document of Tourniquet',
      sizeInBytes: Buffer.byteLength(document.text),
      acceptContext: { document: id },
      declineContext: { document: id },
    },
  };
}

function textOf(document: Document): object {
  const { elements, left } = documentAsCard(document);
  const rest =
    left > 0 ? [textElement([`… ${left} more lines: ask for it in a private chat`], { isSubtle: true }, 120)] : [];
  const head = textElement([document.name], { weight: 'Bolder' }, 120);
  return {
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: card([head, ...elements, ...rest], document.name),
  };
}
