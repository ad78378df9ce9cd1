/** Evidence of a drill, kept as long as the drill. */
import type { EvidenceRecord, EvidenceStore } from '../../src/ports/evidence-store.ts';

export function makeEvidenceStore(): EvidenceStore {
  const records = new Map<string, EvidenceRecord>();
  return {
    keep: async (record) => void records.set(record.id, record),
    conclude: async (id, verdict) => {
      const record = records.get(id);
      if (record) records.set(id, { ...record, verdict });
    },
    read: async (id) => records.get(id),
    latest: async (place, before) =>
      [...records.values()]
        .filter((record) => record.place === place && record.at < before)
        .toSorted((a, b) => b.at - a.at)[0],
  };
}
