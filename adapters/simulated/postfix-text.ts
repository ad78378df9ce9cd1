/** The simulated mail server prints what Postfix prints: `postqueue -j`, and log lines in rsyslog's ISO form. */
import type { Origin, Waiting } from './mail.ts';

/** `at`: milliseconds since 1970 UTC. */
export function stamp(at: number): string {
  return `${new Date(at).toISOString().replace('Z', '000+00:00')} mx1`;
}

export function taken(when: string, id: string, from: Origin): string {
  switch (from.kind) {
    case 'login':
      return `${when} postfix/submission/smtpd[2210]: ${id}: client=unknown[${from.address}], sasl_method=LOGIN, sasl_username=${from.account}`;
    case 'client':
      return `${when} postfix/smtpd[2204]: ${id}: client=unknown[${from.address}]`;
    case 'own':
      return `${when} postfix/bounce[2231]: ${id.slice(0, -1)}Z: sender non-delivery notification: ${id}`;
    default:
      return from satisfies never;
  }
}

export function sent(when: string, id: string, recipient: string): string {
  const domain = recipient.split('@')[1] ?? '';
  return `${when} postfix/smtp[2240]: ${id}: to=<${recipient}>, relay=mx.${domain}[192.0.2.9]:25, delay=1.1, delays=0.1/0/0.5/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)`;
}

export function deferred(when: string, id: string, recipient: string, reason: string): string {
  return `${when} postfix/smtp[2240]: ${id}: to=<${recipient}>, relay=none, delay=31, delays=0.1/0/30/0, dsn=4.4.1, status=deferred (${reason})`;
}

export function refused(when: string, id: string, recipient: string, reason: string): string {
  return `${when} postfix/smtp[2240]: ${id}: to=<${recipient}>, relay=smtp.isp.example[192.0.2.25]:587, delay=0.9, delays=0.1/0/0.4/0.4, dsn=5.7.1, status=bounced (${reason})`;
}

export function removed(when: string, id: string): string {
  return `${when} postfix/qmgr[2102]: ${id}: removed`;
}

export function delivered(when: string, id: string, recipient: string): string {
  return `${when} postfix/local[2250]: ${id}: to=<${recipient}>, relay=local, delay=0.2, delays=0.1/0/0/0.1, dsn=2.0.0, status=sent (delivered to mailbox)`;
}

export function loginFailed(when: string, address: string, account: string): string {
  return `${when} postfix/submission/smtpd[2210]: warning: unknown[${address}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=${account}`;
}

export function unknownUser(when: string, address: string, recipient: string): string {
  return `${when} postfix/smtpd[2204]: NOQUEUE: reject: RCPT from unknown[${address}]: 550 5.1.1 <${recipient}>: Recipient address rejected: User unknown in local recipient table; proto=ESMTP helo=<mail>`;
}

/** One line of `postqueue -j`. `offset`: what to add to monotonic milliseconds for the wall clock. */
export function listed(mail: Waiting, offset: number): string {
  return JSON.stringify({
    queue_name: 'deferred',
    queue_id: mail.id,
    arrival_time: Math.floor((mail.at + offset) / 1000),
    message_size: mail.bytes,
    forced_expire: false,
    sender: mail.sender === '' ? 'MAILER-DAEMON' : mail.sender,
    recipients: [
      mail.reason === undefined ? { address: mail.recipient } : { address: mail.recipient, delay_reason: mail.reason },
    ],
  });
}
