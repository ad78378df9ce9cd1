/** Words that were said in a thread without being addressed to the bot. */
import { parseExact } from './exact.ts';
import type { CommandSpec } from './spec.ts';

/** They are meant for it where they are a command whole, or one that people don't begin a sentence with. */
export function isMeantUnasked(words: string, registry: readonly CommandSpec[]): boolean {
  const command = parseExact(words, registry);
  return command.kind === 'command' || (command.spec !== undefined && command.spec.risk !== 'look');
}
