/**
 * disable-account: what this login hands in is refused, and its open sessions end.
 *
 * Rules, each found on a real Postfix:
 * 1. A restriction that no service of master.cf overrides is taken, so that it holds on every port.
 * 2. An open session goes on sending with what it read at its beginning, whatever is changed or reloaded: only ending
 *    its connection stops it. Left alone are those of which the log names another login; a login that has sent nothing yet
 *    is in no log, so that the others on a service with logins are ended too. Clients come back by themselves, and nothing
 *    that was accepted is lost.
 * 3. The connection is ended, not the process: after a process that dies of a signal with its first client, the master
 *    starts no other for that service for a minute (service_throttle_time), and inbound mail waits too.
 */
import { readAccount } from '../../../../src/domain/measures/account.ts';
import type { MeasureOrder } from '../../../../src/domain/measures/order.ts';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import { ACCOUNTS_TAG, accountsIn, judgeAccounts, noteOf, withAccount, withoutAccount } from '../accounts-block.ts';
import type { AccountsForm } from '../accounts-block.ts';
import { endConnections } from '../connections.ts';
import type { Connection } from '../connections.ts';
import type { ConfigMeasure, PlacePlan } from '../config-measure.ts';
import { putSettings } from './main-cf.ts';
import { isOthers, sayWhatEnds } from '../whose-sessions.ts';
import type { Sessions } from '../whose-sessions.ts';
import { listSessions, openConnections } from './sessions.ts';
import type { Tools } from './tools.ts';

/** Looked at after the login is known, in the order of a session (postconf(5)). */
const LISTS = [
  'smtpd_sender_restrictions',
  'smtpd_recipient_restrictions',
  'smtpd_data_restrictions',
  'smtpd_end_of_data_restrictions',
];
const ANSWER = 'REJECT 5.7.1 account suspended';

export function accountMeasure(tools: Tools): ConfigMeasure {
  const { name } = tools;
  const servicesOf = (plan: PlacePlan): readonly string[] => (plan.notes['services'] ?? '').split(' ');
  const sessions = (plan: PlacePlan): Promise<Sessions> => listSessions(tools, plan.id, servicesOf(plan));
  return {
    propose: async (order, { id: folder }, mainCf) => {
      const account = accountOf(order, name);
      const overrides = await tools.overrides(folder);
      const list = LISTS.find((each) => !overrides.some((line) => line.includes(`/${each} = `)));
      if (list === undefined)
        throw new MeasureRefused(
          `master.cf of ${name} overrides ${LISTS.join(', ')} for single services; disable the account where its password is kept.`,
        );
      const services = await servicesWithLogins(tools, folder, overrides);
      if (services.length === 0)
        throw new MeasureRefused(
          `Nothing on ${name} takes logins (smtpd_sasl_auth_enable is no); there is no account to disable.`,
        );
      const bare = await tools.rawValue(folder, list);
      // With another account disabled already, the value begins with our own entry.
      const old = bare.replace(/^check_sasl_access inline:\{(?: \{[^{}]*\},?)+ \}(, )?/, '');
      if (accountsIn(mainCf).some((each) => each.account === account))
        throw new MeasureRefused(`${account} is disabled on ${name} already; look at the ledger.`);
      return { account, list, old, services: services.join(' ') };
    },
    blastRadius: async (order, plans) => {
      const account = accountOf(order, name);
      const seen = await Promise.all(plans.map(sessions));
      const all = [...new Set(plans.flatMap(servicesOf))].join(' ');
      return [
        say`what ${foreign(account)} hands in is refused on ${name}; what it has handed in already is not touched`,
        sayWhatEnds(seen, account, all),
        say`reading mail (IMAP, POP) and the password are not touched: change the password too`,
      ];
    },
    edit: (text, tag, plan) => withAccount(text, mine(tag, plan), formOf(plan.notes)),
    takeOut: (text, tag, plan) => withoutAccount(text, tag, formOf(plan.notes)),
    judge: (now, tag, plan) => judgeAccounts(now, plan.before ?? '', mine(tag, plan), formOf(plan.notes)),
    lagging: async (plan) =>
      (await tools.isUnread(plan.id)) ? [`the running Postfix has not read ${plan.path} yet`] : [],
    after: {
      commands: [
        'ss -K each connection on a service with logins, else kill -TERM its smtpd; but for those of which the log names another login',
      ],
      engage: async (plan, fence) => {
        const { account = '' } = plan.notes;
        const others = (await sessions(plan)).open.filter((each) => isOthers(each, account));
        const isLeft = ({ remote, pid }: Connection): boolean =>
          others.some(({ connection }) => connection.remote === remote && connection.pid === pid);
        const open = async (): Promise<readonly Connection[]> =>
          (await openConnections(tools, plan.id, servicesOf(plan)))
            .map(({ connection }) => connection)
            .filter((each) => !isLeft(each));
        await endConnections(name, tools.host, 'smtpd', open, fence);
      },
    },
    proofs: async (plan) => {
      const { list = '', account = '' } = plan.notes;
      const [value = ''] = await tools.values(plan.id, list);
      const map = /^check_sasl_access (inline:\{(?: \{[^{}]*\},?)+ \})/.exec(value)?.[1];
      const asked =
        map === undefined ? undefined : await tools.run(['postmap', '-c', plan.id, '-q', account.toLowerCase(), map]);
      const changed = await tools.changedAt(plan.id);
      const { open } = await sessions(plan);
      const left = open.filter((each) => isOthers(each, account));
      const before = open.filter((each) => !left.includes(each) && each.began.earliest < changed);
      return [
        asked?.out.startsWith('REJECT') === true
          ? { right: true, by: say`Postfix answers ${foreign(account)} in ${list}: ${foreign(asked.out.trim())}` }
          : { right: false, by: say`Postfix does not refuse ${foreign(account)} in ${list}` },
        before.length === 0
          ? {
              right: true,
              by: say`no session of before is open on ${name}${left.length > 0 ? `, but for ${left.length} of other logins` : ''}`,
            }
          : { right: false, by: say`${before.length} sessions of before are still open on ${name}` },
      ];
    },
  };
}

function accountOf(order: MeasureOrder, name: string): string {
  const account = order.kind === 'disable-account' ? order.account : '';
  const read = readAccount(account);
  if (read.kind === 'ok' && !account.includes('\\')) return account;
  throw new MeasureRefused(
    `${JSON.stringify(account)} is no login that Postfix on ${name} would know; write it like anna or anna@example.com.`,
  );
}

function mine(tag: string, plan: PlacePlan) {
  return { tag, account: plan.notes['account'] ?? '' };
}

function formOf(notes: Readonly<Record<string, string>>): AccountsForm {
  const { list = '', old = '' } = notes;
  return {
    put: (text, accounts) => {
      // Access maps are asked in small letters (access(5)).
      const entries = accounts.map(({ account }) => `{${account.toLowerCase()}=${ANSWER}}`).join(', ');
      const value = `check_sasl_access inline:{ ${entries} }${old === '' ? '' : `, ${old}`}`;
      return putSettings(text, ACCOUNTS_TAG, [[list, value]], accounts.map(noteOf));
    },
  };
}

async function servicesWithLogins(
  tools: Tools,
  folder: string,
  overrides: readonly string[],
): Promise<readonly string[]> {
  const [usual] = await tools.values(folder, 'smtpd_sasl_auth_enable');
  const smtpds = (await tools.services(folder)).filter((each) => each.command === 'smtpd');
  return smtpds
    .filter(({ name, type }) => {
      const own = overrides.find((line) => line.startsWith(`${name}/${type}/smtpd_sasl_auth_enable = `));
      return (own?.split(' = ')[1]?.trim() ?? usual) === 'yes';
    })
    .map((each) => each.name);
}
