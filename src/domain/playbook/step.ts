/**
 * A playbook and its steps, as data.
 *
 * Owns: what may be written in a playbook. Does not own: where it stands in an incident (state.ts), how it goes on
 * (advance.ts), the playbooks themselves (built-in/, and YAML files beside them).
 * Rules:
 * 1. A step is one thing: a measure that is proposed, a look that is taken, something a person does, or the taking back
 *    of an earlier step's measure.
 * 2. A fact that isn't known is neither yes nor no: nothing is skipped for what nobody knows.
 */
import type { CauseId } from '../causes.ts';
import type { MeasureOrder } from '../measures/order.ts';

/** What is known, by name: `offender`, `account`, `queue`, … Only what is known is in it. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface Playbook {
  readonly id: string;
  readonly title: string;
  /** The verdicts that it is for. */
  readonly causes: readonly CauseId[];
  readonly steps: readonly Step[];
}

export interface Step {
  /** Unique in its playbook; small letters, digits, hyphens. */
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly does: Deed;
  /** How one sees that it has worked. */
  readonly proof: string;
  /** What takes it back. */
  readonly undo: string;
  /** Facts without which it can't be taken, each with how one comes by it. */
  readonly needs?: readonly Need[];
  /** Where one of these is known to hold, the step is skipped and says why. */
  readonly skipWhere?: readonly Answered[];
  /** Of a look: it is through only once its answer is all well; else it is taken again so many minutes later. */
  readonly againAfterMinutes?: number;
  /** Steps that must be over before: taken, skipped, or taken back. */
  readonly after?: readonly string[];
}

export interface Need {
  readonly fact: string;
  readonly from: string;
  /** The step that finds it: taken again where it has come to nothing. */
  readonly step?: string;
  /** A command that only looks, and shows it; `{name}` stands for the fact of that name. */
  readonly look?: readonly string[];
}

/** The evidence answers the step already. Without `is`: the fact is known, whatever its value. */
export interface Answered {
  readonly fact: string;
  readonly is?: string | number | boolean;
  readonly says: string;
}

export type Deed =
  | { readonly kind: 'measure'; readonly measure: MeasureForm }
  /** A command that only looks, word by word; a word `{name}` stands for the fact of that name. */
  | { readonly kind: 'look'; readonly words: readonly string[] }
  | { readonly kind: 'person'; readonly instruction: string }
  | { readonly kind: 'take-back'; readonly of: string };

/** A measure whose target is the incident's site; `{name}` stands for the fact of that name. */
export type MeasureForm =
  | { readonly kind: 'freeze-outbound' | 'reroute' }
  | {
      readonly kind: 'block-port-25';
      readonly who: 'everyone' | 'all-but-mail-servers';
      readonly submissionToo: boolean;
    }
  | { readonly kind: 'unplug'; readonly leaseMinutes: number }
  | { readonly kind: 'disable-account'; readonly account: string }
  | { readonly kind: 'quarantine-host'; readonly address: string }
  | {
      readonly kind: 'clean-queue';
      readonly sender?: string;
      readonly account?: string;
      readonly recipientDomain?: string;
    };

/** The incident's site, as far as a playbook needs to know it. */
export interface Place {
  readonly site: string;
  readonly servers: readonly string[];
  readonly firewall?: string;
  /** Public addresses, as text. */
  readonly addresses: readonly string[];
  /** An ISP's relay is configured. Left out: nobody knows. */
  readonly smartHost?: boolean;
}

/** `{name}` as the fact's value; any other word as it is. Undefined where that fact isn't known. */
export function fill(word: string, facts: Facts): string | undefined {
  const name = /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(word)?.[1];
  if (name === undefined) return word;
  const value = facts[name];
  return value === undefined ? undefined : String(value);
}

/** The measure that a form orders on this target. Undefined where a fact is missing. */
export function orderOf(form: MeasureForm, target: string, facts: Facts): MeasureOrder | undefined {
  switch (form.kind) {
    case 'freeze-outbound':
    case 'reroute':
      return { kind: form.kind, server: target };
    case 'block-port-25':
      return { kind: form.kind, firewall: target, who: form.who, submissionToo: form.submissionToo };
    case 'unplug':
      return { kind: form.kind, firewall: target, leaseMinutes: form.leaseMinutes };
    case 'disable-account': {
      const account = fill(form.account, facts);
      return account === undefined ? undefined : { kind: form.kind, server: target, account };
    }
    case 'quarantine-host': {
      const address = fill(form.address, facts);
      return address === undefined ? undefined : { kind: form.kind, firewall: target, address };
    }
    case 'clean-queue': {
      const wanted = { sender: form.sender, account: form.account, recipientDomain: form.recipientDomain };
      const selection: Record<string, string> = {};
      for (const [name, word] of Object.entries(wanted)) {
        if (word === undefined) continue;
        const value = fill(word, facts);
        if (value === undefined) return undefined;
        selection[name] = value;
      }
      return { kind: form.kind, server: target, selection };
    }
    default:
      return form satisfies never;
  }
}

/** Whether a form acts on each mail server or on the firewall. */
export function actsOn(form: MeasureForm): 'servers' | 'firewall' {
  switch (form.kind) {
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      return 'servers';
    case 'block-port-25':
    case 'unplug':
    case 'quarantine-host':
      return 'firewall';
    default:
      return form satisfies never;
  }
}
