/** The certificates of a server's own doors, and what its smart host answers. */
import type { Evidence } from '../../src/domain/diagnosis/evidence.ts';
import { DOORS } from '../../src/domain/exposure/door.ts';
import type { Certificate } from '../../src/domain/exposure/door.ts';
import type { MailDoors } from '../../src/ports/mail-doors.ts';
import type { KnownServer, KnownSmartHost } from '../../src/ports/sites.ts';

const WITH_CERTIFICATE = DOORS.filter((plan) => plan.port !== 110 && plan.port !== 143);

/** Throws an Error where no door could be looked at. */
export async function lookAtCertificates(
  server: KnownServer,
  doors: MailDoors,
  deadlineMs: number,
): Promise<NonNullable<Evidence['certificates']>> {
  const address = server.addresses[0]?.text;
  const host = server.reach === 'agent' ? address : '127.0.0.1';
  if (host === undefined) throw new Error(`it isn't configured which address ${server.name} has`);
  const look = (target: string) =>
    Promise.all(WITH_CERTIFICATE.map((plan) => doors.look(target, plan, deadlineMs / 2, server.name)));
  const near = await look(host);
  const isSilent = !near.some((each) => each.state.kind === 'open');
  const looks = isSilent && address !== undefined && address !== host ? await look(address) : near;
  const unknown = looks.find((each) => each.state.kind === 'unknown');
  if (looks.every((each) => each.state.kind === 'unknown') && unknown?.state.kind === 'unknown')
    throw new Error(unknown.state.why);
  return looks.flatMap(({ plan, state }) =>
    state.kind === 'open' && state.certificate && !isMadeForOneCall(state.certificate)
      ? [{ name: `${server.name}:${plan.port}`, daysLeft: state.certificate.daysLeft }]
      : [],
  );
}

/** Exim without a certificate makes one of its own for an hour (spec.txt, tls_certificate): nobody has to renew it. */
function isMadeForOneCall({ fault, daysLeft }: Certificate): boolean {
  return daysLeft < 1 && daysLeft >= 0 && /self.signed/i.test(fault ?? '');
}

/**
 * The smart host's refusal in its own words, or undefined where it greets politely: that it would take the mail too is
 * not known by that. Throws an Error where it can't be reached.
 */
export async function askSmartHost(
  smartHost: KnownSmartHost,
  server: KnownServer | undefined,
  doors: MailDoors,
  deadlineMs: number,
): Promise<string | undefined> {
  const tls = smartHost.port === 465 ? 'at-once' : 'by-command';
  const look = await doors.look(
    smartHost.host,
    { port: smartHost.port, protocol: 'smtp', tls },
    deadlineMs,
    server?.name,
  );
  switch (look.state.kind) {
    case 'closed':
      throw new Error(`${smartHost.host}:${smartHost.port} refuses the connection`);
    case 'unknown':
      throw new Error(`${smartHost.host}:${smartHost.port}: ${look.state.why}`);
    case 'open':
      if (look.state.encryption === 'broken')
        throw new Error(`${smartHost.host}: ${look.state.refusal ?? 'TLS fails'}`);
      return look.state.refusal;
    default:
      return look.state satisfies never;
  }
}

/** `[smtp.isp.example]:587`, `smtp.isp.example` (postconf(5), relayhost) -> host and port. */
export function readRelayHost(text: string): KnownSmartHost | undefined {
  const [, host, port = '25'] = /^\[?([A-Za-z0-9.:-]+?)\]?(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  return host === undefined || host === '' ? undefined : { host, port: Number(port) };
}
