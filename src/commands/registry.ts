/** Every command there is, in the order in which help lists them. */
import type { CommandSpec } from './spec.ts';
import { helpSpec } from './specs/help.ts';
import { statusSpec } from './specs/status.ts';

export const registry: readonly CommandSpec[] = [helpSpec, statusSpec];
