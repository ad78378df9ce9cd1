/** A real Exim in a box of its own; what it can't deliver is deferred to a closed port. */
import type { SetName } from '../../bin/debian-packages.mjs';
import { startBox } from './box.ts';
import type { MailLab } from './postfix.ts';
import { until } from './process.ts';

/**
 * Without one, Exim's daemon makes itself a key at each start and each HUP, which takes a second of the processor. None is
 * offered.
 */
export const CERTIFICATE = 'tls_certificate = /etc/exim4/own.pem';

const MAKE_CERTIFICATE =
  'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mx2.example.test -keyout /run/own.key -out /run/own.crt 2>/dev/null && cat /run/own.key /run/own.crt > /etc/exim4/own.pem && chmod 644 /etc/exim4/own.pem';

const CONFIG = `primary_hostname = mx2.example.test
${CERTIFICATE}
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

/** A login over SMTP by a password that stands here. */
const WITH_LOGIN = `begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_set_id = $auth2
  server_condition = \${if eq{$auth3}{secret}}
`;

const WITH_ACL = `acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept authenticated = *
  accept domains = +local_domains
  deny message = relay not permitted
`;

const SET_UP = [
  'groupadd -r Debian-exim && useradd -r -g Debian-exim -d /var/spool/exim4 Debian-exim',
  'mkdir -p /var/spool/exim4 /var/log/exim4 && chown -R Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4',
  MAKE_CERTIFICATE,
  'chmod 644 /etc/exim4/exim4.conf && ip link set lo up && exim4 -bV',
].join(' && ');

export interface EximPlan {
  readonly sets?: readonly SetName[];
  /** It listens on port 25, with logins. */
  readonly daemon?: true;
}

export async function startExim(plan: EximPlan = {}): Promise<MailLab> {
  const box = await startBox({ name: 'mx2', sets: ['exim', 'net', ...(plan.sets ?? [])] });
  const config = plan.daemon ? `${CONFIG.replace('begin routers', `${WITH_ACL}begin routers`)}${WITH_LOGIN}` : CONFIG;
  box.write('/etc/exim4/exim4.conf', config);
  await box.must(['sh', '-c', SET_UP]);
  if (plan.daemon) {
    await box.must(['sh', '-c', 'exim4 -bd -q1h >/dev/null 2>&1 </dev/null']);
    await until(
      async () => (await box.exec(['sh', '-c', "ss -ltn 'sport = :25' | grep -q LISTEN"])).code === 0,
      15_000,
      'Exim to listen',
    );
  }
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
