/**
 * The dialogue that finds out whether a server relays for anybody: EHLO, MAIL, RCPT, RSET, QUIT (RFC 5321). Never DATA.
 *
 * Rules:
 * 1. One recipient taken is "accepted". "refused" is a refusal in words that are about relaying; a greylist, a blocklist, a
 *    domain that isn't known say nothing of it and are "unclear".
 * 2. Where mail isn't even begun without a login (530, RFC 4954), nothing can be relayed.
 */
import { hostname } from 'node:os';
import type { RelayAnswer, RelayPlan, RelayProbe } from '../../../src/ports/relay-probe.ts';
import { dialFromHere, dialThrough } from './dial.ts';
import { DIALOGUES } from './dialogues.ts';
import { TalkFailed, startTalk } from './talk.ts';
import type { Talk } from './talk.ts';

/**
 * The words of Postfix, Exim, Sendmail and qmail; Exchange's 5.7.54 and "Unable to relay"; OpenSMTPD's "Invalid recipient",
 * which it says where no rule matches (smtp_session.c).
 */
const ABOUT_RELAYING = /relay|not permitted|authenticat|rcpthosts|5\.7\.54|^550 Invalid recipient/i;
/** A refusal of who we are or what we call ourselves. */
const ABOUT_US = /blocked|listed|spamhaus|client host|helo command|sender address|greylist|try again later/i;
const MOST_SHOWN = 200;

/** `through`: the ssh argv that connects to a host and port from a server's network; undefined: it is dialled from here. */
export function openRelayProbe(
  through: (server: string, host: string, port: number) => readonly string[] | undefined,
): RelayProbe {
  return {
    async try(host, plan, deadlineMs, via) {
      const until = performance.now() + deadlineMs;
      const argv = via === undefined ? undefined : through(via, host, plan.port);
      const dialled = argv === undefined ? await dialFromHere(host, plan.port, until) : dialThrough(argv);
      try {
        const why = dialled.from === undefined ? undefined : plan.standsOutside(dialled.from);
        if (why !== undefined) throw new TalkFailed('failed', why);
        return await converse(startTalk(dialled.stream, until), plan);
      } finally {
        dialled.close();
      }
    },
  };
}

async function converse(talk: Talk, plan: RelayPlan): Promise<RelayAnswer> {
  const smtp = DIALOGUES.smtp;
  const greeting = await smtp.greeting(talk);
  if (greeting.refusal !== undefined) return { kind: 'unclear', answer: shown(greeting.refusal) };
  const hello = await say(talk, `EHLO ${hostname() || 'localhost'}`);
  let found: RelayAnswer = { kind: 'unclear', answer: shown(hello) };
  if (hello.startsWith('250'))
    for (const sender of plan.senders) {
      const answer = await tryOne(talk, sender, plan.recipient);
      if (found.kind === 'unclear' || answer.kind === 'accepted') found = answer;
      if (answer.kind === 'accepted') break;
    }
  await say(talk, 'QUIT').catch(() => {});
  return found;
}

async function tryOne(talk: Talk, sender: string, recipient: string): Promise<RelayAnswer> {
  const begun = await say(talk, `MAIL FROM:<${sender}>`);
  if (!begun.startsWith('250')) return judge(begun);
  const answer = await say(talk, `RCPT TO:<${recipient}>`);
  await say(talk, 'RSET');
  return answer.startsWith('25') ? { kind: 'accepted', answer: shown(answer) } : judge(answer);
}

function judge(answer: string): RelayAnswer {
  // It says our own addresses back.
  const words = answer.replaceAll(/<[^>]*>/g, '');
  const isAbout = /^[45]/.test(words) && ABOUT_RELAYING.test(words) && !ABOUT_US.test(words);
  return { kind: isAbout ? 'refused' : 'unclear', answer: shown(answer) };
}

/** All lines of the answer as one. */
async function say(talk: Talk, line: string): Promise<string> {
  talk.send(line);
  const lines = await talk.read((each) => /^\d{3}(?: |$)/.test(each));
  return lines.map((each, index) => (index === 0 ? each : each.slice(4))).join(' ');
}

function shown(answer: string): string {
  return answer.slice(0, MOST_SHOWN);
}
