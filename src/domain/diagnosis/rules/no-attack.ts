/** What is no attack: a policy listing, the ISP's relay refusing, an error or a change of one's own, health. */
import { foreign, say } from '../../foreign.ts';
import type { Phrase } from '../../foreign.ts';
import { classifyReason, isOwnFault } from '../reasons.ts';
import { pointsOf } from '../rule.ts';
import type { Evidence } from '../evidence.ts';
import type { Point, Rule } from '../rule.ts';
import { makesBounces, triesAgainAndAgain } from '../signs.ts';
import type { Signs } from '../signs.ts';

const policy = pointsOf('policy-listing');
const refusal = pointsOf('smart-host-refusal');
const error = pointsOf('configuration-error');
const healthy = pointsOf('healthy');

export const onlyPolicyLists: Rule = (evidence, signs) => {
  if (signs.listings !== 'policy') return [];
  const points = [
    policy.supports(
      'policy-only',
      0.8,
      say`only policy lists list the address (${foreign(signs.zones.slice(0, 4).join(', '), 120)}): its range must not send directly; that is no abuse`,
    ),
  ];
  if (signs.reason?.kind === 'blocked' && signs.reason.share >= 0.5)
    points.push(policy.supports('refused-for-it', 0.3, say`receivers refuse because of it`));
  for (const text of whatGoesOut(evidence, signs))
    points.push(policy.opposes('it-goes-out', 0.5, say`${text}: no range does that`));
  return points;
};

/** The ISP's relay says no: it often blocks first and asks later. */
export const smartHostSaysNo: Rule = (evidence, signs) => {
  const answer = evidence.smartHost?.answer;
  const used = evidence.smartHost?.configured === true || evidence.site?.smartHost === true;
  if (answer === undefined) return [];
  if (/^\s*2\d\d/.test(answer))
    return [refusal.opposes('smart-host-answer', 0.9, say`the smart host accepts: ${foreign(answer, 120)}`)];
  if (!/^\s*[45]\d\d/.test(answer)) return [];
  const kind = classifyReason(answer);
  if (kind === 'smart-host-login' || kind === 'certificate') {
    return [
      error.supports(
        'smart-host-login',
        0.75,
        say`the smart host refuses the login or the connection, not the mail: ${foreign(answer, 160)}`,
      ),
    ];
  }
  const points = [
    refusal.supports('smart-host-answer', used ? 0.85 : 0.6, say`the smart host answers ${foreign(answer, 160)}`),
  ];
  points.push(...oneSenderUnseen(evidence).map((text) => refusal.opposes('one-sender', 0.5, text)));
  for (const text of whatGoesOut(evidence, signs))
    points.push(refusal.opposes('a-reason', 0.5, say`the ISP has a reason: ${text}`));
  if (signs.listings === 'abuse' && signs.queue === 'clear')
    points.push(
      refusal.opposes(
        'listed',
        0.5,
        say`the ISP has a reason: the address is listed for abuse, by what does not go through the mail server`,
      ),
    );
  if (signs.listings === 'clear')
    points.push(
      refusal.supports('lists-clear', 0.2, say`no public list lists the address: the refusal is the ISP’s own`),
    );
  return points;
};

/**
 * What is seen going out that should not: a range that must not send directly and an ISP that refuses are no reason for
 * it, and it may well be the reason for them. It comes first.
 */
function whatGoesOut(evidence: Evidence, signs: Signs): readonly Phrase[] {
  const odd = signs.oddLogins.find((each) => each.guessed || each.beyondAnybody);
  const program = signs.oddLocals[0];
  const machine = evidence.blockedAttempts?.sources.find(triesAgainAndAgain);
  return [
    ...(odd ? [say`the login ${foreign(odd.login.account, 60)} was taken over and sends`] : []),
    ...(program ? [say`a program of ${foreign(program.uid, 40)} on the server sends`] : []),
    ...(machine ? [say`${foreign(machine.address, 60)} sends by itself`] : []),
    ...(evidence.openRelayTest === 'accepted' ? [say`the server relays for anybody`] : []),
    ...(signs.backscatter || makesBounces(evidence) ? [say`the server bounces mail to forged senders`] : []),
  ];
}

/** Everything waits for one and the same reason, and that reason is on this side. */
export const oneReason: Rule = (evidence, signs) => {
  const { reason } = signs;
  const points: Point[] = [];
  if (reason && isOwnFault(reason.kind) && reason.share >= 0.8 && signs.queue !== 'clear' && signs.messages >= 10) {
    const strength = reason.share >= 0.9 ? 0.65 : 0.4;
    points.push(
      error.supports(
        'one-reason',
        strength,
        say`${Math.round(reason.share * 100)} % wait for one reason: ${foreign(reason.example, 160)}`,
      ),
    );
    if (signs.listings === 'clear') points.push(error.supports('lists-clear', 0.3, say`no list lists the address`));
    points.push(...atTheReceiver(signs));
    points.push(...oneSenderUnseen(evidence).map((text) => error.opposes('one-sender', 0.5, text)));
  } else if (reason && signs.queue === 'full')
    points.push(error.opposes('many-reasons', 0.6, say`the reasons why mail waits differ`));
  if (signs.listings === 'abuse')
    points.push(
      error.opposes('listed', 0.5, say`the address is listed for abuse; an error of one’s own does not cause that`),
    );
  points.push(...recentChange(evidence, signs), ...attackInSight(signs));
  return points;
};

/** What one or two receivers alone keep waiting is their trouble sooner than one's own. */
function atTheReceiver(signs: Signs): readonly Point[] {
  const [first, second] = signs.receivers;
  if (first === undefined) return [];
  if (second === undefined)
    return [
      error.opposes(
        'one-receiver',
        0.6,
        say`nearly all of it is for ${foreign(first, 80)}: that receiver is down or can't be reached, sooner than everything else`,
      ),
    ];
  return [
    error.opposes(
      'two-receivers',
      0.37,
      say`nearly all of it is for ${foreign(first, 80)} and ${foreign(second, 80)}: they are down, or drop what comes from this address, sooner than that everything is broken here`,
    ),
  ];
}

/** By the hundred from one sender, and nobody looked at who handed that in: what is broken may only hide an attack. */
function oneSenderUnseen({ queue, logins }: Evidence): readonly Phrase[] {
  const top = queue?.topSenders?.find((each) => each.sender !== '');
  if (!queue || !top || logins !== undefined || top.messages < 500 || top.messages < queue.messages * 0.5) return [];
  return [
    say`${top.messages} of what waits are from one sender (${foreign(top.sender, 80)}), and nobody looked at who handed that in`,
  ];
}

/** However many files a change touched, it is one. */
function recentChange(evidence: Evidence, signs: Signs): readonly Point[] {
  const recent = (evidence.changes ?? []).filter((each) => each.ageHours <= 48);
  const newest = recent.toSorted((a, b) => a.ageHours - b.ageHours)[0];
  if (!newest) return [];
  const more = recent.length > 1 ? ` (and ${recent.length - 1} more)` : '';
  return [
    error.supports(
      'recent-change',
      signs.queue === 'full' ? 0.25 : 0.05,
      say`${foreign(newest.what, 60)} was changed ${newest.ageHours < 1 ? 'within the last hour' : `${Math.round(newest.ageHours)} h ago`}${more}`,
    ),
  ];
}

/** An attack that is seen in what waits stays one though something is broken as well. */
function attackInSight(signs: Signs): readonly Point[] {
  const odd = signs.oddLogins.find((each) => each.beyondAnybody || (each.guessed && each.foreignAddresses > 0));
  return [
    ...(signs.backscatter
      ? [
          error.opposes(
            'bounces',
            0.5,
            say`most of what waits are bounces to forged senders; an error of one’s own does not make those`,
          ),
        ]
      : []),
    ...(odd
      ? [
          error.opposes(
            'odd-login',
            0.5,
            say`${foreign(odd.login.account, 60)} ${odd.guessed ? 'was guessed from outside and sends' : 'sends from outside what no person has to say'}; an error of one’s own does not do that`,
          ),
        ]
      : []),
  ];
}

/** Faults that are seen directly. */
export const brokenParts: Rule = (evidence) => {
  const points: Point[] = [];
  if (evidence.resolver === 'failing')
    points.push(error.supports('resolver', 0.6, say`the server’s resolver fails: no destination can be found`));
  if (evidence.resolver === 'ok') points.push(error.opposes('resolver', 0.05, say`the resolver works`));
  const disk = evidence.diskFreePercent;
  if (disk !== undefined && disk < 5)
    points.push(error.supports('disk', disk < 2 ? 0.65 : 0.4, say`${disk} % of the disk are free`));
  for (const certificate of evidence.certificates ?? []) {
    if (certificate.daysLeft < 0)
      points.push(
        error.supports(
          'certificate',
          0.55,
          say`the certificate of ${foreign(certificate.name, 80)} expired ${-certificate.daysLeft} days ago`,
        ),
      );
  }
  return points;
};

/** What is seen to be broken speaks against health, though nothing has come of it yet. */
function seenBroken(evidence: Evidence): readonly Point[] {
  const points: Point[] = [];
  const expired = evidence.certificates?.find((each) => each.daysLeft < 0);
  if (expired)
    points.push(healthy.opposes('certificate', 0.5, say`the certificate of ${foreign(expired.name, 80)} has expired`));
  if ((evidence.diskFreePercent ?? 100) < 5) points.push(healthy.opposes('disk', 0.5, say`the disk is nearly full`));
  if (evidence.resolver === 'failing') points.push(healthy.opposes('resolver', 0.6, say`the resolver fails`));
  if ((evidence.unknownRecipientsPerMinute ?? 0) >= 30)
    points.push(
      healthy.opposes(
        'harvest',
        0.2,
        say`${evidence.unknownRecipientsPerMinute ?? 0} mails a minute are for users that do not exist: somebody harvests addresses, and is refused`,
      ),
    );
  return points;
}

/** Of more messages than this it is said why they are not called a full queue. */
const WORTH_A_WORD = 100;

/** Nothing wrong that can be seen from here: every look that matters was taken and showed nothing. */
export const nothingWrong: Rule = (evidence, signs) => {
  if (signs.queue !== 'clear' || (signs.listings !== 'clear' && signs.listings !== 'minor')) return [];
  const ispUsed = evidence.site?.smartHost === true || evidence.smartHost?.configured === true;
  const ispAccepts = evidence.smartHost?.answer !== undefined && /^\s*2\d\d/.test(evidence.smartHost.answer);
  const queues = signs.usualSender
    ? 'the queues are as usual'
    : signs.messages < WORTH_A_WORD
      ? 'the queues are clear'
      : 'what waits in the queues waits for different reasons, nobody sends more than usual,';
  const points = [healthy.supports('both-clear', 0.8, say`${queues} and no list that matters lists the address`)];
  points.push(...seenBroken(evidence));
  const unread = evidence.queue?.malformed ?? 0;
  if (unread > 0 && unread >= signs.messages * 0.1)
    points.push(healthy.opposes('unread', 0.45, say`${unread} lines of the queue’s listing could not be read`));
  if (signs.listedDomains.length > 0)
    points.push(
      healthy.opposes(
        'domain-listed',
        0.5,
        say`${foreign(signs.listedDomains.slice(0, 3).join(', '), 200)} is listed: mail that names it is refused, though no machine here need have a part in it`,
      ),
    );
  if (signs.perhapsStuck)
    points.push(
      healthy.opposes(
        'one-reason',
        0.4,
        say`all that wait, wait for one reason, and for many receivers: perhaps nothing leaves (${foreign(signs.reason?.example ?? '', 160)})`,
      ),
    );
  if (ispUsed && !ispAccepts)
    points.push(
      healthy.opposes(
        'smart-host',
        0.55,
        say`mail leaves through the ISP’s relay, and what that does can not be seen from here`,
      ),
    );
  if (signs.oddLogins.length > 0)
    points.push(
      healthy.opposes(
        'odd-login',
        0.6,
        say`${foreign(signs.oddLogins[0]?.login.account ?? '', 60)} sends far more than usual`,
      ),
    );
  if (signs.oddLocals.length > 0)
    points.push(healthy.opposes('local-program', 0.7, say`a local program sends far more than usual`));
  if (signs.oddClients.length > 0)
    points.push(
      healthy.opposes('inside-client', 0.7, say`a machine inside hands in far more than usual, without a login`),
    );
  if ((evidence.bouncesPerMinute ?? 0) >= 20)
    points.push(
      healthy.opposes('bounce-rate', 0.5, say`the server makes ${evidence.bouncesPerMinute ?? 0} bounces a minute`),
    );
  const strangers = evidence.relayedForStrangers ?? 0;
  const isForwarding = evidence.openRelayTest === 'refused' && strangers < 20;
  if (strangers > 0)
    points.push(
      healthy.opposes(
        'strangers',
        isForwarding ? 0.2 : 0.6,
        isForwarding
          ? say`${strangers} mails were relayed without a login, as what is forwarded is; a test from outside was refused`
          : say`mail was relayed without a login`,
      ),
    );
  if (evidence.openRelayTest === 'accepted')
    points.push(healthy.opposes('relay-test', 0.9, say`the server relays for anybody`));
  if (
    evidence.blockedAttempts?.sources.some(
      (source) =>
        source.attempts >= 10 && (source.mailServer !== true || evidence.blockedAttempts?.outboundFrozen === true),
    )
  ) {
    points.push(healthy.opposes('attempts', 0.8, say`a machine tries port 25 by itself`));
  }
  return points;
};
