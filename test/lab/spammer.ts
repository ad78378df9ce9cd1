/** Whoever sends to a mail server of the lab from outside: over real SMTP, with or without a login. */
import type { Box } from './box.ts';

const CLIENT = `import json,smtplib,sys
plan=json.load(sys.stdin)
def connect():
  c=smtplib.SMTP(plan['host'],plan['port'],timeout=20); c.ehlo('vm'); return c
c=connect()
for _ in range(plan['failures']):
  try: c.login(plan['user'],'wrong')
  except smtplib.SMTPServerDisconnected: c=connect()
  except smtplib.SMTPException: pass
if plan['password']: c.login(plan['user'],plan['password'])
for m in plan['messages']:
  c.sendmail(m['from'],m['to'],'Subject: lab\\r\\n\\r\\nlab\\r\\n')
c.quit()`;

export interface Campaign {
  readonly host: string;
  readonly port?: number;
  /** Logins with a wrong password before the right one. */
  readonly failures?: number;
  readonly user?: string;
  /** Left out: no login. */
  readonly password?: string;
  readonly messages: readonly { readonly from: string; readonly to: readonly string[] }[];
}

export async function send(from: Box, campaign: Campaign): Promise<void> {
  const plan = { port: 25, failures: 0, user: '', password: '', ...campaign };
  await from.must(['/usr/bin/python3', '-c', CLIENT], JSON.stringify(plan));
}
