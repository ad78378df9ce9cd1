/**
 * Shifts of a rota that is kept elsewhere (a calendar, PagerDuty), and whom of tourniquet.yaml they mean.
 *
 * Rules:
 * 1. A shift names a person by one of the names that tourniquet.yaml gives: an address or an id that is the same, or a
 *    title in which the name stands as words of its own. A shift that names nobody, or several, is nobody's: it is told,
 *    and never guessed.
 * 2. The configuration's own turns fill what the shifts leave open, and its exceptions count more than they: somebody is
 *    always on duty.
 */
import type { Rota } from './rota.ts';

export interface Shift {
  /** Milliseconds since 1970 UTC; `to` is not in it. */
  readonly from: number;
  readonly to: number;
  /** What it is called. */
  readonly title: string;
  /** Addresses and ids of whom it names. */
  readonly ids: readonly string[];
}

export interface NamedPerson {
  readonly name: string;
  /** As calendars and services name the person; the name itself and the address among them. */
  readonly names: readonly string[];
}

export interface Assigned {
  readonly rota: Rota;
  /** Titles of shifts that name nobody, or several; each once. */
  readonly unassigned: readonly string[];
}

export function assignShifts(rota: Rota, shifts: readonly Shift[], people: readonly NamedPerson[]): Assigned {
  const unassigned = new Set<string>();
  const overrides = shifts.flatMap((shift) => {
    const meant = people.filter((person) => person.names.some((name) => isNamed(name, shift)));
    const [only, ...others] = meant;
    if (only && others.length === 0) return [{ from: shift.from, to: shift.to, person: only.name }];
    unassigned.add(shift.title);
    return [];
  });
  return { rota: { ...rota, overrides: [...overrides, ...rota.overrides] }, unassigned: [...unassigned] };
}

function isNamed(name: string, shift: Shift): boolean {
  const wanted = fold(name);
  if (shift.ids.some((id) => fold(id) === wanted)) return true;
  return ` ${words(shift.title)} `.includes(` ${words(name)} `);
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase().trim();
}

function words(text: string): string {
  return fold(text)
    .replaceAll(/[^\p{L}\p{N}@._-]+/gu, ' ')
    .trim();
}
