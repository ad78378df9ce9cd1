/**
 * A page by e-mail, handed to a submission server that is not the one that may be sick. All about one incident is one
 * thread (`References`). A server that takes no TLS where TLS is wanted is a failure, never a fallback.
 */
import { createTransport } from 'nodemailer';
import type { Pager } from '../../src/ports/pagers.ts';
import { PageFailed } from '../../src/ports/pagers.ts';

export interface MailPagerOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
  readonly from: string;
  readonly to: readonly string[];
}

const DEADLINE_MS = 8000;

export function openMailPager(options: MailPagerOptions): Pager {
  const { name, host, port, tls, login, from, to } = options;
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: DEADLINE_MS,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login && { auth: { user: login.user, pass: login.password } }),
  });
  return {
    name,
    send: async (page) => {
      const thread = `<${page.key}@tourniquet>`;
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: `${subjectOf[page.what]}${page.summary.slice(0, 180)}`,
          text: [
            page.summary,
            '',
            `Incident ${page.incident}, site ${page.site}.`,
            `Called: ${page.people.join(', ') || 'nobody by name'}.`,
          ].join('\n'),
          inReplyTo: thread,
          references: [thread],
          headers: { 'auto-submitted': 'auto-generated', 'x-tourniquet-page': page.what },
        });
      } catch (cause) {
        throw new PageFailed(`${name} (${host}:${port}) did not take it: ${faultOf(cause)}`, mayWorkLater(cause), {
          cause,
        });
      }
    },
  };
}

const subjectOf = { trigger: '', acknowledge: 'Somebody has it: ', resolve: 'Over: ' } as const;

/** The server's reply code or the kind of fault; never its text, which may repeat a login. */
function faultOf(cause: unknown): string {
  const code = property(cause, 'responseCode') ?? property(cause, 'code');
  return typeof code === 'number' || typeof code === 'string' ? String(code) : 'unknown fault';
}

function mayWorkLater(cause: unknown): boolean {
  const code = property(cause, 'responseCode');
  return !(typeof code === 'number' && code >= 500);
}

function property(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}
