/**
 * The one or two receivers for which nearly all mail waits. What is stuck for them alone is their trouble, or what they
 * hold against this address (some drop the connection and say nothing), sooner than a fault that would stop everything.
 *
 * Rules:
 * 1. Domains of one operator are one receiver, as far as the domain tells.
 * 2. None where the mail does not go to them from here: a smart host takes it, it waits for something on this very host
 *    (a content filter, local delivery), or it is for the site's own domains.
 */
import type { Evidence } from './evidence.ts';

/** The largest one has this share, or else the two largest together. */
const ONE = 0.8;
const TWO = 0.9;

/** Postfix's sockets, and what a listing's reasons call this host. */
const HERE = /<this host>|\blocalhost\b|\[private\//i;

/** The domain with the most recipients of each, the largest receiver first; empty where mail waits for many. */
export function fewReceivers(evidence: Evidence, example: string): readonly string[] {
  const { queue, site, smartHost, dns } = evidence;
  if (!queue || HERE.test(example) || site?.smartHost === true || smartHost?.configured === true) return [];
  const domains = queue.topRecipientDomains ?? [];
  const all = queue.recipients ?? domains.reduce((sum, each) => sum + each.recipients, 0);
  const receivers = new Map<string, { domain: string; recipients: number }>();
  for (const { domain, recipients } of domains.toSorted((a, b) => b.recipients - a.recipients)) {
    const operator = operatorOf(domain);
    const known = receivers.get(operator) ?? { domain, recipients: 0 };
    receivers.set(operator, { ...known, recipients: known.recipients + recipients });
  }
  const [first, second] = [...receivers.values()].toSorted((a, b) => b.recipients - a.recipients);
  if (!first || all === 0) return [];
  const isOwn = (domain: string): boolean => dns?.domains?.some((each) => each.domain === domain) === true;
  if (isOwn(first.domain)) return [];
  if (first.recipients >= all * ONE) return [first.domain];
  const both = first.recipients + (second?.recipients ?? 0);
  return second && both >= all * TWO && !isOwn(second.domain) ? [first.domain, second.domain] : [];
}

const OPERATORS: readonly (readonly [operator: string, domains: RegExp])[] = [
  ['Google', /^(?:gmail|googlemail)\.com$/],
  ['Microsoft', /^(?:hotmail|live|outlook|msn|passport)\.(?:[a-z]{2,3}\.)?[a-z]{2,3}$/],
  ['Yahoo', /^(?:yahoo|ymail|rocketmail|aol)\.(?:[a-z]{2,3}\.)?[a-z]{2,3}$/],
  ['Apple', /^(?:icloud|me|mac)\.com$/],
  ['GMX and WEB.DE', /^(?:gmx|web|mail|1und1)\.(?:de|net|at|ch|com)$/],
];

function operatorOf(domain: string): string {
  return OPERATORS.find(([, domains]) => domains.test(domain))?.[0] ?? domain;
}
