/**
 * What happens in the company by itself: people write, machines send, strangers knock.
 *
 * Rules:
 * 1. Each flow is told how much time has passed and does its share of it; parts of a message are carried over.
 * 2. Whether something gets out is decided where it would pass: the mail server, the gateway.
 */
import type { Company, Source } from './company.ts';
import type { Fate, Mail } from './mail.ts';
import { COMPANY, STAFF, outsideAddress, receiver, strangerDomain } from './names.ts';
import * as text from './postfix-text.ts';
import type { SeededRandom } from './random.ts';

const MINUTE = 60_000;
const LEGITIMATE_PER_MINUTE = 2.5;
const NEWSLETTER_PER_MINUTE = 16;
const NEWSLETTER_MINUTES = 20;
/** Failed logins come in the half hour before the first that succeeds. */
const GUESSING_MINUTES = 30;

type Flow = (from: number, to: number) => void;

/** Begins all flows; each tick is `ms` long. Returns how to change the tick's length. */
export function startFlows(company: Company, tickMs: () => number): void {
  const flows: readonly Flow[] = [
    people(company),
    ...company.sources.map((source) => harm(source, company)),
    ...(company.has('newsletter') ? [newsletter(company)] : []),
    ...(company.has('list-bounces') ? [listBounces(company)] : []),
    ...(company.has('scanner') ? [watchdog(company)] : []),
    () => company.mail.run(),
  ];
  const { clock } = company;
  const tick = (before: number): void => {
    const now = clock.monotonic();
    for (const flow of flows) flow(before, now);
    clock.at(now + tickMs(), () => tick(now));
  };
  clock.at(tickMs(), () => tick(0));
}

/** Calls `act` as often as the rate says for the part of the span that lies after `begins`. */
function rated(perMinute: number, begins: number, act: () => void): Flow {
  let owed = 0;
  return (from, to) => {
    const start = Math.max(from, begins);
    if (to <= start) return;
    owed += ((to - start) / MINUTE) * perMinute;
    for (; owed >= 1; owed -= 1) act();
  };
}

function people(company: Company): Flow {
  const random = company.random.stream('people');
  const { mail, machines, clock } = company;
  const inside = machines.filter((machine) => machine.kind === 'workstation').map((machine) => machine.address);
  const greylisted = company.has('greylisting') ? 0.3 : 0.08;
  return rated(LEGITIMATE_PER_MINUTE, 0, () => {
    const sender = random.pick(STAFF);
    const draw = random.fraction();
    const fate: Fate = draw < greylisted ? 'greylisted' : draw < greylisted + 0.04 ? 'choosy' : 'taken';
    mail.take({
      sender: `${sender}@${COMPANY}`,
      recipient: `${random.pick(['office', 'info', 'orders'])}@${receiver(random)}`,
      nature: 'legitimate',
      fate,
      from: { kind: 'login', account: sender, address: random.pick(inside) },
    });
    if (random.chance(0.3)) {
      const id = random.hex(5).toUpperCase();
      const when = text.stamp(clock.now());
      mail.note(text.taken(when, id, { kind: 'client', address: outsideAddress(random) }));
      mail.note(text.delivered(when, id, `${sender}@${COMPANY}`));
      mail.note(text.removed(when, id));
    }
  });
}

function harm(source: Source, company: Company): Flow {
  const { trouble } = source;
  const random = company.random.stream(`harm-${company.sources.indexOf(source)}`);
  switch (trouble.kind) {
    case 'bot':
      return bot(source, company, random);
    case 'stolen-login':
      return stolenLogin(source, trouble.account, company, random);
    case 'harvest':
      return harvest(source, company, random);
    case 'open-relay':
      return openRelay(source, company, random);
    case 'isp-refuses':
      return once(source.begins, () =>
        company.mail.relaySays('554 5.7.1 Message refused: your address is blocked here after complaints; call us'),
      );
    case 'broken':
      return once(source.begins, () => company.mail.breaks(trouble.part));
    case 'policy-range':
      return () => {};
    default:
      return trouble satisfies never;
  }
}

function once(at: number, act: () => void): Flow {
  let isDone = false;
  return (_from, to) => {
    if (isDone || to < at) return;
    isDone = true;
    act();
  };
}

/** It speaks to port 25 of its victims by itself. */
function bot(source: Source, company: Company, random: SeededRandom): Flow {
  const address = source.addresses[0] ?? '';
  return rated(source.perMinute, source.begins, () => {
    if (source.isStopped) return;
    if (company.gateway.tries(address, [`mx.${strangerDomain(random)}`]) === 'open') company.leaks('bot', 1);
  });
}

function stolenLogin(source: Source, account: string, company: Company, random: SeededRandom): Flow {
  const { mail, clock } = company;
  const guess = rated(source.guesses / GUESSING_MINUTES, source.begins - GUESSING_MINUTES * MINUTE, () => {
    if (clock.monotonic() < source.begins)
      mail.note(text.loginFailed(text.stamp(clock.now()), source.addresses[0] ?? '', account));
  });
  const send = rated(source.perMinute, source.begins, () => {
    if (source.isStopped || isCutOff(company)) return;
    const address = random.pick(source.addresses);
    if (mail.isDisabled(account)) {
      mail.note(text.loginFailed(text.stamp(clock.now()), address, account));
      return;
    }
    mail.take(spam(`${account}@${COMPANY}`, random, { kind: 'login', account, address }));
  });
  return (from, to) => {
    guess(from, to);
    send(from, to);
  };
}

/** Mail to users who don't exist; accepted, and bounced to a forged sender. */
function harvest(source: Source, company: Company, random: SeededRandom): Flow {
  const { mail, clock } = company;
  return rated(source.perMinute, source.begins, () => {
    if (isCutOff(company)) return;
    const address = random.pick(source.addresses);
    const nobody = `${random.pick(['anna', 'ben', 'chris', 'dora', 'info'])}${random.between(1, 999)}@${COMPANY}`;
    if (source.isStopped) {
      mail.note(text.unknownUser(text.stamp(clock.now()), address, nobody));
      return;
    }
    mail.take({
      sender: '',
      recipient: `${random.hex(3)}@${strangerDomain(random)}`,
      nature: 'backscatter',
      fate: random.chance(0.4) ? 'taken' : 'refused',
      from: { kind: 'own' },
    });
  });
}

function openRelay(source: Source, company: Company, random: SeededRandom): Flow {
  const sender = `offers@${strangerDomain(random)}`;
  return rated(source.perMinute, source.begins, () => {
    if (source.isStopped || isCutOff(company)) return;
    const address = random.pick(source.addresses);
    company.mail.take(spam(sender, random, { kind: 'client', address }));
  });
}

function spam(sender: string, random: SeededRandom, from: Mail['from']): Mail {
  const draw = random.fraction();
  return {
    sender,
    recipient: `${random.hex(3)}@${strangerDomain(random)}`,
    nature: 'spam',
    fate: draw < 0.4 ? 'taken' : draw < 0.8 ? 'refused' : 'choosy',
    from,
  };
}

function isCutOff(company: Company): boolean {
  return company.gateway.passage('0.0.0.0') === 'plugged';
}

/** As every morning: many messages at once, from inside, by the login that always does. */
function newsletter(company: Company): Flow {
  const random = company.random.stream('newsletter');
  const begins = company.lead - 25 * MINUTE;
  const flow = rated(NEWSLETTER_PER_MINUTE, begins, () =>
    company.mail.take({
      sender: `news@${COMPANY}`,
      recipient: `${random.hex(2)}@${random.chance(0.4) ? receiver(random) : strangerDomain(random)}`,
      nature: 'legitimate',
      fate: random.chance(0.25) ? 'greylisted' : 'taken',
      from: { kind: 'login', account: 'newsletter', address: '10.20.0.5' },
    }),
  );
  return (from, to) => {
    if (from < begins + NEWSLETTER_MINUTES * MINUTE) flow(from, to);
  };
}

/** The bounces of a mailing list: the null sender, to a few domains. */
function listBounces(company: Company): Flow {
  const random = company.random.stream('list');
  return rated(0.3, 0, () =>
    company.mail.take({
      sender: '',
      recipient: `owner-${random.between(1, 9)}@${receiver(random)}`,
      nature: 'legitimate',
      fate: random.chance(0.5) ? 'greylisted' : 'taken',
      from: { kind: 'own' },
    }),
  );
}

/** A known monitor, which looks now and then whether the relay answers. */
function watchdog(company: Company): Flow {
  const address = company.machines.find((machine) => machine.kind === 'scanner')?.address ?? '';
  return rated(0.5, 0, () => void company.gateway.tries(address, ['smtp.isp.example']));
}

/** Lines of the days before: what is usual for each login. Milliseconds since 1970 UTC. */
export function pastLog(company: Company, start: number): readonly string[] {
  const random = company.random.stream('past');
  const lines: string[] = [];
  const send = (at: number, account: string): void => {
    const id = random.hex(5).toUpperCase();
    const when = text.stamp(at);
    lines.push(
      text.taken(when, id, { kind: 'login', account, address: '10.20.0.21' }),
      text.sent(when, id, `office@${receiver(random)}`),
      text.removed(when, id),
    );
  };
  for (let day = 6; day >= 1; day -= 1) {
    const morning = start - day * 86_400_000;
    for (const account of STAFF) for (let each = 0; each < 12; each += 1) send(morning + each * 280_000, account);
    if (company.has('newsletter'))
      for (let each = 0; each < NEWSLETTER_PER_MINUTE * NEWSLETTER_MINUTES; each += 1)
        send(morning + each * 3700, 'newsletter');
  }
  return lines.toSorted();
}
