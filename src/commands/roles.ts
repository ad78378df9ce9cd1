/** Roles in rising order: each may do what those before it may. */
import type { CommandSpec, Role } from './spec.ts';

const ORDER: readonly Role[] = ['viewer', 'responder', 'approver', 'admin'];

export function mayUse(role: Role | 'nobody', spec: Pick<CommandSpec, 'role'>): boolean {
  return role !== 'nobody' && ORDER.indexOf(role) >= ORDER.indexOf(spec.role);
}
