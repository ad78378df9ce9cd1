/**
 * Says what the outbox holds, through one surface.
 *
 * Rules: order per conversation; `DeliveryLater` waits as long as the platform asks and is tried again; `DeliveryNever`
 * is dropped and told to `lost`, so that the other surfaces can say it; any other error counts as "later" (5 s).
 */
import { DeliveryLater, DeliveryNever } from '../../src/ports/conversation.ts';
import type { Surface, Utterance } from '../../src/ports/conversation.ts';
import type { RedisOutbox } from './outbox.ts';

export interface Deliverer {
  /** Looks now; called when the outbox says that something changed. */
  nudge(): void;
  close(): Promise<void>;
}

const IDLE_MS = 500;

export function startDeliverer(
  outbox: RedisOutbox,
  address: string,
  surface: Surface,
  lost: (utterance: Utterance, why: string) => void,
): Deliverer {
  let closed = false;
  let wake: () => void = () => {};
  const loop = async (): Promise<void> => {
    while (!closed) {
      const said = await sayNext(outbox, address, surface, lost).catch(() => false);
      if (said || closed) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, IDLE_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return {
    nudge: () => wake(),
    close: async () => {
      closed = true;
      wake();
      await running;
    },
  };
}

async function sayNext(
  outbox: RedisOutbox,
  address: string,
  surface: Surface,
  lost: (utterance: Utterance, why: string) => void,
): Promise<boolean> {
  const pending = await outbox.take(address, Date.now());
  if (!pending) return false;
  const { utterance } = pending;
  try {
    const previous = await outbox.posted(address, utterance);
    const id = await surface.deliver(utterance, previous);
    if (!utterance.loud || previous === undefined) await outbox.keepPosted(address, utterance, id);
    await outbox.done(address, pending, Date.now());
  } catch (error) {
    if (error instanceof DeliveryNever) {
      lost(utterance, error.message);
      await outbox.done(address, pending, Date.now());
    } else {
      const wait = error instanceof DeliveryLater ? error.afterMs : 5000;
      await outbox.later(address, pending, Date.now() + wait);
    }
  }
  return true;
}
