/** What is kept of a log between two looks. Its text is our own record: one of another version is let go. */
export interface LogState {
  /** Seconds since 1970 UTC of the first and the last line that was read. */
  seenFrom: number;
  seenTo: number;
  /** `login:ACCOUNT`, `local:UID` or `client:ADDRESS` -> hour since 1970 -> messages. */
  readonly hours: Map<string, Map<number, number>>;
  /** Five minutes since 1970 -> what was sent and refused in them. */
  readonly slots: Map<number, Slot>;
  /** Message id -> who handed it in, or `stranger`; with `!` before it once its recipients were seen. */
  readonly messages: Map<string, string>;
  readonly failures: Map<string, number>;
  /** Account -> the most failures that came before a login of it. */
  readonly guesses: Map<string, number>;
  /** Account -> addresses that it was seen to log in from. */
  readonly seenAt: Map<string, Set<string>>;
}

export interface Slot {
  readonly senders: Map<string, SlotOf>;
  unknown: number;
  bounces: number;
  strangers: number;
}

export interface SlotOf {
  messages: number;
  /** Messages that it was tried to pass on, so that their recipients are known. */
  tried: number;
  readonly domains: Set<string>;
  readonly addresses: Set<string>;
}

/** 2: clients inside are counted; an older past would call all of them unusual. */
const VERSION = 2;

/** Nothing read yet. */
export function emptyLogState(): LogState {
  return {
    seenFrom: Infinity,
    seenTo: -Infinity,
    hours: new Map(),
    slots: new Map(),
    messages: new Map(),
    failures: new Map(),
    guesses: new Map(),
    seenAt: new Map(),
  };
}

/** As text that `decodeLogState` reads again. */
export function encodeLogState(state: LogState): string {
  return JSON.stringify([VERSION, state], (_key, value: unknown) => {
    if (value instanceof Map) return { map: [...(value as Map<unknown, unknown>)] };
    if (value instanceof Set) return { set: [...(value as Set<unknown>)] };
    return value === Infinity || value === -Infinity ? { number: String(value) } : value;
  });
}

/** Undefined where it isn't a state of this version. */
export function decodeLogState(text: string): LogState | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text, (_key, value: unknown) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const map: unknown = Reflect.get(value, 'map');
      if (Array.isArray(map)) return new Map(map as [unknown, unknown][]);
      const set: unknown = Reflect.get(value, 'set');
      if (Array.isArray(set)) return new Set<unknown>(set);
      const number: unknown = Reflect.get(value, 'number');
      return typeof number === 'string' ? Number(number) : value;
    });
  } catch {
    return undefined;
  }
  if (!Array.isArray(read) || read[0] !== VERSION) return undefined;
  const state: unknown = read[1];
  return typeof state === 'object' && state !== null ? (state as LogState) : undefined;
}
