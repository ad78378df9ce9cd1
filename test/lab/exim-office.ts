/** An Exim as an office has it: a daemon with logins, mailboxes of its own, and an outside world that counts. */
import { CERTIFICATE, startExim } from './exim.ts';
import type { MailLab } from './postfix.ts';
import { startSink } from './smtp.ts';
import type { Sink } from './smtp.ts';

const OUTSIDE_PORT = 2602;

const CONFIG = `# the office's own
${CERTIFICATE}
primary_hostname = mx2.example.test
qualify_domain = office.test
domainlist local_domains = localhost : office.test
domainlist relay_to_domains = branch.test
keep_environment =
untrusted_set_sender = *
acl_smtp_rcpt = acl_check_rcpt
daemon_smtp_ports = 25 : 587
local_interfaces = 127.0.0.1
queue_run_max = 2
tls_advertise_hosts =
begin acl
acl_check_rcpt:
  accept authenticated = *
  require message = relay not permitted
          domains = +local_domains : +relay_to_domains
  accept
begin routers
out:
  driver = manualroute
  domains = ! +local_domains
  transport = smtp
  route_list = * 127.0.0.1 byname
  self = send
local:
  driver = accept
  local_parts = alice : anna
  transport = mailbox
begin transports
smtp:
  driver = smtp
  port = ${OUTSIDE_PORT}
mailbox:
  driver = appendfile
  file = /var/spool/exim4/box-$local_part_data
  user = Debian-exim
begin retry
* * F,1h,15m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{$auth3}{secret}}
  server_set_id = $auth2
  server_advertise_condition = *
`;

export interface EximOffice extends MailLab {
  readonly outside: Sink;
}

export async function startEximOffice(): Promise<EximOffice> {
  const lab = await startExim();
  const { box } = lab;
  box.write('/etc/exim4/exim4.conf', CONFIG);
  await box.must(['sh', '-c', 'mkdir -p /run/exim4 && exim4 -bd -q30m -oP /run/exim4/exim.pid >/dev/null 2>&1']);
  return { ...lab, outside: await startSink(box, OUTSIDE_PORT) };
}
