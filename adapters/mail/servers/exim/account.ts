/**
 * disable-account on Exim: the ACL for RCPT refuses the login, and its open sessions end: each is a process that keeps the
 * configuration it began with. Left alone are those of which the log names other logins alone; a login that has sent
 * nothing yet is in no log, so that the others end too.
 */
import { readAccount } from '../../../../src/domain/measures/account.ts';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import { putBlock } from '../../../../src/domain/measures/marked-block.ts';
import type { MeasureOrder } from '../../../../src/domain/measures/order.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import { ACCOUNTS_TAG, accountsIn, judgeAccounts, noteOf, withAccount, withoutAccount } from '../accounts-block.ts';
import type { AccountsForm } from '../accounts-block.ts';
import { endConnections } from '../connections.ts';
import type { Connection } from '../connections.ts';
import type { ConfigMeasure, PlacePlan } from '../config-measure.ts';
import { changedAt } from '../processes.ts';
import { isOthers, sayWhatEnds } from '../whose-sessions.ts';
import { putFirstInAcl } from './config.ts';
import { listSessions, openConnections } from './sessions.ts';
import type { EximTools } from './tools.ts';

const ANSWER = '5.7.1 account suspended';

export function eximAccount(tools: EximTools): ConfigMeasure {
  const { name, host } = tools;
  return {
    propose: async (order, { id, path }, text) => {
      const account = accountOf(order, name);
      const acl = await tools.option('acl_smtp_rcpt');
      if (path === id && (!/^\w+$/.test(acl) || putFirstInAcl(text, acl, 'tq0', []) === undefined))
        throw new MeasureRefused(
          `${id} on ${name} names no ACL for RCPT that is written in it (acl_smtp_rcpt = ${acl}); disable the account where its password is kept.`,
        );
      if (accountsIn(text).some((each) => each.account === account))
        throw new MeasureRefused(`${account} is disabled on ${name} already; look at the ledger.`);
      return { account, acl: path === id ? acl : '' };
    },
    blastRadius: async (order) => [
      say`what ${foreign(accountOf(order, name))} hands in is refused on ${name}; what it has handed in already is not touched`,
      sayWhatEnds([await listSessions(tools)], accountOf(order, name), await portsOf(tools)),
      say`reading mail (IMAP, POP) and the password are not touched: change the password too`,
    ],
    edit: (text, tag, plan) => withAccount(text, mine(tag, plan), formOf(plan)),
    takeOut: (text, tag, plan) => withoutAccount(text, tag, formOf(plan)),
    judge: (now, tag, plan) => judgeAccounts(now, plan.before ?? '', mine(tag, plan), formOf(plan)),
    lagging: async () => [],
    after: {
      commands: [
        'ss -K each SMTP session that is open, else kill -TERM its process; but for those of which the log names other logins',
      ],
      engage: async (plan, fence) => {
        const { account = '' } = plan.notes;
        const { open } = await listSessions(tools);
        const others = open.filter((each) => isOthers(each, account)).map(({ connection }) => connection);
        const isLeft = ({ remote, pid }: Connection): boolean =>
          others.some((each) => each.remote === remote && each.pid === pid);
        const theirs = async (): Promise<readonly Connection[]> =>
          (await openConnections(tools)).filter((each) => !isLeft(each));
        const [first] = await theirs();
        if (first) await endConnections(name, host, first.program, theirs, fence);
      },
    },
    proofs: async (plan) => {
      const { account = '' } = plan.notes;
      // A session by hand, as if this login had come from outside; it ends before any message.
      const words = ['-oMa', '192.0.2.1', '-oMaa', 'plain', '-oMai', account, '-bs'];
      const asked = await tools.exim(words, {
        input: 'EHLO probe\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster@example.com>\r\nQUIT\r\n',
      });
      const right = asked.out.includes(ANSWER);
      const changed = await changedAt(name, host, plan.path);
      const { open } = await listSessions(tools);
      const left = open.filter((each) => isOthers(each, account));
      const before = open.filter((each) => !left.includes(each) && each.began.earliest < changed);
      return [
        right
          ? { right, by: say`asked as ${foreign(account)}, Exim answers: ${ANSWER}` }
          : { right, by: say`asked as ${foreign(account)}, Exim does not refuse` },
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

async function portsOf(tools: EximTools): Promise<string> {
  const ports = [...new Set((await tools.daemons()).map(({ port }) => Number(port)))].toSorted((a, b) => a - b);
  return ports.length === 0 ? `Exim of ${tools.name}` : ports.join(', ');
}

function accountOf(order: MeasureOrder, name: string): string {
  const account = order.kind === 'disable-account' ? order.account : '';
  const read = readAccount(account);
  if (read.kind === 'ok' && !account.includes('\\')) return account;
  throw new MeasureRefused(
    `${JSON.stringify(account)} is no login that Exim on ${name} would know; write it like anna or anna@example.com.`,
  );
}

function mine(tag: string, plan: PlacePlan) {
  return { tag, account: plan.notes['account'] ?? '' };
}

function formOf(plan: PlacePlan): AccountsForm {
  const acl = plan.notes['acl'] ?? '';
  return {
    put: (text, accounts) => {
      const lines = [
        ...accounts.map(noteOf),
        `  deny message = ${ANSWER}`,
        '       authenticated = *',
        `       condition = \${if inlisti{$authenticated_id}{${accounts.map((each) => each.account).join(' : ')}}}`,
      ];
      if (acl === '') return putBlock(text, { tag: ACCOUNTS_TAG, lines }, 0);
      return putFirstInAcl(text, acl, ACCOUNTS_TAG, lines) ?? text;
    },
  };
}
