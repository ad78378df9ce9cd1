/** A real Sendmail in a box of its own: mailboxes, and an outside world that is a closed port until somebody opens it. */
import { startBox } from './box.ts';
import type { MailLab } from './postfix.ts';
import { until } from './process.ts';

const MC = `divert(0)dnl
include(\`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(\`linux')dnl
define(\`confDOMAIN_NAME', \`mx5.example.test')dnl
define(\`confPID_FILE', \`/run/sendmail.pid')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`QUEUE_DIR', \`/var/spool/mqueue')dnl
define(\`STATUS_FILE', \`/var/lib/sendmail.st')dnl
define(\`LOCAL_MAILER_PATH', \`/usr/local/bin/to-mailbox')dnl
define(\`LOCAL_MAILER_ARGS', \`to-mailbox $u')dnl
define(\`SMTP_MAILER_ARGS', \`TCP $h 2602')dnl
define(\`ESMTP_MAILER_ARGS', \`TCP $h 2602')dnl
define(\`SMART_HOST', \`esmtp:[127.0.0.1]')dnl
DAEMON_OPTIONS(\`Port=smtp, Addr=127.0.0.1, Name=MTA')dnl
define(\`confSERVICE_SWITCH_FILE', \`/etc/mail/service.switch')dnl
define(\`confREFUSE_LA', \`1000')dnl
define(\`confQUEUE_LA', \`1000')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
LOCAL_DOMAIN(\`office.test localhost')dnl
MAILER(\`local')dnl
MAILER(\`smtp')dnl
`;

/** It may be given `-f SENDER` first. */
const TO_MAILBOX = '#!/bin/sh\nfor last; do :; done\ncat >> "/var/mail/$last"\n';

/** What the package's own set-up does: users, folders, the aliases, the configuration. */
const SET_UP = [
  'groupadd -r smmta; groupadd -r smmsp; useradd -r -g smmta -d /var/lib/sendmail smmta; useradd -r -g smmsp -d /var/lib/sendmail smmsp; useradd -m alice; useradd -r mailnull',
  'mkdir -p /var/spool/mqueue /etc/mail /var/mail && chmod 700 /var/spool/mqueue && chmod 1777 /var/mail && chmod 755 /usr/local/bin/to-mailbox /etc/mail',
  'm4 /etc/mail/sendmail.mc > /etc/mail/sendmail.cf',
  ': > /etc/mail/aliases; : > /etc/mail/local-host-names; : > /var/lib/sendmail.st',
  'ln -sf /usr/libexec/sendmail/sendmail /usr/sbin/sendmail; ln -sf /usr/libexec/sendmail/sendmail /usr/bin/mailq; ln -sf /usr/libexec/sendmail/sendmail /usr/bin/newaliases',
  'ip link set lo up && newaliases && /usr/sbin/sendmail -bd -q1m >/dev/null 2>&1 </dev/null',
].join(' && ');

export async function startSendmail(): Promise<MailLab> {
  const box = await startBox({ name: 'mx5', sets: ['sendmail', 'net'] });
  // It waits a minute for a full name of its own.
  box.write(
    '/etc/hosts',
    '127.0.0.1 localhost\n127.0.1.1 mx5.example.test mx5\n127.0.2.1 office.test\n127.0.2.2 far.test\n',
  );
  box.write('/etc/mail/service.switch', 'hosts files\naliases files\npasswd files\n');
  box.write('/etc/mail/sendmail.mc', MC);
  box.write('/usr/local/bin/to-mailbox', TO_MAILBOX);
  await box.must(['sh', '-c', SET_UP]);
  await until(
    async () => (await box.exec(['sh', '-c', 'ss -ltn | grep -q :25'])).code === 0,
    15_000,
    'Sendmail to listen',
  );
  return {
    box,
    mta: 'sendmail',
    waiting: 'queued',
    spool: '/var/spool/mqueue',
    send: async (sender, recipients) => {
      await box.must(['sendmail', '-f', sender === '' ? '<>' : sender, '--', ...recipients], 'Subject: lab\n\nlab\n');
    },
    stop: () => box.stop(),
  };
}
