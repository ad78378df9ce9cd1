/** `status`: how Tourniquet itself is. */
import { judgeHousehold, sayStatus } from '../src/messages/status.ts';
import type { Tone } from '../src/messages/message.ts';
import type { CommandJob, Status } from './answer.ts';

export const runStatus: CommandJob<'household'> = async (_request, world) => {
  const look = await world.household.look();
  return {
    status: STATUS[judgeHousehold(look).tone],
    message: sayStatus(look),
    data: { schema: 'tourniquet.status/1', ...JSON.parse(JSON.stringify(look)) },
  };
};

const STATUS: Readonly<Record<Tone, Status>> = {
  good: 'ok',
  neutral: 'ok',
  warning: 'warning',
  critical: 'critical',
  unknown: 'unknown',
};
