/** Whether the record of what was done is whole: the bot's, and where its data lie on the same machine, the agent's own. */
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { AuditVerdict } from '../ports/audit-log.ts';
import { message, notice, text } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

export function sayAuditLog(verdict: AuditVerdict, agents: AuditVerdict | undefined): Message {
  const own = sayVerdict('The audit log', verdict);
  const other = agents && sayVerdict('The agent’s own audit log', agents);
  const worse = other && RANK.indexOf(other.tone) > RANK.indexOf(own.tone) ? other : own;
  return message(worse.tone, worse.words, ...own.blocks, ...(other?.blocks ?? []));
}

const RANK: readonly Tone[] = ['good', 'unknown', 'critical'];

interface Said {
  readonly tone: Tone;
  readonly words: Phrase;
  readonly blocks: readonly Block[];
}

function sayVerdict(name: string, verdict: AuditVerdict): Said {
  switch (verdict.kind) {
    case 'whole': {
      const head = verdict.head.slice(0, 16);
      const words = say`${name} is whole: ${verdict.entries} entries, in both places. Its head is ${head}.`;
      if (verdict.entries === 0)
        return {
          tone: 'good',
          words: say`${name} has no entries yet.`,
          blocks: [notice('good', say`${name} has no entries yet.`)],
        };
      const noted =
        verdict.noted === undefined
          ? `Note the head elsewhere: audit-log verify ${head} tells later whether the log still goes on from it.`
          : `It goes on from entry ${verdict.noted}, whose head was noted.`;
      return { tone: 'good', words, blocks: [notice('good', words), text(noted)] };
    }
    case 'broken': {
      const words = say`${name} is not whole: ${verdict.faults.length} ${verdict.faults.length === 1 ? 'fault' : 'faults'}.`;
      const faults = verdict.faults.map((fault) => notice('critical', [foreign(fault, 400)]));
      return { tone: 'critical', words, blocks: [notice('critical', words), ...faults] };
    }
    case 'unknown': {
      const words = say`Whether ${name.toLowerCase()} is whole is unknown: ${foreign(verdict.why, 400)}`;
      return { tone: 'unknown', words, blocks: [notice('unknown', words)] };
    }
    default:
      return verdict satisfies never;
  }
}
