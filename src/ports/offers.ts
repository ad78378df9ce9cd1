/** Answers that still offer something in an incident, kept so that they can be taken back wherever they stand. */
import type { Message } from '../messages/message.ts';
import type { Conversation } from './conversation.ts';

export interface Offer {
  readonly conversation: Conversation;
  /** The key it was said under. */
  readonly key: string;
  readonly message: Message;
}

export interface Offers {
  /** A later one under the same key takes the place of the earlier. */
  keep(incident: number, offer: Offer): Promise<void>;
  /** All that are kept, in no order. */
  of(incident: number): Promise<readonly Offer[]>;
  drop(incident: number, offer: Offer): Promise<void>;
}
