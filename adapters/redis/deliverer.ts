/**
 * Says what the outbox holds, through one surface.
 *
 * Rules: order per conversation; `DeliveryLater` waits as long as the platform asks and is tried again; `DeliveryNever`
 * is dropped and told to `lost`, so that the other surfaces can say it; any other error counts as "later" (5 s).
 */
import { DeliveryLater, DeliveryNever } from '../../src/ports/conversation.ts';
import type { Surface, Utterance } from '../../src/ports/conversation.ts';
import { RENEW_MS } from './outbox.ts';
import type { RedisOutbox } from './outbox.ts';

export interface Deliverer {
  /** Looks now; called when the outbox says that something changed. */
  nudge(): void;
  close(): Promise<void>;
}

const IDLE_MS = 500;
/** Conversations that are spoken in at the same time: one that is slow holds up no other. */
const LANES = 4;

export function startDeliverer(
  outbox: RedisOutbox,
  address: string,
  surface: Surface,
  lost: (utterance: Utterance, why: string) => void,
): Deliverer {
  let closed = false;
  const wakes = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of wakes) wake();
  };
  const lane = async (): Promise<void> => {
    while (!closed) {
      const said = await sayNext(outbox, address, surface, lost).catch(() => false);
      if (said || closed) continue;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          wakes.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, IDLE_MS);
        wakes.add(wake);
      });
    }
  };
  const running = Promise.all(Array.from({ length: LANES }, lane));
  return {
    nudge: wakeAll,
    close: async () => {
      closed = true;
      wakeAll();
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
  const keeping = setInterval(() => void outbox.renew(address, pending, Date.now()).catch(() => {}), RENEW_MS);
  try {
    const previous = await outbox.posted(address, utterance);
    const id = await surface.deliver(utterance, previous);
    if (utterance.as !== undefined) await outbox.keepPosted(address, { ...utterance, key: utterance.as }, id);
    if (!utterance.loud || previous === undefined) await outbox.keepPosted(address, utterance, id);
    clearInterval(keeping);
    await outbox.done(address, pending, Date.now());
  } catch (error) {
    clearInterval(keeping);
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
