/** The doors of the drill's mail server, and of the ISP's relay with its answer. */
import type { DoorState } from '../../src/domain/exposure/door.ts';
import type { MailDoors } from '../../src/ports/mail-doors.ts';
import type { MailSetups } from '../../src/ports/mail-setup.ts';
import type { Company } from './company.ts';
import { COMPANY, MAIL_SERVER, RELAY } from './names.ts';

const LOOK_MS = 150;
const OPEN_PORTS: ReadonlySet<number> = new Set([25, 587, 993]);

export function openDoors(company: Company): MailDoors {
  return {
    look: async (host, plan) => {
      await company.clock.wait(LOOK_MS);
      return { plan, state: host === RELAY ? relayState(company) : ownState(company, plan.port) };
    },
  };
}

function relayState({ mail }: Company): DoorState {
  const refusal = mail.broken() === 'smart-host-login' ? undefined : mail.relayAnswer();
  return {
    kind: 'open',
    greeting: `220 ${RELAY} ESMTP`,
    encryption: 'offered',
    loginInClear: 'no',
    login: 'yes',
    certificate: { subject: RELAY, daysLeft: 80 },
    ...(refusal !== undefined && { refusal }),
  };
}

function ownState({ mail }: Company, port: number): DoorState {
  if (!OPEN_PORTS.has(port)) return { kind: 'closed' };
  const name = `${MAIL_SERVER}.${COMPANY}`;
  return {
    kind: 'open',
    greeting: `220 ${name} ESMTP Postfix`,
    encryption: port === 993 ? 'at-once' : 'offered',
    loginInClear: 'no',
    login: 'yes',
    certificate: { subject: name, daysLeft: mail.broken() === 'certificate' ? -1 : 60 },
  };
}

/** How the server is set up: what was changed lately, and how full its disk is. */
export function openSetups(company: Company): MailSetups {
  const { mail, clock } = company;
  return {
    look: async () => {
      await clock.wait(LOOK_MS);
      const part = mail.broken();
      const way = /relay (\S+)/.exec(mail.device.says('way-out') ?? '')?.[1];
      return {
        changes: part === 'resolver' || part === 'smart-host-login' ? [{ what: CHANGED[part], ageHours: 14 }] : [],
        diskFreePercent: part === 'disk' ? 0 : 46,
        relayHost: way ?? '',
        heloName: `${MAIL_SERVER}.${COMPANY}`,
      };
    },
  };
}

const CHANGED = { resolver: '/etc/resolv.conf', 'smart-host-login': '/etc/postfix/sasl_passwd' } as const;
