/** Rotas that are kept elsewhere, in memory; a drill has none. */
import type { NamedPerson } from '../../src/domain/escalation/shifts.ts';
import type { KnownShifts, RotaSource, Rotas } from '../../src/ports/rotas.ts';

export function makeRotas(sources: readonly RotaSource[] = [], people: readonly NamedPerson[] = []): Rotas {
  const known = new Map<string, KnownShifts>();
  return {
    sources,
    people,
    memory: {
      recall: async (rota) => known.get(rota),
      keep: async (rota, shifts) => void known.set(rota, shifts),
    },
  };
}
