/**
 * The doors of a mail server, looked at from outside: polite, without a login, nothing sent.
 *
 * Guarantees of every adapter: a look ends within its deadline; what can't be found out is `unknown`, never `closed`.
 */
import type { DoorLook, DoorPlan } from '../domain/exposure/door.ts';

export interface MailDoors {
  /** `host`: a name or an address. `via`: the configured server from whose network it is dialled; else from here. */
  look(host: string, plan: DoorPlan, deadlineMs: number, via?: string): Promise<DoorLook>;
}
