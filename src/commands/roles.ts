/** Roles in rising order: each may do what those before it may. */
import type { CommandSpec, Role } from './spec.ts';

const ORDER: readonly Role[] = ['viewer', 'responder', 'approver', 'admin'];

/** The highest of them; `nobody` where there is none. */
export function highestOf(roles: readonly Role[]): Role | 'nobody' {
  return ORDER.findLast((role) => roles.includes(role)) ?? 'nobody';
}

export function mayUse(role: Role | 'nobody', spec: Pick<CommandSpec, 'role'>): boolean {
  return role !== 'nobody' && ORDER.indexOf(role) >= ORDER.indexOf(spec.role);
}
