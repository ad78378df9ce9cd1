/** `status`: how Tourniquet itself is. */
import { sayStatus } from '../src/messages/status.ts';
import type { CommandJob, Status } from './answer.ts';
import type { HouseholdLook } from '../src/ports/household.ts';

export const runStatus: CommandJob<'household'> = async (_request, world) => {
  const look = await world.household.look();
  return {
    status: statusOf(look),
    message: sayStatus(look),
    data: { schema: 'tourniquet.status/1', ...JSON.parse(JSON.stringify(look)) },
  };
};

function statusOf(look: HouseholdLook): Status {
  if (look.queue === undefined) return 'critical';
  if (look.resolvers.length > 0 && look.resolvers.every((resolver) => resolver.state !== 'answers')) return 'warning';
  if (look.canarySecondsAgo !== undefined && look.canarySecondsAgo > 60) return 'critical';
  return 'ok';
}
