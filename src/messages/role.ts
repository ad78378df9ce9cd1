/** Why somebody may not, and how they could. */
import type { CommandSpec, Role } from '../commands/spec.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { Actor } from '../ports/conversation.ts';

export function sayRoleMissing(
  spec: Pick<CommandSpec, 'name' | 'role'>,
  role: Role | 'nobody',
  { groupsUnknown }: Pick<Actor, 'groupsUnknown'>,
): Phrase {
  if (groupsUnknown !== undefined)
    return say`${spec.name} needs the role ${spec.role}. By your name you have ${role}; which user groups you are in is not known (${foreign(groupsUnknown, 120)}), so nothing was done. Say it again in a moment, or have somebody do it whom tourniquet.yaml names.`;
  return say`${spec.name} needs the role ${spec.role}; yours is ${role}. An admin can give it to you in tourniquet.yaml.`;
}
