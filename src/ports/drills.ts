/**
 * Drills that are being played, one per conversation.
 *
 * Guarantees of every adapter: a drill reaches nothing real; what is said in it is marked; it ends with its process.
 */
import type { Actor, Conversation } from './conversation.ts';
import type { Message } from '../messages/message.ts';
import type { DrillScore } from '../domain/drill/score.ts';

export interface DrillOrder {
  readonly scenario?: string;
  readonly seed?: number;
  /** Simulated seconds per second, 1 to 600. */
  readonly speed: number;
}

export interface ScenarioCard {
  readonly name: string;
  readonly title: string;
  readonly expert: readonly string[];
}

export interface PlayedDrill {
  readonly scenario: ScenarioCard;
  readonly seed: number;
  readonly speed: number;
  /** What somebody with experience would press now, from what the product itself says. */
  hint(): Promise<Message>;
  /** From now on this person approves, and the simulated colleague keeps still. */
  join(actor: Actor): void;
}

export interface Drills {
  list(): Promise<readonly ScenarioCard[]>;
  /** The drill of this conversation. */
  find(conversation: Conversation): PlayedDrill | undefined;
  /** Begins one here. Throws an Error that names what is wrong and the remedy. */
  start(order: DrillOrder, conversation: Conversation, by: Actor): Promise<PlayedDrill>;
  /** Ends it and gives the score; undefined where none is played here. */
  stop(conversation: Conversation): Promise<{ readonly drill: PlayedDrill; readonly score: DrillScore } | undefined>;
}
