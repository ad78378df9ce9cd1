/**
 * Natural words -> the command that was meant, by rules that anybody can read; no guessing.
 *
 * Owns: which words mean which command, and the one question that is asked where two are possible. Does not own: exact
 * commands (parse.ts goes first), how the question is shown.
 * Rules:
 * 1. Only commands that look are understood from free words. Words that would change something are answered with a
 *    question whose offers explain the command; it has to be said exactly.
 * 2. A rule needs its words, not their order; the first rule that fits wins, in the order below.
 * 3. What no rule fits is not understood.
 */
import { parseDomain } from '../domain/address/domain.ts';
import { parseIp } from '../domain/address/ip.ts';
import type { CommandSpec } from './spec.ts';

export type Understood =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'question'; readonly question: string; readonly offers: readonly Offer[] }
  | { readonly kind: 'none' };

export interface Offer {
  readonly label: string;
  readonly line: string;
}

export interface PhraseNames {
  /** The mail servers of the configuration. */
  readonly servers: readonly string[];
}

interface Heard {
  readonly text: string;
  readonly words: ReadonlySet<string>;
  /** Addresses and domains that are named, as they were written. */
  readonly subjects: readonly string[];
  /** A configured server that is named. */
  readonly server: string | undefined;
}

/** Words about changing things, and the command that is explained. */
const RISKY: readonly (readonly [pattern: RegExp, command: string])[] = [
  [/\b(?:pull|cut|unplug|disconnect)\b.*\b(?:plug|internet|line|off|connection)\b|\bunplug\b/, 'unplug'],
  [/\b(?:freeze|stop|hold|halt|pause)\b.*\b(?:mail|outbound|outgoing|sending|queue|server)\b|\bfreeze\b/, 'freeze'],
  [/\bblock\b.*\b(?:25|smtp|port)\b|\bport 25\b/, 'block-port-25'],
  [/\b(?:quarantine|isolate|kick)\b/, 'quarantine'],
  [/\b(?:disable|lock)\b.*\b(?:account|user|login)\b/, 'disable-account'],
  [/\b(?:delete|purge|clean|flush|empty|remove)\b.*\b(?:queue|mails?|messages?|spam)\b/, 'clean-queue'],
  [/\b(?:reroute|smart ?host|relay)\b.*\b(?:through|via|use|send|isp|provider)\b/, 'reroute'],
  [/\b(?:undo|revert|roll ?back|take back)\b/, 'undo'],
  [/\b(?:approve|agree|go ahead|do it|yes)\b/, 'approve'],
];

export function understand(text: string, registry: readonly CommandSpec[], names: PhraseNames): Understood {
  const heard = listen(text, names);
  if (heard.words.size === 0) return { kind: 'none' };
  const risky = RISKY.find(([pattern]) => pattern.test(heard.text));
  if (risky) return explain(risky[1], registry);
  const has = (...words: readonly string[]): boolean => words.some((word) => heard.words.has(word));
  const can = (name: string): boolean => registry.some((spec) => spec.name === name && !spec.shellOnly);

  if (/\bwhat can (?:you|i|we)\b|\bhow do (?:i|we)\b/.test(heard.text) && can('help'))
    return { kind: 'line', line: 'help' };
  if (has('windows') && /\b\d{1,2}\.\d+(?:\.\d+)*\b/.test(heard.text) && can('windows'))
    return { kind: 'line', line: `windows ${/\b\d{1,2}\.\d+(?:\.\d+)*\b/.exec(heard.text)?.[0]}` };
  if (
    (has(
      'blacklisted',
      'blacklist',
      'blocklisted',
      'blocklist',
      'blacklists',
      'blocklists',
      'listed',
      'dnsbl',
      'rbl',
      'spamhaus',
    ) ||
      /\bon (?:any|a|some) lists?\b/.test(heard.text)) &&
    can('check')
  )
    return { kind: 'line', line: ['check', ...heard.subjects].join(' ') };
  if (
    /\b(?:find|which|what|who|whose|hunt)\b.*\b(?:machine|computer|workstation|pc|device)\b/.test(heard.text) &&
    can('hunt')
  )
    return { kind: 'line', line: 'hunt' };
  if (
    (has('queue', 'queues', 'queued', 'stuck', 'deferred', 'waiting', 'full', 'spool') ||
      /\bmail(?:s|q)? (?:is |are )?(?:slow|late|not (?:leaving|going))\b/.test(heard.text)) &&
    can('queue')
  )
    return aboutQueue(heard, names);
  if (
    (/\bwhat(?:'s| is| has)? (?:going on|happened|happening|wrong)\b|\b(?:are|were|have) we (?:been )?(?:hacked|attacked|compromised|broken into|under attack)\b/.test(
      heard.text,
    ) ||
      has('diagnose', 'diagnosis', 'verdict', 'why')) &&
    can('triage')
  )
    return { kind: 'line', line: 'triage' };
  if (
    (/\bhow are you\b|\bare you (?:there|ok|okay|alive|up|well)\b/.test(heard.text) || has('ping', 'hello', 'hi')) &&
    can('status')
  )
    return { kind: 'line', line: 'status' };
  if (heard.subjects.length > 0 && can('check'))
    return {
      kind: 'question',
      question: `What about ${heard.subjects[0]}?`,
      offers: [
        { label: 'Is it on blocklists?', line: ['check', ...heard.subjects].join(' ') },
        { label: 'Help', line: 'help' },
      ],
    };
  return { kind: 'none' };
}

function aboutQueue(heard: Heard, names: PhraseNames): Understood {
  const top = /\b(?:who|sender|senders|from whom)\b/.test(heard.text)
    ? ' top senders'
    : /\bwhy|reasons?\b/.test(heard.text)
      ? ' top reasons'
      : '';
  const server = heard.server ?? (names.servers.length === 1 ? names.servers[0] : undefined);
  if (server !== undefined) return { kind: 'line', line: `queue ${server}${top}` };
  if (names.servers.length === 0) return { kind: 'line', line: 'queue' };
  return {
    kind: 'question',
    question: 'Of which server?',
    offers: names.servers.slice(0, 10).map((name) => ({ label: name, line: `queue ${name}${top}` })),
  };
}

/** Nothing that changes something is done because it sounded like it. */
function explain(command: string, registry: readonly CommandSpec[]): Understood {
  const spec = registry.find(
    (each) =>
      !each.shellOnly && (each.name === command || each.name.startsWith(command) || each.aliases?.includes(command)),
  );
  if (!spec) return { kind: 'none' };
  return {
    kind: 'question',
    question: `That would change something, so I don’t guess: say it exactly, such as ${spec.examples[0] ?? spec.name}`,
    offers: [{ label: `Explain ${spec.name}`, line: `help ${spec.name}` }],
  };
}

function listen(text: string, names: PhraseNames): Heard {
  const lower = text.toLowerCase().slice(0, 500).replace(/[’‘]/g, "'");
  const tokens = lower
    .split(/[\s,;!?()"]+/)
    .map((token) => token.replace(/^[.:']+|[.:']+$/g, ''))
    .filter((token) => token !== '');
  const server = names.servers.find((name) => tokens.includes(name.toLowerCase()));
  return {
    text: lower,
    words: new Set(tokens),
    subjects: tokens.filter((token) => token !== server && isSubject(token)).slice(0, 16),
    server,
  };
}

function isSubject(token: string): boolean {
  if (parseIp(token).kind === 'ok') return true;
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(token) && parseDomain(token).kind === 'ok';
}
