/**
 * What a job gets and what it gives back.
 *
 * A job file exports one `CommandJob`: a plain function of the request, the world and `tell`. It never knows BullMQ, the
 * chat it is asked from, or a renderer.
 */
import type { SpokenCommand } from '../src/commands/spec.ts';
import type { Block, Message } from '../src/messages/message.ts';
import type { Actor, Conversation, Utterance } from '../src/ports/conversation.ts';
import type { World } from '../src/ports/world.ts';

/** The convention of monitoring plugins: exit status 0, 1, 2, 3; and a wrong call, 64. */
export type Status = 'ok' | 'warning' | 'critical' | 'unknown' | 'refused';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface CommandRequest {
  /** Id derived from the event: the same event gives the same id. */
  readonly id: string;
  readonly command: SpokenCommand;
  readonly actor: Actor;
  readonly conversation: Conversation;
  /** Wall clock when it was said, milliseconds since 1970 UTC. */
  readonly at: number;
  /** Whole milliseconds the caller is willing to wait; absent: the command's own default. */
  readonly deadlineMs?: number;
  /** Files by option name (or `dropped`), readable where the job runs. */
  readonly files: Readonly<Record<string, string>>;
  /** The nonce of the pressed button, where the command came from one. */
  readonly nonce?: string;
}

export interface Answer {
  readonly status: Status;
  readonly message: Message;
  /** The JSON of the contract, for `--json`. */
  readonly data?: Json;
  /** The incident it is about, where its buttons don't name one. */
  readonly about?: number;
  /** A document to attach. */
  readonly file?: NonNullable<Utterance['file']>;
  /** A command that only looks, word by word: its answer is shown above this message. */
  readonly look?: readonly string[];
  /** What is shown beneath in place of this message's own blocks, where that answer is not all well. */
  readonly unlessWell?: readonly Block[];
  /**
   * Of a look, for the step that asked for it: `no`, it is not through, and this answer says itself what comes next;
   * `yes`, it is through, however bad the news.
   */
  readonly settles?: 'no' | 'yes';
}

/** Says how far it is; edits the same message in place. Not every call is shown (at most one a second in a chat). */
export type Tell = (message: Message) => void;

export type CommandJob<Needs extends keyof World = keyof World> = (
  request: CommandRequest,
  world: Pick<World, Needs>,
  tell: Tell,
) => Promise<Answer>;
