/** The built-in playbooks: one for each verdict. */
import type { CauseId } from '../../causes.ts';
import type { Playbook } from '../step.ts';
import { configuration, policy, smartHost, undetermined } from './calm.ts';
import { server, workstation } from './machine.ts';
import { bounces, openRelay, relay } from './through.ts';

export const BUILT_IN: readonly Playbook[] = [
  workstation,
  server,
  relay,
  bounces,
  openRelay,
  smartHost,
  configuration,
  policy,
  undetermined,
];

/** The playbook for a verdict: one of one's own before the built-in ones. */
export function playbookFor(cause: CauseId, own: readonly Playbook[]): Playbook {
  return [...own, ...BUILT_IN].find((each) => each.causes.includes(cause)) ?? undetermined;
}
