/** Mail that comes from outside and goes through the server: a stolen login, bounces, an open relay. */
import { foreign, say } from '../../foreign.ts';
import { pointsOf } from '../rule.ts';
import type { Point, Rule } from '../rule.ts';
import { makesBounces } from '../signs.ts';
import type { OddLogin } from '../signs.ts';

const relay = pointsOf('authenticated-relay');
const ndr = pointsOf('ndr-attack');
const open = pointsOf('open-relay');

/** One login, much more than usual, to many foreign domains. */
export const stolenLogin: Rule = (evidence, signs) => {
  const points: Point[] = [];
  const odd = signs.oddLogins[0];
  if (odd) points.push(...loginPoints(odd, signs.listings === 'abuse', signs.queue === 'full'));
  else if (
    evidence.logins &&
    (evidence.logins.length === 0 || evidence.logins.every((login) => login.usualPerHour !== undefined))
  ) {
    points.push(relay.opposes('logins-as-usual', 0.6, say`no login sends more than it usually does`));
  }
  if (signs.usualSender) {
    // It explains what waits, and says nothing of a login that stands out beside it.
    points.push(
      relay.opposes(
        'usual-sender',
        odd ? 0.1 : 0.5,
        say`${foreign(signs.usualSender.name, 60)} sends ${signs.usualSender.messages}, which is usual there`,
      ),
    );
  }
  return points;
};

function loginPoints(odd: OddLogin, listed: boolean, full: boolean): readonly Point[] {
  const { login } = odd;
  const domains = login.recipientDomains === undefined ? '' : ` to ${login.recipientDomains} domains`;
  const usual = odd.timesUsual === undefined ? '' : `, ${Math.round(odd.timesUsual)} times what is usual`;
  const points = [
    relay.supports(
      'odd-login',
      0.4,
      say`${foreign(login.account, 60)} sent ${login.messages} messages${domains}${usual}`,
    ),
  ];
  if (odd.guessed)
    points.push(
      relay.supports(
        'guessed-password',
        0.6,
        say`${login.failuresBefore ?? 0} failed logins came before the first that succeeded: the password was guessed`,
      ),
    );
  if (odd.foreignAddresses > 0) {
    const many = odd.foreignAddresses >= 3;
    points.push(
      relay.supports(
        'foreign-address',
        many ? 0.5 : 0.3,
        say`the login comes from ${many ? `${odd.foreignAddresses} addresses outside` : say`${foreign(login.addresses?.[0] ?? '', 60)}, outside`}`,
      ),
    );
  }
  if (
    /^(administrator|admin|root|postmaster|test|info|scan(ner)?|backup|guest)$/i.test(login.account.split('@')[0] ?? '')
  ) {
    points.push(relay.supports('guessable-account', 0.2, say`it is an account that everybody guesses first`));
  }
  if (odd.foreignAddresses === 0 && (login.addresses ?? []).length > 0 && login.failuresBefore === 0) {
    points.push(
      relay.opposes(
        'from-inside',
        0.35,
        say`the login comes from inside and nobody tried passwords before: it may be a person with much to say`,
      ),
    );
  }
  if (!odd.guessed && !listed && odd.foreignAddresses < 3 && !odd.beyondAnybody) {
    points.push(
      relay.opposes(
        'nobody-guessed',
        0.35,
        say`no failed logins, no listing and no spread of addresses show a stranger: it may be a newsletter or a person with much to say`,
      ),
    );
  }
  if (listed) points.push(relay.supports('listed', 0.25, say`the address is listed for abuse`));
  if (full) points.push(relay.supports('queues-full', 0.2, say`the queues are full`));
  return points;
}

/** Without logs: full queues, listed, foreign senders to many domains. Likely, never sure. */
export const fullAndListed: Rule = (evidence, signs) => {
  if (signs.queue !== 'full' || signs.listings !== 'abuse' || signs.backscatter || evidence.logins !== undefined)
    return [];
  if (signs.recipientDomains < 10 || signs.oddLocals.length > 0 || signs.oddClients.length > 0) return [];
  // Refused for the listing itself: ordinary mail piles up, too, when somebody else got the address listed.
  if (signs.reason?.kind === 'blocked' && signs.reason.share >= 0.8) return [];
  return [
    relay.supports(
      'full-and-listed',
      0.55,
      say`the queues are full of mail to many domains and the address is listed: mail goes out through this server; a stolen login is the usual way`,
    ),
  ];
};

/** Of fewer messages than this, what share are bounces says nothing against a rate that is seen. */
const WORTH_A_SHARE = 30;

/** Null-sender mail to many foreign domains. */
export const bounces: Rule = (evidence, signs) => {
  const points: Point[] = [];
  if (signs.backscatter) {
    points.push(
      ndr.supports(
        'null-sender',
        0.8,
        say`${Math.round(signs.nullShare * 100)} % of the queue are bounces (null sender) to ${signs.nullDomains} domains: the senders are forged`,
      ),
    );
    points.push(relay.opposes('null-sender', 0.3, say`most of the queue are the server’s own bounces`));
  } else if (evidence.queue && signs.messages >= (makesBounces(evidence) ? WORTH_A_SHARE : 1)) {
    const few = signs.nullShare >= 0.5;
    const text = few
      ? say`the bounces in the queue go to ${signs.nullDomains} domains only, as a mailing list’s do`
      : say`only ${Math.round(signs.nullShare * 100)} % of the queue are bounces`;
    points.push(ndr.opposes('few-bounces', signs.nullShare < 0.3 ? 0.7 : 0.5, text));
  }
  const unknown = evidence.unknownRecipientsPerMinute ?? 0;
  const made = evidence.bouncesPerMinute ?? 0;
  if (made >= 20)
    points.push(
      ndr.supports('bounce-rate', signs.backscatter ? 0.5 : 0.35, say`the server makes ${made} bounces a minute`),
    );
  if (unknown >= 30 && made >= 5)
    points.push(
      ndr.supports('unknown-recipients', 0.45, say`${unknown} mails a minute are for users that do not exist`),
    );
  if (evidence.bouncesPerMinute !== undefined && made < 2)
    points.push(ndr.opposes('bounce-rate', 0.5, say`the server makes no bounces to speak of`));
  if (signs.hints.has('ndr-attack'))
    points.push(ndr.supports('list-hint', 0.3, say`the list says that bounces come from here`));
  return points;
};

/** The server relays for anybody: not to be presumed, only proved. */
export const relaysForAnybody: Rule = (evidence, signs) => {
  const points: Point[] = [];
  const strangers = evidence.relayedForStrangers;
  if (evidence.openRelayTest === 'accepted') {
    points.push(open.supports('relay-test', 0.85, say`a test from outside was accepted for relaying without a login`));
  }
  if (evidence.openRelayTest === 'refused')
    points.push(open.opposes('relay-test', 0.9, say`a test from outside was refused`));
  if (strangers !== undefined && strangers >= 20) {
    points.push(
      open.supports(
        'strangers',
        evidence.openRelayTest === 'refused' ? 0.4 : 0.75,
        say`${strangers} mails were relayed for strangers without a login`,
      ),
    );
    if (signs.oddLogins.length === 0)
      points.push(relay.opposes('strangers', 0.5, say`the mail came without any login`));
  }
  if (strangers !== undefined && strangers === 0)
    points.push(
      open.opposes(
        'strangers',
        evidence.openRelayTest === 'accepted' ? 0.3 : 0.6,
        say`nothing was relayed without a login`,
      ),
    );
  return points;
};

/** Full queues must have come from somewhere; clear ones speak against all three, unless the logs say otherwise. */
export const queuesAreClear: Rule = (evidence, signs) => {
  if (signs.queue !== 'clear') return [];
  const text = say`the queues are clear`;
  return [
    ...(makesBounces(evidence) ? [] : [ndr.opposes('queues-clear', 0.7, text)]),
    ...(signs.oddLogins.some((odd) => odd.guessed || odd.foreignAddresses > 0)
      ? []
      : [relay.opposes('queues-clear', 0.4, text)]),
    open.opposes('queues-clear', 0.1, text),
  ];
};
