/** What this site permits, from the configuration. */
import type { MeasureOrder } from '../domain/measures/order.ts';

export interface MeasureRules {
  /** Names of the inventory, for the command that names none where there is only one. */
  readonly servers: readonly string[];
  readonly firewalls: readonly string[];
  /** How long a proposal may be approved, in milliseconds. */
  readonly approvalMs: number;
  readonly breakGlass: boolean;
  /** Who may approve, by the names of tourniquet.yaml: people, and `group:NAME`. */
  readonly approvers: readonly string[];
  /** Lease of a pulled plug where none is said, in minutes. */
  readonly unplugMinutes: number;
  readonly blockMinutes?: number;
  /** The rule that refuses this order here, and who may change it; undefined where none does. */
  refuses(order: MeasureOrder): { readonly rule: string; readonly why: string; readonly remedy: string } | undefined;
}
