/**
 * One press that reached the house twice, because a finger trembled or the chat seemed slow: the first counts.
 *
 * Rules:
 * 1. The same person, button and message within two seconds is one press. At a keyboard nobody presses twice by chance.
 * 2. Where the first came to nothing (the queue was down), the second is a press of its own.
 * 3. It is remembered by this process alone: what is forgotten is carried out once more, never swallowed.
 */
import type { Heard, HearResult } from '../src/ports/conversation.ts';

const TOGETHER_MS = 2000;
const MOST = 1000;

export interface DoublePress {
  /** What `work` comes to, or that another press has come to it already. */
  once(heard: Heard, work: () => Promise<HearResult>): Promise<HearResult>;
}

export function openDoublePress(): DoublePress {
  const pressed = new Map<string, { readonly id: string; readonly at: number; readonly result: Promise<HearResult> }>();
  return {
    once: async (heard, work) => {
      const button = buttonOf(heard);
      if (button === undefined) return work();
      const before = pressed.get(button);
      const isSecond = before !== undefined && before.id !== heard.id && heard.at - before.at < TOGETHER_MS;
      if (isSecond && (await before.result).kind !== 'refused') return { kind: 'duplicate' };
      const result = work();
      pressed.delete(button);
      pressed.set(button, { id: heard.id, at: heard.at, result });
      const [oldest] = pressed.keys();
      if (pressed.size > MOST && oldest !== undefined) pressed.delete(oldest);
      return result;
    },
  };
}

function buttonOf({ said, actor, conversation }: Heard): string | undefined {
  if (said.kind !== 'pressed' || conversation.surface === 'terminal' || conversation.surface === 'shell')
    return undefined;
  return JSON.stringify([actor.surface, actor.id, conversation.id, said.messageKey, said.command, said.nonce]);
}
