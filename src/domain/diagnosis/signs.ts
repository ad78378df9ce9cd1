/**
 * What the evidence shows, in the words of the playbook: are the queues clear or full and of what shape, what do the
 * lists say, which login stands out. No causes yet; the rules draw those.
 */
import { parseIp } from '../address/ip.ts';
import { isOutside } from '../address/special.ts';
import type {
  BlockedAttempts,
  Evidence,
  InsideClientEvidence,
  LocalSenderEvidence,
  LoginEvidence,
  QueueEvidence,
} from './evidence.ts';
import { classifyReason, isOwnFault } from './reasons.ts';
import type { ReasonClass } from './reasons.ts';
import { fewReceivers } from './receivers.ts';

/** abuse: a list that matters; policy: only policy lists; minor: only minor or informational ones. */
export type ListingSign = 'abuse' | 'policy' | 'minor' | 'clear' | 'unknown' | 'not-looked';

/** full: more than a server that works has; some: in between; clear. */
export type QueueSign = 'full' | 'some' | 'clear' | 'not-looked';

export interface Signs {
  readonly listings: ListingSign;
  /** Causes that the listing lists name themselves. */
  readonly hints: ReadonlySet<string>;
  readonly zones: readonly string[];
  /** Domains that a list that matters lists: what is sent in their name, or a page on them, and no machine of ours. */
  readonly listedDomains: readonly string[];
  readonly queue: QueueSign;
  readonly messages: number;
  readonly nullShare: number;
  readonly nullDomains: number;
  /** Null-sender mail to many foreign domains: what bounces to forged senders look like. */
  readonly backscatter: boolean;
  /** Outbound mail is held by a freeze, so that full queues and delay reasons say nothing. */
  readonly frozen: boolean;
  /** Share of the most frequent class of delay reasons among all reasons (0 to 1), and which. */
  readonly reason: { readonly kind: ReasonClass; readonly share: number; readonly example: string } | undefined;
  readonly recipientDomains: number;
  /** The one or two receivers that keep nearly all waiting, where it is they who can't be reached. */
  readonly receivers: readonly string[];
  /** Too few wait to call it full, but all of them for one reason that may lie here, and for many receivers. */
  readonly perhapsStuck: boolean;
  /** Logins that stand out, the worst first. */
  readonly oddLogins: readonly OddLogin[];
  readonly oddLocals: readonly LocalSenderEvidence[];
  /** Machines inside that hand in far more than usual, without a login. */
  readonly oddClients: readonly InsideClientEvidence[];
  /** A login, a program or a machine inside that sends much, as it always does, explains the queue. */
  readonly usualSender: { readonly name: string; readonly messages: number } | undefined;
}

export interface OddLogin {
  readonly login: LoginEvidence;
  readonly timesUsual: number | undefined;
  /** From an address outside, or from several. */
  readonly foreignAddresses: number;
  readonly guessed: boolean;
  /** A hundred times what is usual, by the thousand, from outside: no person has that much to say. */
  readonly beyondAnybody: boolean;
}

const FULL_MESSAGES = 500;
const SHAPED_MESSAGES = 30;
const CLEAR_MESSAGES = 100;

/** What the evidence shows, without judging it. What wasn't looked at stays apart from a no. */
export function readSigns(evidence: Evidence): Signs {
  const { queue } = evidence;
  const messages = queue?.messages ?? 0;
  const nulls = queue?.nullSender?.messages ?? 0;
  const nullDomains = queue?.nullSender?.recipientDomains ?? 0;
  const nullShare = messages > 0 ? nulls / messages : 0;
  const backscatter = nulls >= SHAPED_MESSAGES && nullShare >= 0.5 && nullDomains >= Math.max(10, nulls * 0.1);
  const told = queue ? mainReason(queue) : undefined;
  const held = told?.kind === 'local-setup' && /mail transport unavailable/i.test(told.example);
  const declared = evidence.outboundFrozen === true || evidence.blockedAttempts?.outboundFrozen === true;
  const frozen = (told?.kind === 'frozen' && told.share >= 0.5) || (declared && (told === undefined || held));
  const reason = told && frozen && held ? { ...told, kind: 'frozen' as const } : told;
  const oddLogins = (evidence.logins ?? []).flatMap(oddLogin).toSorted((a, b) => b.login.messages - a.login.messages);
  const usualSender = sendersOf(evidence).find(
    (sender) => isUsual(sender) && sender.messages >= messages * 0.5 && messages > 0,
  );
  const base = { messages, nullShare, nullDomains, backscatter, reason, frozen, oddLogins, usualSender };
  const listing = listingSigns(evidence);
  const refused = listing.listings === 'abuse' && reason?.kind === 'blocked';
  const oddLocals = mostFirst((evidence.localSenders ?? []).filter(isOddSender));
  const oddClients = mostFirst((evidence.insideClients ?? []).filter(isOddSender));
  const anyOdd = oddLogins.length + oddLocals.length + oddClients.length > 0;
  const asUsual = !anyOdd && nullShare < 0.5 && (reason?.share ?? 0) < 0.8 && everybodyIsKnown(evidence);
  const shape = queueSign(
    queue,
    backscatter,
    refused ? undefined : reason,
    usualSender !== undefined,
    oddLogins.length > 0,
    frozen,
  );
  return {
    ...listing,
    ...base,
    queue: shape === 'some' && asUsual && listing.listings !== 'abuse' && !frozen ? 'clear' : shape,
    receivers: told && shape !== 'clear' && isOutThere(told.kind, evidence) ? fewReceivers(evidence, told.example) : [],
    recipientDomains: Math.max(queue?.topRecipientDomains?.length ?? 0, nullDomains),
    perhapsStuck: shape === 'clear' && !base.usualSender && isPerhapsStuck(queue, reason),
    oddLocals,
    oddClients,
  };
}

/** A small site has no more waiting when nothing leaves; a handful of dead addresses look like it, and are fewer. */
function isPerhapsStuck(queue: QueueEvidence | undefined, reason: Signs['reason']): boolean {
  if (!queue || !reason || !isOwnFault(reason.kind)) return false;
  return queue.messages >= 15 && reason.share >= 0.95 && (queue.topRecipientDomains?.length ?? 0) >= 8;
}

/** The fault may lie at the far end. A name that isn't found lies here where the resolver is known to fail. */
function isOutThere(kind: ReasonClass, evidence: Evidence): boolean {
  return kind === 'no-connection' || (kind === 'name-service' && evidence.resolver !== 'failing');
}

/** The log was read, it is known what each login usually sends, and nothing was relayed for strangers. */
function everybodyIsKnown(evidence: Evidence): boolean {
  const { logins = [], queue, relayedForStrangers = 0, openRelayTest } = evidence;
  const wasRead = logins.length > 0 && logins.every((login) => login.usualPerHour !== undefined);
  const unread = (queue?.malformed ?? 0) >= CLEAR_MESSAGES;
  return wasRead && !unread && relayedForStrangers < 20 && openRelayTest !== 'accepted';
}

/** Mail for users that do not exist is taken and bounced, in numbers that nobody mistypes. */
export function makesBounces(evidence: Evidence): boolean {
  return (evidence.bouncesPerMinute ?? 0) >= 20 && (evidence.unknownRecipientsPerMinute ?? 0) >= 30;
}

/** A machine that is no mail server and tries port 25 again and again, at several destinations. */
export function triesAgainAndAgain(source: BlockedAttempts['sources'][number]): boolean {
  return source.mailServer !== true && source.attempts >= 10 && (source.destinations ?? source.attempts) >= 3;
}

function queueSign(
  queue: QueueEvidence | undefined,
  backscatter: boolean,
  reason: Signs['reason'],
  usual: boolean,
  anyOddLogin: boolean,
  frozen: boolean,
): QueueSign {
  if (!queue) return 'not-looked';
  const { messages } = queue;
  if (frozen && !backscatter && !anyOddLogin && messages >= CLEAR_MESSAGES) return 'some';
  const stuckByOneself = reason !== undefined && isOwnFault(reason.kind) && reason.share >= 0.9;
  if (usual && !backscatter && !anyOddLogin && !stuckByOneself) return 'clear';
  if (messages >= FULL_MESSAGES || backscatter) return 'full';
  if (reason?.kind === 'greylisted' && reason.share >= 0.8) return 'clear';
  const stuck = reason !== undefined && reason.share >= 0.9 && reason.kind !== 'other' && reason.kind !== 'greylisted';
  if (messages >= SHAPED_MESSAGES && (stuck || oneSenderToMany(queue) || anyOddLogin)) return 'full';
  // A line that could not be read may be a message.
  return messages + (queue.malformed ?? 0) < CLEAR_MESSAGES ? 'clear' : 'some';
}

/** One sender has more than half of a queue that goes to many domains. */
function oneSenderToMany(queue: QueueEvidence): boolean {
  const top = queue.topSenders?.find((each) => each.sender !== '');
  return top !== undefined && top.messages >= queue.messages * 0.5 && (queue.topRecipientDomains?.length ?? 0) >= 15;
}

/** What the lists say of the addresses. Where only a domain was asked about, nothing is known of them. */
function listingSigns(evidence: Evidence): Pick<Signs, 'listings' | 'hints' | 'zones' | 'listedDomains'> {
  const all = evidence.listings ?? [];
  const looked = all.filter((each) => parseIp(each.subject).kind === 'ok');
  const listed = looked.flatMap((each) => each.lists.filter((list) => list.state === 'listed'));
  const natures = listed.map((list) => list.nature ?? 'abuse');
  return {
    listings: all.length === 0 ? 'not-looked' : looked.length === 0 ? 'unknown' : listingSign(looked, natures),
    hints: new Set(listed.flatMap((list) => list.causes ?? [])),
    zones: [...new Set(listed.map((list) => list.zone))],
    listedDomains: all.flatMap((each) => (each.state === 'listed' && !looked.includes(each) ? [each.subject] : [])),
  };
}

function listingSign(looked: NonNullable<Evidence['listings']>, natures: readonly string[]): ListingSign {
  if (looked.some((each) => each.state === 'listed')) return 'abuse';
  // No list that matters lists it (it would be "listed"): one of low weight beside a policy list changes nothing.
  if (natures.includes('policy')) return 'policy';
  if (looked.some((each) => each.state === 'unknown')) return 'unknown';
  return natures.length > 0 ? 'minor' : 'clear';
}

function mainReason(queue: QueueEvidence): Signs['reason'] {
  const reasons = queue.topReasons ?? [];
  const total = reasons.reduce((sum, each) => sum + each.recipients, 0);
  if (total === 0) return undefined;
  const byKind = new Map<ReasonClass, { count: number; example: string }>();
  for (const each of reasons) {
    const kind = classifyReason(each.reason);
    const known = byKind.get(kind);
    byKind.set(kind, { count: (known?.count ?? 0) + each.recipients, example: known?.example ?? each.reason });
  }
  const [kind, best] = [...byKind].toSorted(([, a], [, b]) => b.count - a.count)[0] ?? [];
  return kind === undefined || best === undefined
    ? undefined
    : { kind, share: best.count / total, example: best.example };
}

interface Sender {
  readonly name: string;
  readonly messages: number;
  readonly usualPerHour?: number;
  readonly failuresBefore?: number;
}

/** Newsletters come in by a login, by a program on the server (a mailing list's), or from a machine inside. */
function sendersOf({ logins = [], localSenders = [], insideClients = [] }: Evidence): readonly Sender[] {
  return [
    ...logins.map((login) => ({ ...login, name: login.account })),
    ...localSenders.map((sender) => ({ ...sender, name: sender.uid })),
    ...insideClients.map((client) => ({ ...client, name: client.address })),
  ];
}

function isUsual(sender: Sender): boolean {
  const usual = sender.usualPerHour;
  return usual !== undefined && usual >= 50 && sender.messages <= usual * 3 && (sender.failuresBefore ?? 0) < 20;
}

/** Much more than usual, to many domains. */
function oddLogin(login: LoginEvidence): readonly OddLogin[] {
  const usual = login.usualPerHour;
  const timesUsual = usual === undefined ? undefined : login.messages / Math.max(1, usual);
  const many = login.messages >= 30 && (timesUsual === undefined ? login.messages >= 200 : timesUsual >= 8);
  const spread = login.recipientDomains === undefined || login.recipientDomains >= Math.max(15, login.messages * 0.1);
  if (!many || !spread) return [];
  const foreignAddresses = (login.addresses ?? []).filter(isOutside).length;
  const guessed = (login.failuresBefore ?? 0) >= 20;
  const beyondAnybody = foreignAddresses > 0 && login.messages >= 1000 && timesUsual !== undefined && timesUsual >= 100;
  return [{ login, timesUsual, foreignAddresses, guessed, beyondAnybody }];
}

function mostFirst<T extends { readonly messages: number }>(senders: readonly T[]): readonly T[] {
  return senders.toSorted((a, b) => b.messages - a.messages);
}

function isOddSender(sender: LocalSenderEvidence | InsideClientEvidence): boolean {
  const usual = sender.usualPerHour;
  const many =
    sender.messages >= 30 && (usual === undefined ? sender.messages >= 200 : sender.messages >= Math.max(1, usual) * 8);
  return (
    many && (sender.recipientDomains === undefined || sender.recipientDomains >= Math.max(15, sender.messages * 0.1))
  );
}
