/** A drill played in this terminal: its chat, with the drill begun as if somebody had said so. */
import type { Command } from '../../commands/parse.ts';
import { optionOf } from '../../commands/spec.ts';
import { chatHere } from '../shell-only.ts';

export async function playAtTerminal(
  command: Command,
  order: { readonly scenario: string; readonly seed: number; readonly speed: number },
  file: string | undefined,
): Promise<number> {
  const words = `drill start ${order.scenario} --seed ${order.seed} --speed ${order.speed}`;
  return chatHere(optionOf(command.spoken, 'config'), words, file);
}
