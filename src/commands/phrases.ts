/**
 * Natural words -> the command that was meant, by rules that anybody can read; no guessing.
 *
 * Owns: the one question that is asked where two commands are possible. Does not own: which words mean which command
 * (phrase-rules.ts, risky-words.ts), exact commands (parse.ts goes first), how the question is shown.
 * Rules:
 * 1. Only commands that look are understood from free words. Words that would change something are answered with a
 *    question whose offers explain the command; it has to be said exactly. What is only written down is offered.
 * 2. A rule needs its words, not their order; the first rule that fits wins, in the order below.
 * 3. What no rule fits is not understood.
 */
import { parseDomain } from '../domain/address/domain.ts';
import { parseIp } from '../domain/address/ip.ts';
import { ASKING, LOOKING, WONDERING } from './phrase-rules.ts';
import type { PhraseRule } from './phrase-rules.ts';
import { riskyCommand } from './risky-words.ts';
import type { CommandSpec } from './spec.ts';

export type Understood = { readonly kind: 'line'; readonly line: string } | Question | { readonly kind: 'none' };

export interface Question {
  readonly kind: 'question';
  readonly question: string;
  readonly offers: readonly Offer[];
  /** The command that changes something, and is only explained. */
  readonly explains?: string;
}

export interface Offer {
  readonly label: string;
  readonly line: string;
}

export interface PhraseNames {
  /** The mail servers of the configuration. */
  readonly servers: readonly string[];
}

interface Heard {
  /** In lower case. */
  readonly text: string;
  readonly words: ReadonlySet<string>;
  /** Addresses and domains that are named, as they were written. */
  readonly subjects: readonly string[];
  /** A configured server that is named. */
  readonly server: string | undefined;
}

const ABOUT_QUEUES =
  /\b(?:queues?|queued|stuck|deferred|waiting|full|spool|mailq)\b|\bmail(?:s|q)? (?:is |are )?(?:slow|late|not (?:leaving|going))\b/;
const A_REFUSAL = /\b[45]\d\d[ -][245]\.\d{1,3}\.\d{1,3}\b/;
const MINE =
  /^(?:i (?:have|take|got|take over) (?:it|this)|i(?:'ve| have) got (?:it|this)|got it|i(?:'m| am) on it|on it|i(?:'ll| will) take (?:it|this|over)|mine)\b/;
const REMEMBER = /^(?:please )?(?:remember|write down|for the record|fyi|take (?:a )?note)\b[:, ]*(?:that )?(.+)$/is;

export function understand(text: string, registry: readonly CommandSpec[], names: PhraseNames): Understood {
  const heard = listen(text, names);
  if (heard.words.size === 0) return { kind: 'none' };
  const can = (line: string): boolean =>
    registry.some((spec) => spec.name === line.split(' ')[0] && spec.shellOnly !== true);
  const byRule = (rules: readonly PhraseRule[]): Understood | undefined => {
    const rule = rules.find(({ pattern, line }) => can(line) && pattern.test(heard.text));
    return rule && { kind: 'line', line: rule.line.replace('SUBJECTS', heard.subjects.join(' ')).trim() };
  };
  const asking = byRule(ASKING);
  if (asking) return asking;
  const risky = riskyCommand(heard.text);
  if (risky !== undefined) return explain(risky, registry);
  const version = heard.words.has('windows') && /\b\d{1,2}\.\d+(?:\.\d+)*\b/.exec(heard.text)?.[0];
  if (version && can('windows')) return { kind: 'line', line: `windows ${version}` };
  const ask = question(text, heard, names);
  if (ask && ask.offers.every(({ line }) => can(line))) return ask;
  const looking = byRule(LOOKING);
  if (looking) return looking;
  if (ABOUT_QUEUES.test(heard.text) && can('queue')) return aboutQueue(heard, names);
  const wondering = byRule(WONDERING);
  if (wondering) return wondering;
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

/** Where two things could be meant, or where what is meant is to be written down. */
function question(text: string, heard: Heard, names: PhraseNames): Question | undefined {
  const ask = (words: string, ...offers: readonly (readonly [label: string, line: string])[]): Question => ({
    kind: 'question',
    question: words,
    offers: offers.map(([label, line]) => ({ label, line })),
  });
  if (MINE.test(heard.text)) return ask('Do you take the incident?', ['I have it', 'ack']);
  const words = REMEMBER.exec(text.trim())?.[1];
  if (words !== undefined)
    return ask('Shall that stand in the incident’s timeline?', [
      'Note it',
      `note ${JSON.stringify(words.slice(0, 500))}`,
    ]);
  if (A_REFUSAL.test(heard.text))
    return ask(
      'That reads like a refusal of another server.',
      ['What happened?', 'triage'],
      ['Are we listed?', 'check'],
    );
  if (/\b(?:drill|practi[cs]e|exercise|training)\b/.test(heard.text))
    return ask('Practise a bad morning?', ['Which are there?', 'drill list'], ['Begin one', 'drill start']);
  if (/\bwho\b.*\b(?:send(?:s|ing)?|spam(?:s|ming)?)\b/.test(heard.text) && !ABOUT_QUEUES.test(heard.text)) {
    const servers = heard.server === undefined ? names.servers.slice(0, 5) : [heard.server];
    return ask(
      'Through a mail server, or past it?',
      ...servers.map((name) => [`Through ${name}`, `queue ${name} top senders`] as const),
      ['Past it', 'hunt'],
      ['Not known', 'triage'],
    );
  }
  if (/\b(?:exposed|exposure|pop3|imap|our ports|open ports|the ports)\b/.test(heard.text)) {
    const servers = heard.server === undefined ? names.servers.slice(0, 8) : [heard.server];
    return servers.length === 0
      ? ask('Which host?', ['How to ask', 'help audit'])
      : ask('Look at whose doors?', ...servers.map((name) => [name, `audit ${name}`] as const));
  }
  return undefined;
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
    explains: spec.name,
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
