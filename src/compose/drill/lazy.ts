/** The drills of this process; the simulated company is loaded when the first one begins. */
import type { Conversation, Utterance } from '../../ports/conversation.ts';
import type { Drills } from '../../ports/drills.ts';
import type { World } from '../../ports/world.ts';
import type { DrillHall } from './hall.ts';

export interface LazyDrills extends Drills {
  /** The world of the drill that is played in this conversation. */
  worldOf(conversation: Conversation): World | undefined;
  close(): void;
}

export function openDrills(speak: (utterance: Utterance) => Promise<void>, file: string | undefined): LazyDrills {
  let hall: DrillHall | undefined;
  const load = async (): Promise<DrillHall> => {
    const { openDrillHall } = await import('./hall.ts');
    return (hall ??= openDrillHall(speak, file));
  };
  return {
    list: async () => (await load()).list(),
    find: (conversation) => hall?.find(conversation),
    worldOf: (conversation) => hall?.worldOf(conversation),
    start: async (order, conversation, by) => (await load()).start(order, conversation, by),
    stop: async (conversation) => hall?.stop(conversation),
    close: () => hall?.close(),
  };
}
