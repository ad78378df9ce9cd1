/**
 * Whether a person belongs here: guests and people of other organisations are refused unless they are named.
 *
 * Teams doesn't say in an activity who is a guest; the roster does (`userRole`, `tenantId`). People of the configuration
 * are named and not asked about. Where the roster can't be asked, that is not a yes.
 */
import type { Activity } from './activity.ts';
import type { Connector } from './connector.ts';
import type { Door } from './admission.ts';
import { baseOf } from './reference.ts';
import { put } from './shown.ts';

export interface Membership {
  /** What to tell the person who isn't let in; undefined: they are. */
  refuse(activity: Activity, actor: string): Promise<string | undefined>;
}

const KEEP_MS = 300_000;

/** `isNamed`: in tourniquet.yaml, by tenant and object id. `now` in milliseconds that never jump. */
export function openMembership(
  door: Door,
  connector: Connector,
  isNamed: (actor: string) => boolean,
  now: () => number,
): Membership {
  const known = new Map<string, { readonly at: number; readonly refused: string | undefined }>();
  return {
    async refuse(activity, actor) {
      if (door.kind === 'local' || isNamed(actor)) return undefined;
      const before = known.get(actor);
      if (before && now() - before.at < KEEP_MS) return before.refused;
      try {
        const refused = await look(activity, door.tenantId, connector);
        put(known, actor, { at: now(), refused });
        return refused;
      } catch {
        return 'Teams could not say whether you are a guest here, so nothing was done. Try again in a minute, or have an admin name you in tourniquet.yaml.';
      }
    },
  };
}

async function look(activity: Activity, tenantId: string, connector: Connector): Promise<string | undefined> {
  const { serviceUrl, conversation, from } = activity;
  const member = await connector.member(serviceUrl ?? '', baseOf(conversation.id), from?.id ?? '');
  const other = member.tenantId !== undefined && member.tenantId.toLowerCase() !== tenantId.toLowerCase();
  const guest = member.role === 'guest' || member.role === 'anonymous' || /#EXT#/i.test(member.principal ?? '');
  return other || guest
    ? 'Guests and people of other organisations may not use Tourniquet here. An admin can name you in tourniquet.yaml (chat.teams.guests).'
    : undefined;
}
