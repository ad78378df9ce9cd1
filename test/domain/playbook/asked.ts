/** What people ask of a playbook, and measures as the ledger would tell of them. */
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureState } from '../../../src/domain/measures/record.ts';
import type { Asked, PlaybookEffect } from '../../../src/domain/playbook/advance.ts';
import { playbookFor } from '../../../src/domain/playbook/built-in/all.ts';
import { beginPlaybook, viewSteps } from '../../../src/domain/playbook/state.ts';
import type { MeasureAt, PlaybookState } from '../../../src/domain/playbook/state.ts';
import type { Place } from '../../../src/domain/playbook/step.ts';

export const PLACE: Place = { site: 'hq', servers: ['mx1'], firewall: 'gateway', addresses: ['198.51.100.10'] };
export const ANA = { person: 'ana', shown: { foreign: 'ana' } };
export const BEN = { person: 'ben', shown: { foreign: 'ben' } };

export const ask = (what: Asked['what'], step?: string, more: Partial<Asked> = {}): Asked => ({
  kind: 'asked',
  what,
  by: ANA,
  at: 1000,
  request: `${what}-${step ?? ''}-${more.at ?? 1000}`,
  ...(step !== undefined && { step }),
  ...more,
});
export const hunted = (place: Place = PLACE): PlaybookState =>
  beginPlaybook(playbookFor('compromised-workstation', []), place);
export const statusOf = (state: PlaybookState, id: string) => viewSteps(state).find((view) => view.step.id === id);
export const answerOf = (effects: readonly PlaybookEffect[]): string =>
  effects.map((effect) => (effect.kind === 'answer' ? plain(effect.text) : effect.kind)).join('; ');
export const measure = (number: number, state: MeasureState, order: MeasureAt['order']): MeasureAt => ({
  number,
  state,
  order,
});
export const FREEZE = { kind: 'freeze-outbound', server: 'mx1' } as const;
