/** What reading something from outside gave: a value, or why it was refused and what is permitted instead. */
export type Parsed<T> = { readonly kind: 'ok'; readonly value: T } | Refused;

export interface Refused {
  readonly kind: 'bad';
  /** Names the subject: what is wrong with what. */
  readonly why: string;
  /** What is permitted, or what to do. */
  readonly remedy: string;
}

/** It was read. */
export function accept<T>(value: T): Parsed<T> {
  return { kind: 'ok', value };
}

/** It was not: `why` names the subject, `remedy` what to write instead. */
export function refuse(why: string, remedy: string): Refused {
  return { kind: 'bad', why, remedy };
}
