/** One's own playbooks, beside the built-in ones. */
import type { Playbook } from '../domain/playbook/step.ts';

export interface Playbooks {
  /** Looked through before the built-in ones. */
  readonly own: readonly Playbook[];
}
