/** Where in an incident a command acts. */
import type { Command } from '../commands/parse.ts';
import { extendSpec, keepSpec, undoSpec } from '../commands/specs/decisions.ts';
import { ackSpec, closeSpec } from '../commands/specs/incidents.ts';
import * as measureSpecs from '../commands/specs/measures.ts';
import { doSpec, doneSpec, skipSpec } from '../commands/specs/steps.ts';
import { holdOf } from '../domain/measures/order.ts';
import type { Parsed } from '../domain/parsed.ts';

export interface Aim {
  readonly incident?: number;
  readonly step?: string;
  readonly acknowledges?: true;
  readonly measure?: number;
  /** What the measure that it orders would hold. */
  readonly hold?: string;
}

/** Undefined: nowhere in particular. */
export function aimOf({ spec, spoken }: Command): Aim | undefined {
  switch (spec.name) {
    case 'do':
    case 'done':
    case 'skip': {
      const stepSpec = spec.name === 'do' ? doSpec : spec.name === 'done' ? doneSpec : skipSpec;
      return valueOf<Pick<Aim, 'incident' | 'step'>>(stepSpec.read(spoken));
    }
    case 'ack': {
      const { incident } = valueOf(ackSpec.read(spoken)) ?? {};
      return incident === undefined ? undefined : { incident, acknowledges: true };
    }
    case 'close': {
      const { incident } = valueOf(closeSpec.read(spoken)) ?? {};
      return incident === undefined ? undefined : { incident };
    }
    case 'undo': {
      const { which } = valueOf(undoSpec.read(spoken)) ?? {};
      return typeof which === 'number' ? { measure: which } : undefined;
    }
    case 'keep':
    case 'extend': {
      const { number: measure } = valueOf((spec.name === 'keep' ? keepSpec : extendSpec).read(spoken)) ?? {};
      return measure === undefined ? undefined : { measure };
    }
    default:
      return ordering({ spec, spoken });
  }
}

/** A measure's order that names its target. */
function ordering({ spec, spoken }: Pick<Command, 'spec' | 'spoken'>): Aim | undefined {
  const ordered = Object.values(measureSpecs).find((each) => each.name === spec.name);
  const { incident, target, order } = (ordered && valueOf(ordered.read(spoken))) ?? {};
  if (!order || target === undefined) return undefined;
  return { ...(incident !== undefined && { incident }), hold: holdOf(order(target, { unplugMinutes: 1 })) };
}

function valueOf<T>(read: Parsed<T>): T | undefined {
  return read.kind === 'ok' ? read.value : undefined;
}
