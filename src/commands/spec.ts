/**
 * What a person may say: one spec per command. Help, completion, the Slack manifest, the Teams menu, argument checks
 * and role checks are all made from it.
 *
 * Rules:
 * 1. A spec is data and one pure `read`, which turns words into typed arguments or refuses with the permitted ones.
 * 2. `risk: 'change'` commands are never carried out by being said: they become a proposal that somebody approves.
 * 3. A command means the same wherever it is said: chat line, button, shell.
 */
import type { Parsed } from '../domain/parsed.ts';

/** Each role includes those before it. */
export type Role = 'viewer' | 'responder' | 'approver' | 'admin';

/** look: reads only. note: writes into our own records. change: touches the world, needs approval. */
export type Risk = 'look' | 'note' | 'change';

export interface OptionSpec {
  readonly name: string;
  /** Placeholder of its value; left out for a switch. */
  readonly value?: string;
  readonly repeatable?: true;
  /** Its value is a file that the caller reads: a path in the shell, a dropped file in chat. `-` is standard input. */
  readonly file?: true;
  readonly help: string;
}

export interface CommandSpec<Arguments = unknown> {
  readonly name: string;
  /** Further words for the same command. */
  readonly aliases?: readonly string[];
  /** What follows the name, e.g. `SUBJECT…`. */
  readonly usage: string;
  /** One line, no full stop. */
  readonly help: string;
  /** More, for `help NAME`. */
  readonly details?: readonly string[];
  readonly examples: readonly string[];
  readonly role: Role;
  readonly risk: Risk;
  readonly options: readonly OptionSpec[];
  /** Words that say it exactly: with one of them, what is wrong is told and nothing else is understood instead. */
  readonly exactWords?: readonly string[];
  /** Only the shell has it (it starts a process, or needs a keyboard). */
  readonly shellOnly?: true;
  read(said: SpokenCommand): Parsed<Arguments>;
}

/** A command as said, not yet read by its spec. This is what travels in a job. */
export interface SpokenCommand {
  readonly name: string;
  readonly words: readonly string[];
  /** Option name without dashes -> its values in order; a switch has one empty value. */
  readonly options: Readonly<Record<string, readonly string[]>>;
}

/** The last value of an option, or undefined. */
export function optionOf(said: SpokenCommand, name: string): string | undefined {
  return said.options[name]?.at(-1);
}

export function hasOption(said: SpokenCommand, name: string): boolean {
  return said.options[name] !== undefined;
}
