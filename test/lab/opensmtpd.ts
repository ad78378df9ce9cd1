/** A real OpenSMTPD in a box of its own: mailboxes, and an outside world that is a closed port until somebody opens it. */
import { startBox } from './box.ts';
import type { MailLab } from './postfix.ts';
import { until } from './process.ts';

const CONFIG = `listen on 127.0.0.1 port 25 hostname mx4.example.test
queue ttl 4d
action "local" mbox
action "out" relay host smtp://127.0.0.1:2602
match from any for domain "office.test" action "local"
match from any for any action "out"
`;

/** What the package's own set-up does: users, the chroot, the spool. */
const SET_UP = [
  'groupadd -r opensmtpd && useradd -r -g opensmtpd -d /var/lib/opensmtpd/empty opensmtpd',
  'groupadd -r opensmtpq && useradd -r -g opensmtpq -d /var/lib/opensmtpd/empty opensmtpq',
  'mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd && chmod 711 /var/spool/smtpd',
  'ln -sf smtpctl /usr/sbin/sendmail && chgrp opensmtpq /usr/sbin/smtpctl && chmod 2755 /usr/sbin/smtpctl && useradd -m alice',
  'ip link set lo up && smtpd -n && smtpd >/dev/null 2>&1 </dev/null',
].join(' && ');

export async function startOpensmtpd(): Promise<MailLab> {
  const box = await startBox({ name: 'mx4', sets: ['opensmtpd', 'net'] });
  box.write('/etc/smtpd.conf', CONFIG);
  await box.must(['sh', '-c', SET_UP]);
  // Its processes start side by side: the one that answers may be ahead of the one that makes the spool's folders.
  const isThere = [
    'sh',
    '-c',
    'smtpctl show status && cd /var/spool/smtpd && ls -d incoming offline purge queue temporary',
  ];
  await until(async () => (await box.exec(isThere)).code === 0, 15_000, 'OpenSMTPD and its spool to be there');
  return {
    box,
    mta: 'opensmtpd',
    waiting: 'pending',
    spool: '/var/spool/smtpd/queue',
    send: async (sender, recipients) => {
      await box.must(['sendmail', '-f', sender, ...recipients], 'Subject: lab\n\nlab\n');
    },
    stop: () => box.stop(),
  };
}
