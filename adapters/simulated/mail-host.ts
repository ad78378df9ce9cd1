/**
 * The company's mail server: it takes mail, passes it on as far as it can, keeps the rest, and writes its log.
 *
 * Owns: the queue, the log, what its files do. Does not own: who sends (flows.ts), how it is listed (postfix-text.ts).
 * Rules:
 * 1. Whether mail leaves follows from its files, the gateway and what is broken; nothing else decides.
 * 2. Every message is whole in the log: who handed it in, where it went, that it was removed.
 * 3. Mail that a measure of ours held is remembered: it may have been held needlessly.
 */
import type { VirtualClock } from './clock.ts';
import { makeDevice } from './device.ts';
import type { Device } from './device.ts';
import type { Gateway } from './gateway.ts';
import { MAIL_SERVER, RELAY } from './names.ts';
import type { Mail, Waiting } from './mail.ts';
import * as text from './postfix-text.ts';
import type { SeededRandom } from './random.ts';

export type Broken = 'resolver' | 'route' | 'certificate' | 'disk' | 'smart-host-login';

export interface MailHost {
  readonly device: Device;
  readonly queue: ReadonlyMap<string, Waiting>;
  readonly log: readonly string[];
  /** Takes a message and tries to pass it on at once. */
  take(mail: Mail): void;
  /** A line that isn't about a message. */
  note(line: string): void;
  /** Tries what is due. */
  run(): void;
  breaks(part: Broken | undefined): void;
  broken(): Broken | undefined;
  /** The ISP's relay says no from now on, or no longer. */
  relaySays(answer: string | undefined): void;
  relayAnswer(): string | undefined;
  isDisabled(account: string): boolean;
}

export interface MailHostNeeds {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly gateway: Gateway;
  readonly address: string;
  readonly smartHost: boolean;
  readonly accounts: readonly string[];
  isListed(): boolean;
  /** It has left for the outside. */
  left(mail: Mail): void;
  /** It was held by a measure of ours for so long (ms), and goes on now. */
  held(mail: Mail, ms: number): void;
}

export const WAY_OUT = 'way-out';
const RETRY_MS = 300_000;

const REASONS: Readonly<Record<Broken, (domain: string) => string>> = {
  resolver: (domain) =>
    `Host or domain name not found. Name service error for name=${domain} type=MX: Host not found, try again`,
  route: (domain) => `connect to mx.${domain}[192.0.2.9]:25: Connection timed out`,
  certificate: () => 'Cannot start TLS: handshake failure; certificate has expired',
  disk: () => 'queue file write error: No space left on device',
  'smart-host-login': () =>
    `SASL authentication failed; server ${RELAY}[192.0.2.25] said: 535 5.7.8 Error: authentication failed`,
};

export function makeMailHost(needs: MailHostNeeds): MailHost {
  const { clock, random, gateway } = needs;
  const log: string[] = [];
  const queue = new Map<string, Waiting>();
  let broken: Broken | undefined;
  let relayAnswer: string | undefined;
  const device = makeDevice(
    MAIL_SERVER,
    clock,
    {
      [WAY_OUT]: needs.smartHost ? `relay ${RELAY}:587\n` : 'direct\n',
      ...Object.fromEntries(needs.accounts.map((account) => [`accounts/${account}`, 'enabled\n'])),
    },
    (act) => {
      if (act.file.startsWith('removed/')) setAside(act.file, act.after);
    },
  );
  const aside = new Map<string, readonly Waiting[]>();
  const setAside = (file: string, ids: string | undefined): void => {
    if (ids === undefined) {
      for (const each of aside.get(file) ?? []) queue.set(each.id, each);
      aside.delete(file);
      return;
    }
    const moved = ids.split('\n').flatMap((line) => queue.get(line.split(' ')[0] ?? '') ?? []);
    for (const each of moved) queue.delete(each.id);
    aside.set(file, [...(aside.get(file) ?? []), ...moved]);
  };
  const stamp = (): string => text.stamp(clock.now());
  /** Why it can't leave now; undefined where it can. `ours`: a measure holds it. */
  const obstacle = (domain: string): { readonly why: string; readonly isOurs: boolean } | undefined => {
    const way = device.says(WAY_OUT) ?? '';
    if (way.includes('frozen')) return { why: 'mail transport unavailable', isOurs: true };
    const viaRelay = way.startsWith('relay');
    const passage = gateway.passage(needs.address);
    if (passage === 'plugged' || passage === 'quarantined')
      return { why: `connect to mx.${domain}[192.0.2.9]:25: Network is unreachable`, isOurs: true };
    if (passage === 'blocked' && !viaRelay)
      return { why: `connect to mx.${domain}[192.0.2.9]:25: Connection refused`, isOurs: true };
    if (broken !== undefined) return { why: REASONS[broken](domain), isOurs: false };
    return undefined;
  };
  const attempt = (mail: Waiting): boolean => {
    const domain = mail.recipient.split('@')[1] ?? '';
    const stop = obstacle(domain);
    mail.tries += 1;
    mail.next = clock.monotonic() + RETRY_MS;
    if (stop?.isOurs) mail.heldSince ??= clock.monotonic();
    else {
      mail.heldMs = heldFor(mail, clock.monotonic());
      mail.heldSince = undefined;
    }
    if (stop) {
      mail.reason = stop.why;
      return false;
    }
    const viaRelay = (device.says(WAY_OUT) ?? '').startsWith('relay');
    if (viaRelay && relayAnswer !== undefined) {
      log.push(text.refused(stamp(), mail.id, mail.recipient, `host ${RELAY}[192.0.2.25] said: ${relayAnswer}`));
      return true;
    }
    const answer = viaRelay ? undefined : refusal(mail, needs.isListed());
    if (answer !== undefined) {
      mail.reason = answer;
      return false;
    }
    if (!viaRelay) gateway.tries(needs.address, [domain]);
    log.push(text.sent(stamp(), mail.id, mail.recipient), text.removed(stamp(), mail.id));
    needs.left(mail);
    return true;
  };
  return {
    device,
    queue,
    log,
    take: (mail) => {
      const waiting: Waiting = {
        ...mail,
        id: random.hex(5).toUpperCase(),
        at: clock.monotonic(),
        bytes: random.between(900, 40_000),
        reason: undefined,
        tries: 0,
        next: 0,
        heldMs: 0,
        heldSince: undefined,
      };
      log.push(text.taken(stamp(), waiting.id, mail.from));
      if (!attempt(waiting)) {
        log.push(text.deferred(stamp(), waiting.id, mail.recipient, waiting.reason ?? ''));
        queue.set(waiting.id, waiting);
      }
    },
    note: (line) => log.push(line),
    run: () => {
      const now = clock.monotonic();
      for (const mail of queue.values()) {
        if (mail.next > now) continue;
        if (!attempt(mail)) continue;
        queue.delete(mail.id);
        needs.held(mail, mail.heldMs);
      }
    },
    breaks: (part) => {
      broken = part;
    },
    broken: () => broken,
    relaySays: (answer) => {
      relayAnswer = answer;
    },
    relayAnswer: () => relayAnswer,
    isDisabled: (account) => (device.says(`accounts/${account}`) ?? '').startsWith('disabled'),
  };
}

/** What the receiver says now; undefined: it takes it. */
function refusal(mail: Waiting, isListed: boolean): string | undefined {
  switch (mail.fate) {
    case 'taken':
      return undefined;
    case 'greylisted':
      return mail.tries > 2
        ? undefined
        : `host mx.${domainOf(mail)}[192.0.2.9] said: 450 4.2.0 <${mail.recipient}>: Recipient address rejected: Greylisted, try again in 300 seconds`;
    case 'refused':
      return `host mx.${domainOf(mail)}[192.0.2.9] said: 421 4.7.0 Messages temporarily deferred due to unexpected volume or user complaints`;
    case 'choosy':
      return isListed
        ? `host mx.${domainOf(mail)}[192.0.2.9] said: 451 4.7.1 Service unavailable; Client host blocked using a block-list`
        : undefined;
    default:
      return mail.fate satisfies never;
  }
}

function domainOf(mail: Mail): string {
  return mail.recipient.split('@')[1] ?? '';
}

/** How long it was held by what was ordered, until now. Milliseconds. */
export function heldFor(mail: Waiting, now: number): number {
  return mail.heldMs + (mail.heldSince === undefined ? 0 : now - mail.heldSince);
}
