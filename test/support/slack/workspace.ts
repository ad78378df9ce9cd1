/** A workspace: its people, channels and what stands in them; rates, trigger ids and what was told to fail. */
import { LIMITS } from '../../../adapters/chat/slack/limits.ts';

export const TEAM = 'T0HOME';
export const BOT = 'U0BOT';
export const BOT_ID = 'B0BOT';

export interface User {
  readonly id: string;
  readonly team: string;
  readonly kind: 'member' | 'guest' | 'single-channel guest' | 'stranger';
}

export interface Channel {
  readonly id: string;
  readonly kind: 'public' | 'private' | 'dm';
  readonly shared?: true;
  /** The bot is in it. */
  readonly joined: boolean;
  readonly archived?: true;
}

export interface Posted {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | undefined;
  /** Who alone sees it. */
  readonly to?: string;
  readonly user: string;
  text: string;
  blocks: readonly unknown[];
  edits: number;
  readonly files: { readonly name: string; readonly text: string }[];
}

/** How the next calls of a method end: a platform error, an HTTP status, or nothing at all. */
export type Fault =
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'cut' };

export interface Call {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: number;
  readonly outcome: string;
}

export class Workspace {
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  /** User groups: id -> ids of their members. */
  readonly groups = new Map<string, string[]>();
  readonly posted: Posted[] = [];
  readonly calls: Call[] = [];
  /** Threads that have a reply: in others what one person alone is to see is shown to nobody. */
  readonly threads = new Set<string>();
  readonly views: {
    readonly id: string;
    readonly kind: 'modal' | 'home';
    readonly user?: string;
    view: Readonly<Record<string, unknown>>;
  }[] = [];
  readonly uploads = new Map<string, { readonly name: string; readonly url: string; text: string | undefined }>();
  readonly drops = new Map<string, Buffer>();
  /** Dropped files that were fetched, and how long each takes. */
  readonly fetched: string[] = [];
  fileDelayMs = 0;
  /** Types of block that this workspace does not have yet. */
  readonly without = new Set<string>();
  /** Scopes that were not granted. */
  readonly missingScopes = new Set<string>();
  tokenRevoked = false;
  /** One post a second and channel is enforced. */
  limitsRate = true;
  readonly #faults = new Map<string, Fault[]>();
  readonly #triggers = new Map<string, number>();
  readonly #lastPost = new Map<string, number>();
  #clock = 1_790_000_000;
  #count = 0;

  constructor() {
    for (const user of [
      { id: BOT, team: TEAM, kind: 'member' },
      { id: 'U0ANNA', team: TEAM, kind: 'member' },
      { id: 'U0BEN', team: TEAM, kind: 'member' },
      { id: 'U0GUEST', team: TEAM, kind: 'guest' },
      { id: 'U0ONE', team: TEAM, kind: 'single-channel guest' },
      { id: 'U0FAR', team: 'T0OTHER', kind: 'stranger' },
    ] as const)
      this.users.set(user.id, user);
    for (const channel of [
      { id: 'C0OPS', kind: 'public', joined: true },
      { id: 'C0NOT', kind: 'private', joined: false },
      { id: 'C0SHARED', kind: 'public', joined: true, shared: true },
      { id: 'C0OLD', kind: 'public', joined: true, archived: true },
      { id: 'D0ANNA', kind: 'dm', joined: true },
      { id: 'D0BEN', kind: 'dm', joined: true },
    ] as const)
      this.channels.set(channel.id, channel);
  }

  /** The next `times` calls of this method fail so. */
  fail(method: string, fault: Fault, times = 1): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...Array.from({ length: times }, () => fault)]);
  }

  heal(): void {
    this.#faults.clear();
  }

  faultOf(method: string): Fault | undefined {
    const faults = this.#faults.get(method) ?? this.#faults.get('*');
    return faults?.shift();
  }

  /** A message's time stamp: unique in the workspace, and rising. */
  nextTs(): string {
    this.#clock += 1;
    return `${this.#clock}.${String((this.#count += 1)).padStart(6, '0')}`;
  }

  nextId(prefix: string): string {
    return `${prefix}${(this.#count += 1).toString(36).toUpperCase().padStart(8, '0')}`;
  }

  newTrigger(): string {
    const id = `${this.#clock}.${(this.#count += 1)}.${this.nextId('trigger').toLowerCase()}`;
    this.#triggers.set(id, performance.now());
    return id;
  }

  /** Why a trigger can't be used, or undefined; it is used up by asking. */
  useTrigger(id: unknown): string | undefined {
    const made = typeof id === 'string' ? this.#triggers.get(id) : undefined;
    if (made === undefined) return 'invalid_trigger_id';
    this.#triggers.delete(String(id));
    return performance.now() - made > LIMITS.triggerMs ? 'expired_trigger_id' : undefined;
  }

  /** Whole seconds to wait before this channel takes another message; 0: it does now. */
  waitToPost(channel: string): number {
    const now = performance.now();
    const last = this.#lastPost.get(channel);
    // Real clocks are never exactly together: a tenth of a second is forgiven.
    if (this.limitsRate && last !== undefined && now - last < LIMITS.postEveryMs - 100) return 1;
    this.#lastPost.set(channel, now);
    return 0;
  }

  channelFor(id: string): Channel | undefined {
    if (!id.startsWith('U')) return this.channels.get(id);
    return this.users.has(id)
      ? (this.channels.get(`D${id.slice(1)}`) ?? { id: `D${id.slice(1)}`, kind: 'dm', joined: true })
      : undefined;
  }
}
