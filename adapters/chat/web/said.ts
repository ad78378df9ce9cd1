/** What a page hands in, parsed once at the door. */
import { accept, refuse } from '../../../src/domain/parsed.ts';
import type { Parsed } from '../../../src/domain/parsed.ts';

export interface FromPage {
  /** Made by the page; the same for what is handed in again because no answer came. */
  readonly id: string;
  readonly room: string;
  readonly said:
    | { readonly kind: 'words'; readonly text: string }
    | {
        readonly kind: 'pressed';
        readonly label: string;
        readonly command: string;
        readonly nonce?: string;
        readonly key: string;
      };
}

const MOST_WORDS = 4000;

export function parseSaid(body: string): Parsed<FromPage> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return refuse('the page did not send JSON', 'load it again');
  }
  const read = (name: string): string | undefined => {
    const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    return typeof field === 'string' && field.length <= MOST_WORDS ? field : undefined;
  };
  const [id, room, text, command, nonce] = ['id', 'room', 'text', 'command', 'nonce'].map(read);
  if (id === undefined || !/^[\w-]{8,64}$/.test(id)) return refuse('what was said has no id', 'load the page again');
  if (room === undefined || !/^[a-z0-9][a-z0-9-]{0,39}$/.test(room))
    return refuse('what was said has no room', 'load the page again');
  if (text !== undefined && text.trim() !== '') return accept({ id, room, said: { kind: 'words', text: text.trim() } });
  const key = read('key');
  if (command === undefined || command === '' || key === undefined)
    return refuse('nothing was said', `write up to ${MOST_WORDS} characters`);
  const label = read('label') ?? command;
  return accept({ id, room, said: { kind: 'pressed', label, command, key, ...(nonce !== undefined && { nonce }) } });
}
