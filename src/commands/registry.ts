/** Every command there is, in the order in which help lists them. */
import type { CommandSpec } from './spec.ts';
import { chatSpec } from './specs/chat.ts';
import { checkSpec } from './specs/check.ts';
import { helpSpec } from './specs/help.ts';
import { queueSpec } from './specs/queue.ts';
import { startSpec } from './specs/start.ts';
import { statusSpec } from './specs/status.ts';
import { triageSpec } from './specs/triage.ts';
import { windowsSpec } from './specs/windows.ts';

export const registry: readonly CommandSpec[] = [
  helpSpec,
  triageSpec,
  checkSpec,
  queueSpec,
  windowsSpec,
  statusSpec,
  chatSpec,
  startSpec,
];
