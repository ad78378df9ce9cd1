/**
 * People who carry out what no program can: asked, and confirming.
 *
 * Guarantees of every adapter: what was asked and confirmed is durable; asking again for the same thing changes nothing;
 * a hand with a number that was surpassed for that target is refused (FenceLost). Throws HostUnknown where it can't tell.
 */
import type { Foreign } from '../domain/foreign.ts';
import { HostUnknown } from './host.ts';

/** `lay`: carry the measure out. `take`: take it back. */
export type Asked = 'lay' | 'take';

export interface HandState {
  readonly asked?: Asked;
  readonly confirmed?: { readonly by: Foreign; readonly at: number };
}

export interface Hands {
  state(tag: string): Promise<HandState>;
  ask(target: string, tag: string, what: Asked, fence: number): Promise<void>;
  /** Undefined where nothing was asked. */
  confirm(tag: string, by: Foreign, at: number): Promise<Asked | undefined>;
}

/** Nothing is amiss: a person was asked, and has not said yet that it is done. */
export class PersonAwaited extends HostUnknown {
  constructor(why: string) {
    super(why);
    this.name = 'PersonAwaited';
  }
}

/** Tries one connection outward, from where this runs. */
export interface Probe {
  /** `refused`: refused or unanswered within a few seconds. */
  connect(host: string, port: number): Promise<'open' | 'refused' | 'unknown'>;
}
