/**
 * What people in the company do when they are told, or though nobody told them.
 *
 * Rules:
 * 1. A step that somebody marks as done was done: the machine is wiped, the password is changed.
 * 2. What nobody did stays as it was, whatever was said about it.
 */
import { FOR_GOOD, PORT_25 } from './gateway.ts';
import type { Company, Source } from './company.ts';
import { MAIL_SERVER } from './names.ts';

const MINUTE = 60_000;
/** The ISP takes its time once it was told what it was. */
const ISP_MS = 8 * MINUTE;

/** Carries out what a person reports as done, by the id of the playbook's step. */
export function doByHand(company: Company, step: string): void {
  const { sources, gateway, mail, lists, clock } = company;
  const stop = (wanted: (source: Source) => boolean): void => {
    for (const source of sources) if (wanted(source)) source.isStopped = true;
  };
  switch (step.split('/')[0]) {
    case 'wipe':
      stop(
        ({ trouble, addresses }) =>
          trouble.kind === 'bot' && addresses.some((address) => gateway.passage(address) === 'quarantined'),
      );
      break;
    case 'rebuild':
      stop(({ trouble }) => trouble.kind === 'bot' && trouble.on === 'server');
      break;
    case 'change-password':
      stop(({ trouble }) => trouble.kind === 'stolen-login' && mail.isDisabled(trouble.account));
      break;
    case 'reject-unknown-recipients':
      stop(({ trouble }) => trouble.kind === 'harvest');
      break;
    case 'close-relay':
      stop(({ trouble }) => trouble.kind === 'open-relay');
      break;
    case 'mend':
      mail.breaks(undefined);
      stop(({ trouble }) => trouble.kind === 'broken' || trouble.kind === 'isp-refuses');
      if (mail.relayAnswer() !== undefined) clock.at(clock.monotonic() + ISP_MS, () => mail.relaySays(undefined));
      break;
    case 'get-static-address':
      lists.takeOutOfRange();
      stop(({ trouble }) => trouble.kind === 'policy-range');
      break;
    case 'delist':
      lists.askForRemoval(clock.monotonic());
      break;
    case 'own-address':
      gateway.device.byHand(FOR_GOOD, `reject tcp 25 leaving wan but from ${company.mailServer.address} \n`);
      break;
    default:
      break;
  }
}

/** A colleague who opens port 25 by hand a while after it was blocked, because a machine could not send its scans. */
export function letMeddle(company: Company, say: (words: string) => void): void {
  const { gateway, clock } = company;
  const random = company.random.stream('meddler');
  const delay = random.between(3, 8) * MINUTE;
  let isDone = false;
  clock.every(20_000, () => {
    const laid = gateway.device.acts.findLast((act) => act.file === PORT_25 && act.by === 'command');
    if (isDone || laid?.after === undefined || clock.monotonic() < laid.at + delay) return;
    isDone = true;
    const text = gateway.device.says(PORT_25);
    if (text === undefined) return;
    gateway.device.byHand(PORT_25, `# ${text}`);
    clock.at(clock.monotonic() + 6 * MINUTE, () =>
      say('I let port 25 through again for a moment, the copier could not send its scans.'),
    );
  });
}

/** What users complain of, as they notice it. */
export function letComplain(company: Company, say: (words: string) => void): void {
  const { clock, mail, gateway } = company;
  const random = company.random.stream('users');
  const said = new Set<string>();
  const once = (words: string): void => {
    if (said.has(words)) return;
    said.add(words);
    say(words);
  };
  clock.every(2 * MINUTE, () => {
    if (!random.chance(0.35)) return;
    const oldest = Math.min(
      clock.monotonic(),
      ...[...mail.queue.values()].filter((each) => each.nature === 'legitimate').map((each) => each.at),
    );
    const waited = (clock.monotonic() - oldest) / MINUTE;
    if (gateway.passage('0.0.0.0') === 'plugged') once('The internet is gone. Is that on purpose?');
    else if (mail.relayAnswer() !== undefined)
      once('Everything I send comes back: "your address is blocked here after complaints".');
    else if (waited > 20) once('My offer has not arrived at the customer yet, and I sent it half an hour ago.');
    else if (company.lists.isListed(clock.monotonic()))
      once('A customer says our mail is refused: "blocked using a block-list".');
  });
  if (company.has('pager'))
    clock.every(5 * MINUTE, () => {
      if ((mail.device.says('way-out') ?? '').includes('frozen'))
        once(`The pager’s test mail did not come; it leaves through ${MAIL_SERVER}.`);
    });
}
