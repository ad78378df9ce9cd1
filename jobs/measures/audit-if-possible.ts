/** Taking back waits for no audit log: a full disk must not be what keeps a company cut off. */
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { AuditUnavailable } from '../../src/ports/audit-log.ts';
import type { AuditEntry, AuditLog } from '../../src/ports/audit-log.ts';

/** Gives what to note beside the outcome: that it isn't in the audit log, and why; nothing where it is. */
export async function writeIfPossible(auditLog: AuditLog, entry: AuditEntry): Promise<readonly Phrase[]> {
  try {
    await auditLog.write(entry, 'one');
    return [];
  } catch (error) {
    if (!(error instanceof AuditUnavailable)) throw error;
    return [say`it is not in the audit log, which could not be written: ${foreign(error.why, 300)}`];
  }
}
