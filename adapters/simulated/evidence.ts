/** Evidence of a drill, kept as long as the drill. */
import type { CauseId } from '../../src/domain/causes.ts';
import type { EvidenceRecord, EvidenceStore } from '../../src/ports/evidence-store.ts';

/** `concluded`: told of each verdict. */
export function makeEvidenceStore(concluded: (verdict: CauseId) => void = () => {}): EvidenceStore {
  const records = new Map<string, EvidenceRecord>();
  return {
    keep: async (record) => void records.set(record.id, record),
    conclude: async (id, verdict) => {
      const record = records.get(id);
      if (record) records.set(id, { ...record, verdict });
      concluded(verdict);
    },
    read: async (id) => records.get(id),
    latest: async (place, before) =>
      [...records.values()]
        .filter((record) => record.place === place && record.at < before)
        .toSorted((a, b) => b.at - a.at)[0],
  };
}
