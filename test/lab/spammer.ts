/** Whoever sends to a mail server of the lab from outside: over real SMTP, with or without a login. */
import type { Box } from './box.ts';

/** Guesses come over several connections at once: each is made to wait a second for its refusal. */
const CLIENT = `import concurrent.futures,json,smtplib,sys
plan=json.load(sys.stdin)
def connect():
  c=smtplib.SMTP(plan['host'],plan['port'],timeout=20); c.ehlo('vm'); return c
def guess(many):
  c=connect()
  for _ in range(many):
    try: c.login(plan['user'],'wrong')
    except smtplib.SMTPServerDisconnected: c=connect()
    except smtplib.SMTPException: pass
n=plan['failures']; ways=min(13,n)
if n:
  with concurrent.futures.ThreadPoolExecutor(ways) as pool:
    list(pool.map(guess,[n//ways+(1 if way<n%ways else 0) for way in range(ways)]))
c=connect()
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
