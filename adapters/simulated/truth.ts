/** What really happened in the company of a drill, for the score; nothing of it is seen before the end. */
import type { DrillTruth } from '../../src/domain/drill/score.ts';
import { HELD_UP_MS } from './company.ts';
import type { Company, Source } from './company.ts';
import { heldFor } from './mail-host.ts';

export function truthOf(company: Company): DrillTruth {
  const { clock, tally, lead, mail } = company;
  // What is still held counts as well.
  const waiting = [...mail.queue.values()]
    .filter(({ nature }) => nature === 'legitimate')
    .map((each) => heldFor(each, clock.monotonic()))
    .filter((ms) => ms >= HELD_UP_MS);
  return {
    elapsedMs: clock.monotonic() - lead,
    spamLeaked: tally.spamLeaked,
    backscatterLeaked: tally.backscatterLeaked,
    lastLeakMs: tally.lastLeak === undefined ? 0 : tally.lastLeak - lead,
    mailHeld: tally.mailHeld + waiting.length,
    longestHoldMs: Math.max(tally.longestHoldMs, ...waiting),
    stillActive: company.sources.filter((source) => canHarm(source, company)).map(inWords),
    innocent: innocentOf(company),
    askedTooEarly: company.lists.wasAskedTooEarly(),
    standing: standingOf(company),
  };
}

/** It has begun, nobody stopped it, and nothing is in its way. */
function canHarm(source: Source, company: Company): boolean {
  const { clock, gateway, mail } = company;
  if (source.isStopped || source.begins > clock.monotonic()) return false;
  const { trouble } = source;
  switch (trouble.kind) {
    case 'bot':
      return source.addresses.some((address) => gateway.passage(address) === 'open');
    case 'stolen-login':
      return !mail.isDisabled(trouble.account);
    case 'harvest':
    case 'open-relay':
    case 'isp-refuses':
    case 'broken':
      return true;
    case 'policy-range':
      return !(mail.device.says('way-out') ?? '').startsWith('relay');
    default:
      return trouble satisfies never;
  }
}

function inWords(source: Source): string {
  const { trouble } = source;
  switch (trouble.kind) {
    case 'bot':
      return `${source.addresses[0] ?? 'a machine'} sends by itself`;
    case 'stolen-login':
      return `${trouble.account} is still used by strangers`;
    case 'harvest':
      return 'bounces go to forged senders';
    case 'open-relay':
      return 'strangers relay through the server';
    case 'isp-refuses':
      return 'the ISP’s relay refuses the mail';
    case 'broken':
      return `${trouble.part} is still broken`;
    case 'policy-range':
      return 'mail is still sent directly from a range that must not';
    default:
      return trouble satisfies never;
  }
}

/** Everybody who was ever cut off by a measure and had done nothing. */
function innocentOf(company: Company): readonly string[] {
  const guilty = new Set(company.sources.flatMap((source) => source.addresses));
  const stolen = new Set(
    company.sources.flatMap(({ trouble }) => (trouble.kind === 'stolen-login' ? [trouble.account] : [])),
  );
  const acts = [...company.gateway.device.acts, ...company.mail.device.acts].filter((act) => act.by === 'command');
  const hosts = acts.flatMap((act) => /^rules\/host-(.+)$/.exec(act.file)?.[1] ?? []);
  const accounts = acts.flatMap((act) => /^accounts\/(.+)$/.exec(act.file)?.[1] ?? []);
  return [
    ...new Set(hosts.filter((host) => !guilty.has(host)).map((host) => nameOf(company, host))),
    ...new Set(accounts.filter((account) => !stolen.has(account))),
  ];
}

function nameOf(company: Company, address: string): string {
  const machine = company.machines.find((each) => each.address === address);
  return machine ? `${machine.name} (${address})` : address;
}

/** Files that still carry a measure's tag. What was cleaned out of the queue stays out: that is no change of a setting. */
function standingOf({ gateway, mail }: Company): DrillTruth['standing'] {
  return [gateway.device, mail.device].flatMap((device) =>
    device.files().flatMap((file) => {
      const number = /# tq(\d+)/.exec(device.says(file) ?? '')?.[1];
      const counts = number !== undefined && !file.startsWith('removed/');
      return counts ? [{ number: Number(number), what: `${file} on ${device.name}` }] : [];
    }),
  );
}
