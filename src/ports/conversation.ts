/**
 * What passes between a chat surface and the house.
 *
 * Rules:
 * 1. A surface hands on `Heard` only after it has verified who speaks, dropped its own words and dropped duplicates.
 * 2. `id` names the event; the same event redelivered has the same id, so it is carried once.
 * 3. A surface delivers what the outbox holds, in order per conversation; the first message under a key is posted, the
 *    next under the same key edit it in place.
 */
import type { Foreign } from '../domain/foreign.ts';
import type { Message } from '../messages/message.ts';

export type SurfaceName = 'slack' | 'teams' | 'terminal' | 'web' | 'shell';

/** Where something was said. `reference` is opaque to everybody but its surface and survives a restart. */
export interface Conversation {
  readonly surface: SurfaceName;
  /** Stable id, unique within the surface; a thread is a conversation of its own. */
  readonly id: string;
  readonly reference?: string;
  /** A thread beneath a message of ours: the key of that message. What belongs to the message belongs to the thread. */
  readonly beneath?: string;
  /** Nobody but who speaks reads it: what they may not do isn't offered. */
  readonly alone?: true;
}

/** Who speaks, as the platform verified it: ids, never names that the person can change. */
export interface Actor {
  readonly surface: SurfaceName;
  /** Slack: enterprise/team/user; Teams: tenant/object id; terminal and shell: the operating system's user. */
  readonly id: string;
  readonly shown: Foreign;
  /** The platform's groups with a role that the person is in, as the platform told it just now. */
  readonly groups?: readonly string[];
  /** Why the platform could not tell of all of them. */
  readonly groupsUnknown?: string;
}

export interface Heard {
  readonly id: string;
  readonly at: number;
  readonly conversation: Conversation;
  readonly actor: Actor;
  readonly said: Said;
}

export type Said =
  | { readonly kind: 'words'; readonly text: string; readonly files?: readonly HeardFile[] }
  | { readonly kind: 'pressed'; readonly command: string; readonly nonce?: string; readonly messageKey: string }
  | { readonly kind: 'form'; readonly command: string; readonly fields: Readonly<Record<string, string>> };

/** A file dropped into a conversation, already fetched into the data folder by its surface. */
export interface HeardFile {
  readonly name: Foreign;
  readonly path: string;
  readonly bytes: number;
}

/** Something to say: under `key` in this conversation; a later one under the same key edits it. */
export interface Utterance {
  readonly conversation: Conversation;
  readonly key: string;
  readonly message: Message;
  /** Deserves a notification of its own: posted anew even where the key exists. */
  readonly loud?: true;
  /** A loud one that may be edited later by itself: the key of its own under which that is done. */
  readonly as?: string;
  /** Nothing more will come under this key for the same request. */
  readonly final?: true;
  /** A document to attach (the closing report). */
  readonly file?: { readonly name: string; readonly type: 'text/markdown' | 'text/plain'; readonly text: string };
}

/** What the jobs speak through. Durable: once `put` resolves, it will be delivered though the process dies. */
export interface Outbox {
  put(utterance: Utterance): Promise<void>;
}

/** What a chat adapter gives to the deliverer. */
export interface Surface {
  readonly name: SurfaceName;
  /**
   * Posts or edits, and returns the platform's own id of the message (opaque). `previous` is what an earlier delivery
   * under the same key returned: what is edited, or what a loud one is posted beneath (it stays what later ones edit).
   * Throws DeliveryLater (with a delay) or DeliveryNever (with why).
   */
  deliver(utterance: Utterance, previous: string | undefined): Promise<string>;
}

/** The platform asks to wait (429, 5xx, network): tried again, order kept. */
export class DeliveryLater extends Error {
  readonly afterMs: number;
  constructor(why: string, afterMs: number, options?: ErrorOptions) {
    super(why, options);
    this.name = 'DeliveryLater';
    this.afterMs = afterMs;
  }
}

/** It can't be delivered here whatever we do (channel gone, token revoked): said on the other surfaces. */
export class DeliveryNever extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'DeliveryNever';
  }
}

/** What a surface hands its words to. */
export interface Gateway {
  /** Resolves within two seconds: taken (it is durable), or refused with what to tell the person now. */
  hear(heard: Heard): Promise<HearResult>;
}

export type HearResult =
  | { readonly kind: 'taken' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly message: Message };
