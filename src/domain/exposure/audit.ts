/**
 * What the doors of a mail server say about exposure, and the advice, in the playbook's order.
 *
 * POP3, IMAP and SMTP AUTH invite guessed passwords: in the clear on 110, content pulled off the server (lost with the
 * laptop, out of reach of backup and compliance), access that nobody can withdraw.
 * Rules:
 * 1. Each piece of advice holds, doesn't hold, or isn't known; what a port can't show is not known.
 * 2. A door that could not be looked at makes whatever depends on it unknown, never held.
 */
import type { DoorLook, OpenDoor } from './door.ts';

export type AdviceId = 'need' | 'few' | 'tls-only' | 'imap-not-pop3' | 'signed';

export interface Advice {
  readonly id: AdviceId;
  readonly holds: 'yes' | 'no' | 'unknown';
  readonly because: string;
}

export interface Finding {
  readonly port: number;
  readonly severity: 'critical' | 'warning';
  readonly what: string;
}

export interface Exposure {
  readonly findings: readonly Finding[];
  readonly advice: readonly Advice[];
}

/** Days before its end from which a certificate is worth a warning. */
const SOON_DAYS = 14;

type Open = readonly (readonly [look: DoorLook, door: OpenDoor])[];

/** What stands open, and the five pieces of advice in their order, each with whether it holds; a door not seen is unknown. */
export function judgeExposure(looks: readonly DoorLook[]): Exposure {
  const open: Open = looks.flatMap((look) => (look.state.kind === 'open' ? [[look, look.state] as const] : []));
  const blind = looks.filter((look) => look.state.kind === 'unknown');
  return {
    findings: open.flatMap(([look, door]) => findingsOf(look, door)),
    advice: [need(open, blind), few(open, blind), tlsOnly(open, blind), imapNotPop3(open, blind), signed(open, blind)],
  };
}

function findingsOf({ plan }: DoorLook, door: OpenDoor): readonly Finding[] {
  const found: Finding[] = [];
  const add = (severity: Finding['severity'], what: string): void => {
    found.push({ port: plan.port, severity, what });
  };
  const name = plan.protocol.toUpperCase();
  if (door.loginInClear === 'yes') add('critical', `${name} takes passwords in the clear`);
  if (door.loginInClear === 'unknown' && door.refusal === undefined)
    add(
      'warning',
      `${name} takes passwords in the clear from this machine itself; ask from another one to see what others are offered`,
    );
  if (door.encryption === 'not-offered' && door.refusal === undefined)
    add('warning', plan.protocol === 'pop3' ? 'STLS is not offered' : 'STARTTLS is not offered');
  if (door.encryption === 'broken')
    add('critical', `TLS is offered and fails${door.refusal === undefined ? '' : `: ${JSON.stringify(door.refusal)}`}`);
  const { certificate } = door;
  if (certificate && certificate.daysLeft < 0)
    add(plan.port === 25 ? 'warning' : 'critical', `the certificate expired ${-certificate.daysLeft} days ago`);
  else if (certificate && certificate.daysLeft < SOON_DAYS)
    add('warning', `the certificate ends in ${certificate.daysLeft} days`);
  else if (certificate?.fault !== undefined && plan.port !== 25)
    add('warning', `the certificate is not trusted: ${certificate.fault}`);
  if (plan.port === 25 && door.login === 'yes')
    add('warning', 'logins are taken on port 25, where other servers deliver: keep them to 587 and 465');
  return found;
}

function portsOf(open: Open): string {
  return open.map(([look]) => look.plan.port).join(', ');
}

function blindPorts(blind: readonly DoorLook[]): string {
  return `${blind.map((look) => look.plan.port).join(', ')} could not be looked at`;
}

const isMailbox = ({ plan }: DoorLook): boolean => plan.protocol !== 'smtp';
const takesLogins = ([look, door]: Open[number]): boolean => isMailbox(look) || door.login === 'yes';

function need(open: Open, blind: readonly DoorLook[]): Advice {
  const used = open.filter(takesLogins);
  if (used.length > 0)
    return {
      id: 'need',
      holds: 'no',
      because: `logins are taken on ${portsOf(used)}: Outlook, OWA and phones need none of them`,
    };
  if (blind.length > 0) return { id: 'need', holds: 'unknown', because: blindPorts(blind) };
  return { id: 'need', holds: 'yes', because: 'nobody can log in by POP3, IMAP or SMTP' };
}

function few(open: Open, blind: readonly DoorLook[]): Advice {
  if (open.some(takesLogins))
    return { id: 'few', holds: 'unknown', because: 'for whom it is enabled can not be seen from the ports' };
  if (blind.length > 0) return { id: 'few', holds: 'unknown', because: blindPorts(blind) };
  return { id: 'few', holds: 'yes', because: 'it is enabled for nobody' };
}

function tlsOnly(open: Open, blind: readonly DoorLook[]): Advice {
  const clear = open.filter(([, door]) => door.loginInClear === 'yes');
  if (clear.length > 0)
    return { id: 'tls-only', holds: 'no', because: `passwords cross in the clear on ${portsOf(clear)}` };
  const unsure = open.filter(([, door]) => door.loginInClear === 'unknown');
  if (blind.length > 0) return { id: 'tls-only', holds: 'unknown', because: blindPorts(blind) };
  if (unsure.length > 0)
    return { id: 'tls-only', holds: 'unknown', because: `${portsOf(unsure)} did not show what others are offered` };
  return { id: 'tls-only', holds: 'yes', because: 'no password is taken without TLS' };
}

function imapNotPop3(open: Open, blind: readonly DoorLook[]): Advice {
  const pop = open.filter(([look]) => look.plan.protocol === 'pop3');
  if (pop.length > 0) return { id: 'imap-not-pop3', holds: 'no', because: `POP3 is open on ${portsOf(pop)}` };
  const unseen = blind.filter((look) => look.plan.protocol === 'pop3');
  if (unseen.length > 0) return { id: 'imap-not-pop3', holds: 'unknown', because: blindPorts(unseen) };
  return { id: 'imap-not-pop3', holds: 'yes', because: 'POP3 is closed' };
}

function signed(open: Open, blind: readonly DoorLook[]): Advice {
  if (!open.some(takesLogins) && blind.length === 0)
    return { id: 'signed', holds: 'yes', because: 'no risk is left to be signed' };
  return {
    id: 'signed',
    holds: 'unknown',
    because: 'whether management has signed the risk is on paper, not on a port',
  };
}
