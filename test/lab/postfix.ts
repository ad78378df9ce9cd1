/** A real Postfix in a box of its own, with its fixed paths; what it can't deliver is deferred to a closed port. */
import type { SetName } from '../../bin/debian-packages.mjs';
import type { Mta } from '../../src/domain/queues/snapshot.ts';
import { startBox } from './box.ts';
import type { Box } from './box.ts';
import { until } from './process.ts';

export const MAIN_CF = `compatibility_level = 3.6
myhostname = mx1.example.test
mydestination = localhost
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:2602
alias_maps =
alias_database =
maillog_file = /var/log/postfix.log
`;

/** What its chrooted agents look names up by, as Debian's package copies it at each start. */
const IN_CHROOT =
  'mkdir -p /var/spool/postfix/etc && cp /etc/resolv.conf /etc/hosts /etc/services /var/spool/postfix/etc/';

const SET_UP = [
  'groupadd -r postfix && groupadd -r postdrop && useradd -r -g postfix -d /var/spool/postfix postfix',
  'cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf && cp /usr/share/postfix/dynamicmaps.cf /etc/postfix/',
  'ip link set lo up',
  // What `postfix set-permissions` comes to (postfix-files), which takes two seconds to find that out.
  'mkdir -p /var/lib/postfix && cd /var/spool/postfix',
  'mkdir -p active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace',
  'chown postfix active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace /var/lib/postfix',
  'chmod 700 active bounce corrupt defer deferred flush hold incoming private saved trace /var/lib/postfix',
  'chgrp postdrop maildrop public && chmod 730 maildrop && chmod 710 public',
  // Who isn't root lists the queue and hands mail in by these, as Debian's package sets them.
  'chgrp postdrop /usr/sbin/postqueue /usr/sbin/postdrop && chmod 2555 /usr/sbin/postqueue /usr/sbin/postdrop',
  IN_CHROOT,
  'postfix start',
].join(' && ');

export interface MailLab {
  readonly box: Box;
  readonly mta: Exclude<Mta, 'exchange'>;
  /** What its own tool calls the queue of what waits. */
  readonly waiting: string;
  /** Where it keeps that queue. */
  readonly spool: string;
  /** Hands in one message by the server's own sendmail; the empty sender is the null sender. */
  send(sender: string, recipients: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface PostfixPlan {
  /** In place of the lab's own. */
  readonly mainCf?: string;
  readonly sets?: readonly SetName[];
}

/** Sets Postfix up and starts it in a box that has its packages, and whose resolv.conf is written. */
export async function settlePostfix(box: Box, mainCf: string): Promise<void> {
  box.write('/etc/postfix/main.cf', mainCf);
  await box.must(['sh', '-c', SET_UP]);
  await until(async () => (await box.exec(['postqueue', '-j'])).code === 0, 10_000, 'Postfix to show its queue');
}

export async function startPostfix(plan: PostfixPlan = {}): Promise<MailLab> {
  const box = await startBox({ name: 'mx1', sets: ['postfix', 'net', ...(plan.sets ?? [])] });
  await settlePostfix(box, plan.mainCf ?? MAIN_CF);
  return {
    box,
    mta: 'postfix',
    waiting: 'deferred',
    spool: '/var/spool/postfix/deferred',
    send: async (sender, recipients) => {
      await box.must(['sendmail', '-f', sender, '--', ...recipients], 'Subject: lab\n\nlab\n');
    },
    stop: () => box.stop(),
  };
}
