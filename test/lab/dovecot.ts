/** A real Dovecot set up in a box: IMAP, POP3 and the login service for Postfix, with a certificate of its own. */
import type { Box } from './box.ts';
import { until } from './process.ts';

export interface DovecotPlan {
  /** The product's own setting: `no` takes passwords in the clear from anybody. */
  readonly disablePlaintextAuth: 'yes' | 'no';
  readonly ssl: 'yes' | 'no';
  readonly protocols: string;
  /** Days that the certificate still lasts; 0 or less: it has ended. */
  readonly certificateDays: number;
  readonly users?: Readonly<Record<string, string>>;
}

const SET_UP = [
  'groupadd -r dovecot; useradd -r -g dovecot dovecot; groupadd -r dovenull; useradd -r -g dovenull dovenull; groupadd -r vmail; useradd -r -g vmail -d /var/vmail vmail',
  'mkdir -p /var/vmail /run/dovecot /var/spool/postfix/private && chown vmail:vmail /var/vmail',
].join('; ');

export async function startDovecot(box: Box, plan: DovecotPlan): Promise<void> {
  await box.must(['sh', '-c', `{ ${SET_UP}; } 2>/dev/null || true`]);
  await makeCertificate(box, plan.certificateDays);
  box.write('/etc/dovecot/dovecot.conf', configOf(plan));
  box.write(
    '/etc/dovecot/users',
    Object.entries(plan.users ?? { alice: 'secret' })
      .map(([user, password]) => `${user}:{PLAIN}${password}:vmail:vmail::/var/vmail/${user}\n`)
      .join(''),
  );
  // The daemon would keep the pipes of whoever started it.
  await box.must(['sh', '-c', 'dovecot >/dev/null 2>&1 </dev/null']);
  const port = plan.protocols.includes('imap') ? 143 : 110;
  await until(
    async () => (await box.exec(['sh', '-c', `ss -ltn 'sport = :${port}' | grep -q LISTEN`])).code === 0,
    15_000,
    'Dovecot to listen',
  );
}

/** A certificate that ends in so many days; openssl makes none that has ended, so the clock of the start is set back. */
async function makeCertificate(box: Box, days: number): Promise<void> {
  const end = new Date(Date.now() + days * 86_400_000 + 3_600_000);
  const start = new Date(Math.min(Date.now(), end.getTime()) - 86_400_000);
  const stamp = (time: Date): string => `${time.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  const script = `cd /etc/dovecot && mkdir -p ca && : > ca/index.txt && echo 01 > ca/serial
printf '[ca]\\ndefault_ca=d\\n[d]\\ndir=ca\\ndatabase=ca/index.txt\\nserial=ca/serial\\nnew_certs_dir=ca\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' > ca.cnf
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out req.pem -subj /CN=imap.example.test -batch 2>/dev/null
openssl ca -batch -selfsign -config ca.cnf -keyfile key.pem -in req.pem -out cert.pem -startdate "$1" -enddate "$2" -notext`;
  await box.must(['sh', '-ec', script, 'certificate', stamp(start), stamp(end)]);
}

function configOf(plan: DovecotPlan): string {
  return `protocols = ${plan.protocols}
listen = *
base_dir = /run/dovecot
log_path = /var/log/dovecot.log
ssl = ${plan.ssl}
ssl_cert = </etc/dovecot/cert.pem
ssl_key = </etc/dovecot/key.pem
disable_plaintext_auth = ${plan.disablePlaintextAuth}
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:/var/vmail/%u
passdb {
  driver = passwd-file
  args = username_format=%u /etc/dovecot/users
}
userdb {
  driver = passwd-file
  args = username_format=%u /etc/dovecot/users
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
`;
}
