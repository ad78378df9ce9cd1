/** The looks that an agent gives on its own host: a closed list, none of which can change anything. */
import type { MeasureTask } from './plan.ts';

export type LookErrand =
  | { readonly verb: 'look'; readonly look: 'queue-listing'; readonly deadlineMs: number }
  | { readonly verb: 'look'; readonly look: 'envelopes'; readonly ids: readonly string[]; readonly deadlineMs: number }
  | { readonly verb: 'look'; readonly look: 'log-clock'; readonly deadlineMs: number }
  | { readonly verb: 'look'; readonly look: 'log'; readonly mark?: string; readonly deadlineMs: number }
  | { readonly verb: 'look'; readonly look: 'connected' | 'own-addresses' }
  | { readonly verb: 'look'; readonly look: 'attempts'; readonly task: MeasureTask }
  | {
      readonly verb: 'look';
      readonly look: 'identify';
      readonly wanted: readonly { readonly addresses: readonly string[]; readonly mac?: string; readonly at: number }[];
      readonly deadlineMs: number;
    }
  /** The next piece of a look that comes in pieces. */
  | { readonly verb: 'more'; readonly stream: string };

export type LookReply =
  | { readonly kind: 'looked'; readonly value: unknown }
  | { readonly kind: 'pieces'; readonly stream: string }
  /** `null`: a line that was too long. With `end` nothing more follows. */
  | {
      readonly kind: 'lines';
      readonly lines: readonly (string | null)[];
      readonly end?: { readonly value?: unknown };
    };
