/**
 * What the product says, as a closed union of meanings rather than of layout.
 *
 * Owns: the kinds of block and what each must carry. Does not own: how a platform shows them (each chat adapter is an
 * exhaustive switch over `Block['kind']`), nor the sentences (one builder per thing said, beside this file).
 * Rules:
 * 1. `summary` is never empty: it is the notification, the screen reader's text and the fallback.
 * 2. Text from outside is `Foreign` inside a `Phrase`; everything else is ours.
 * 3. Lists are whole here; the renderer cuts to its platform's limits, visibly ("… 12 more").
 * 4. A button carries a command in words, and a nonce where pressing it decides something: a press, a typed line and
 *    the shell are one path.
 */
import type { Foreign, Phrase } from '../domain/foreign.ts';

export type Tone = 'good' | 'warning' | 'critical' | 'unknown' | 'neutral';

export interface Message {
  readonly summary: Phrase;
  readonly tone: Tone;
  readonly blocks: readonly Block[];
  /** Said in a drill: every renderer marks it DRILL. */
  readonly drill?: true;
  /**
   * Whom it calls, by the names of tourniquet.yaml: people, and `group:NAME`. A surface that knows an id of its own for
   * one mentions it, so that the platform notifies them; whom it doesn't know is named in the words alone.
   */
  readonly calls?: readonly string[];
}

/** The platform's own id of somebody who is called, from tourniquet.yaml; undefined where it has none. */
export type MentionOf = (name: string) => string | undefined;

export type Block =
  | Heading
  | TextBlock
  | Facts
  | Table
  | Progress
  | Evidence
  | Series
  | MeasureBlock
  | Approval
  | Actions
  | Notice;

export interface Heading {
  readonly kind: 'heading';
  readonly text: Phrase;
}

export interface TextBlock {
  readonly kind: 'text';
  readonly text: Phrase;
}

/** Short name/value pairs. */
export interface Facts {
  readonly kind: 'facts';
  /** Folded under this title where the platform can fold: nobody reads all of it at once. */
  readonly folded?: string;
  readonly facts: readonly { readonly name: string; readonly value: Phrase; readonly tone?: Tone }[];
}

export interface Table {
  readonly kind: 'table';
  readonly title?: string;
  readonly columns: readonly { readonly name: string; readonly align?: 'left' | 'right' }[];
  readonly rows: readonly (readonly Phrase[])[];
}

/** A playbook's steps. */
export interface Progress {
  readonly kind: 'progress';
  readonly title: string;
  readonly steps: readonly {
    readonly name: string;
    readonly state: 'waiting' | 'current' | 'working' | 'done' | 'skipped' | 'failed' | 'undone';
    readonly note?: Phrase;
    readonly buttons?: readonly Button[];
  }[];
}

/** Shown folded where the platform can fold. */
export interface Evidence {
  readonly kind: 'evidence';
  readonly title: string;
  readonly items: readonly { readonly side: 'for' | 'against' | 'missing' | 'neutral'; readonly text: Phrase }[];
}

/** A figure over time, oldest first. */
export interface Series {
  readonly kind: 'series';
  readonly title: string;
  readonly unit: string;
  /** `at` in milliseconds since 1970 UTC; `value` null where nothing was measured. */
  readonly points: readonly { readonly at: number; readonly value: number | null }[];
}

/** One measure in force (or being taken, or taken back). */
export interface MeasureBlock {
  readonly kind: 'measure';
  readonly number: number;
  readonly name: string;
  readonly target: Phrase;
  readonly state: string;
  readonly since?: number;
  /** End of the lease, milliseconds since 1970 UTC. */
  readonly until?: number;
  readonly by?: Foreign;
  readonly observed?: Phrase;
  readonly buttons: readonly Button[];
}

/** Asks people to decide; lists exactly what would be done. */
export interface Approval {
  readonly kind: 'approval';
  readonly id: string;
  readonly title: Phrase;
  readonly commands: readonly string[];
  readonly blastRadius: readonly Phrase[];
  readonly needs: string;
  readonly expiresAt: number;
  readonly buttons: readonly Button[];
}

/** At most two of the buttons are primary; the rest fold where the platform can. */
export interface Actions {
  readonly kind: 'actions';
  readonly buttons: readonly Button[];
}

export interface Notice {
  readonly kind: 'notice';
  readonly tone: Tone;
  readonly text: Phrase;
}

export interface Button {
  readonly label: string;
  /** The command in words, as a person would type it. */
  readonly command: string;
  readonly style: 'primary' | 'danger' | 'plain';
  /** Names one decision; used once. */
  readonly nonce?: string;
  /** Asked before a dangerous press counts. */
  readonly confirm?: string;
}

export function message(tone: Tone, summary: Phrase | string, ...blocks: readonly Block[]): Message {
  return { tone, summary: typeof summary === 'string' ? [summary] : summary, blocks };
}

export function text(words: Phrase | string): TextBlock {
  return { kind: 'text', text: typeof words === 'string' ? [words] : words };
}

export function heading(words: Phrase | string): Heading {
  return { kind: 'heading', text: typeof words === 'string' ? [words] : words };
}

export function notice(tone: Tone, words: Phrase | string): Notice {
  return { kind: 'notice', tone, text: typeof words === 'string' ? [words] : words };
}

export function actions(...buttons: readonly Button[]): Actions {
  return { kind: 'actions', buttons };
}

export function button(label: string, command: string, style: Button['style'] = 'plain'): Button {
  return { label, command, style };
}
