/** A Postfix as an office has it: logins by Dovecot, submission, mailboxes of its own, and an outside world that counts. */
import { until } from './process.ts';
import { startPostfix } from './postfix.ts';
import type { MailLab } from './postfix.ts';
import { startSink } from './smtp.ts';
import type { Sink } from './smtp.ts';

const OUTSIDE_PORT = 2602;

const MAIN_CF = `compatibility_level = 3.6
# the office's own
myhostname = mx1.example.test
mydestination = localhost, office.test
inet_interfaces = 127.0.0.1
mynetworks = 192.0.2.0/24
relayhost = [127.0.0.1]:${OUTSIDE_PORT}
relay_domains = branch.test
relay_transport = relay:[127.0.0.1]:${OUTSIDE_PORT}
alias_maps =
alias_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions =
    permit_sasl_authenticated,
    # strangers may not
    reject_unauth_destination
smtpd_sender_restrictions =
    reject_non_fqdn_sender
maillog_file = /var/log/postfix.log
`;

const MASTER_CF = `submission inet n - y - - smtpd
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
bulk unix - - y - - smtp
`;

const DOVECOT = `protocols =
base_dir = /run/dovecot
log_path = /run/dovecot.log
disable_plaintext_auth = no
auth_mechanisms = plain
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
`;

/** What set-permissions leaves undone here: any local user may hand in and flush, as on an installed Postfix. */
const AS_INSTALLED =
  'cd /var/spool/postfix && chgrp postdrop /usr/sbin/postqueue /usr/sbin/postdrop maildrop public && chmod g+s /usr/sbin/postqueue /usr/sbin/postdrop && chmod 1730 maildrop && chmod 2710 public';

export interface Office extends MailLab {
  readonly outside: Sink;
}

export async function startOffice(): Promise<Office> {
  const lab = await startPostfix({ mainCf: MAIN_CF, sets: ['dovecot'] });
  const { box } = lab;
  box.write('/etc/postfix/master.cf', box.read('/etc/postfix/master.cf') + MASTER_CF);
  box.write('/etc/dovecot/dovecot.conf', DOVECOT);
  await box.must(['sh', '-c', AS_INSTALLED]);
  await box.must([
    'sh',
    '-c',
    'groupadd -r dovecot; useradd -r -g dovecot dovecot; useradd -r dovenull; useradd -m alice && mkdir -p /run/dovecot && dovecot >/dev/null 2>&1 && postfix reload',
  ]);
  await until(
    async () => (await box.exec(['test', '-S', '/var/spool/postfix/private/auth'])).code === 0,
    10_000,
    'logins',
  );
  return { ...lab, outside: await startSink(box, OUTSIDE_PORT) };
}

/** The SMTP command that logs in. */
export function loginAs(account: string): string {
  return `AUTH PLAIN ${Buffer.from(`\0${account}\0secret`).toString('base64')}`;
}
