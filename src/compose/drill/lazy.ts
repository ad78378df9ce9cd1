/** The drills of this process; the simulated company is loaded when the first one begins. */
import type { DrillMarks } from '../../../adapters/redis/drill-marks.ts';
import { placeOf } from '../../domain/drill/place.ts';
import type { Conversation } from '../../ports/conversation.ts';
import type { Drills } from '../../ports/drills.ts';
import type { World } from '../../ports/world.ts';
import type { DrillHall, HallNeeds } from './hall.ts';

export interface LazyDrills extends Drills {
  /** The world of the drill that is played in this conversation. */
  worldOf(conversation: Conversation): World | undefined;
  /** The name of the drill that is played here, or would be. */
  placeOf(conversation: Conversation): string;
  close(): void;
}

/** `marks`: told before a drill begins and after it ends, so that no other process takes what is said there for real. */
export function openDrills(needs: HallNeeds, marks: Pick<DrillMarks, 'set' | 'clear'>): LazyDrills {
  let hall: DrillHall | undefined;
  const load = async (): Promise<DrillHall> => {
    const { openDrillHall } = await import('./hall.ts');
    return (hall ??= openDrillHall(needs));
  };
  return {
    list: async () => (await load()).list(),
    find: (conversation) => hall?.find(conversation),
    worldOf: (conversation) => hall?.worldOf(conversation),
    placeOf: (conversation) => hall?.placeOf(conversation) ?? placeOf(conversation),
    start: async (order, conversation, by) => {
      const opened = await load();
      await marks.set(conversation);
      try {
        return await opened.start(order, conversation, by);
      } catch (error) {
        if (!opened.find(conversation)) await marks.clear(conversation);
        throw error;
      }
    },
    stop: async (conversation) => {
      const stopped = await hall?.stop(conversation);
      if (stopped) await marks.clear(conversation);
      return stopped;
    },
    close: () => hall?.close(),
  };
}
