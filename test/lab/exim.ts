/** A real Exim in a box of its own; what it can't deliver is deferred to a closed port. */
import { startBox } from './box.ts';
import type { MailLab } from './postfix.ts';

const CONFIG = `primary_hostname = mx2.example.test
qualify_domain = example.test
domainlist local_domains = localhost
keep_environment =
untrusted_set_sender = *
begin routers
out:
  driver = manualroute
  domains = ! +local_domains
  transport = smtp
  route_list = * 127.0.0.1 byname
  self = send
begin transports
smtp:
  driver = smtp
  port = 2602
begin retry
* * F,1h,15m
`;

const SET_UP = [
  'groupadd -r Debian-exim && useradd -r -g Debian-exim -d /var/spool/exim4 Debian-exim',
  'mkdir -p /var/spool/exim4 /var/log/exim4 && chown -R Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4',
  'chmod 644 /etc/exim4/exim4.conf && ip link set lo up && exim4 -bV',
].join(' && ');

export async function startExim(): Promise<MailLab> {
  const box = await startBox({ name: 'mx2', sets: ['exim', 'net'] });
  box.write('/etc/exim4/exim4.conf', CONFIG);
  await box.must(['sh', '-c', SET_UP]);
  return {
    box,
    mta: 'exim',
    waiting: 'queued',
    spool: '/var/spool/exim4/input',
    send: async (sender, recipients) => {
      await box.must(
        ['exim4', '-odi', '-f', sender === '' ? '<>' : sender, '--', ...recipients],
        'Subject: lab\n\nlab\n',
      );
    },
    stop: () => box.stop(),
  };
}
