/** Who may be called and how, from the configuration. */
import type { EscalationRules } from '../domain/escalation/rules.ts';
import type { Rota } from '../domain/escalation/rota.ts';
import type { Conversation } from './conversation.ts';

export interface OnCall {
  /** Undefined where nobody is to be called. */
  readonly rules?: EscalationRules;
  readonly rotas: readonly Rota[];
  /** Where the house speaks of its own accord. */
  readonly rooms: readonly Conversation[];
  /** A person's own conversations with the bot; empty where none is known. */
  directTo(person: string): readonly Conversation[];
}
