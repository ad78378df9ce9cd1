/** The App Home: the board, published for one person. */
import type { Message } from '../../../src/messages/message.ts';
import { LIMITS } from './limits.ts';
import { NATIVE } from './render/block.ts';
import { renderSlack } from './render/render.ts';
import { SlackTrouble } from './web.ts';
import type { SlackWeb } from './web.ts';

/** Throws SlackTrouble. */
export async function publishHome(web: SlackWeb, user: string, board: Message): Promise<void> {
  const publish = (classic: boolean): Promise<unknown> => {
    const { blocks } = renderSlack(board, 'home', {
      refused: new Set(classic ? NATIVE : []),
      most: LIMITS.blocksOfView,
    });
    return web.call('views.publish', { user_id: user, view: { type: 'home', blocks } });
  };
  try {
    await publish(false);
  } catch (error) {
    if (!(error instanceof SlackTrouble) || error.kind !== 'content') throw error;
    await publish(true);
  }
}
