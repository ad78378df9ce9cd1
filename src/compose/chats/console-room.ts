/** The console's main room: what the house says of its own accord stands there too, while one runs on this data folder. */
import { existsSync } from 'node:fs';
import { addressFile } from '../../../adapters/chat/web/address.ts';
import type { Conversation } from '../../ports/conversation.ts';
import { folderId } from '../folder-id.ts';
import type { Settings } from '../settings.ts';

export function roomsOfConsole({ dataFolder }: Settings): readonly Conversation[] {
  return existsSync(addressFile(dataFolder)) ? [{ surface: 'web', id: `${folderId(dataFolder)}/main` }] : [];
}
