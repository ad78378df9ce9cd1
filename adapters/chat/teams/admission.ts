/**
 * Who gets in, before the SDK looks at a token.
 *
 * Owns: everything that is ours to check for ever, whichever SDK stands behind it. botbuilder 4.23 compares the token's
 * service address only where the body has one, knows no tenant, takes the unsigned `channelId` AseChannel for a reason to
 * check another issuer without an audience, and lets everybody in where there is no app id.
 * Rules:
 * 1. The channel is Teams; the service address is there, https, and of a host on the list: answers and their token go there.
 * 2. The tenant is ours in both places; the sender has a directory id.
 * 3. A token names its issuer (Bot Framework), our app and this service address; it is looked at before and after the SDK.
 * 4. Local mode is for this machine alone: every address is a loopback one, and no web page can be the sender.
 */
import type { Activity } from './activity.ts';

export type Door =
  | {
      readonly kind: 'teams';
      readonly appId: string;
      readonly tenantId: string;
      /** Hosts of service addresses; `*.` stands for any name below; one with `://` is an origin of a simulated platform. */
      readonly hosts: readonly string[];
    }
  | { readonly kind: 'local'; readonly tenantId?: string };

/** Microsoft's service addresses for the worldwide and the GCC cloud ("Send proactive messages", Teams documentation). */
export const SERVICE_HOSTS = [
  'smba.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  '*.botframework.com',
] as const;

export const ISSUER = 'https://api.botframework.com';

const LOCAL_CHANNELS = new Set(['msteams', 'emulator', 'test', 'directline', 'webchat']);

/** Why this activity stays outside, or undefined. */
export function refusal(activity: Activity, door: Door): string | undefined {
  const { serviceUrl } = activity;
  if (typeof serviceUrl !== 'string' || serviceUrl === '') return 'it names no service address';
  return door.kind === 'local' ? refuseLocal(activity, serviceUrl, door) : refuseTeams(activity, serviceUrl, door);
}

function refuseTeams(
  activity: Activity,
  serviceUrl: string,
  door: Extract<Door, { kind: 'teams' }>,
): string | undefined {
  if (activity.channelId !== 'msteams') return 'its channel is not msteams';
  if (!mayAnswerTo(serviceUrl, door)) return 'its service address is not https on a host of Microsoft';
  const { tenantId } = activity.conversation;
  const other = activity.channelData?.tenant?.id;
  if (!same(tenantId, door.tenantId)) return 'the conversation belongs to another tenant';
  if (!same(other, door.tenantId)) return 'the sender belongs to another tenant';
  if (!/^[0-9a-f-]{36}$/i.test(activity.from?.aadObjectId ?? '')) return 'the sender has no directory id';
  return undefined;
}

function refuseLocal(
  activity: Activity,
  serviceUrl: string,
  door: Extract<Door, { kind: 'local' }>,
): string | undefined {
  if (!LOCAL_CHANNELS.has(activity.channelId)) return 'its channel is neither an emulator nor msteams';
  if (!mayAnswerTo(serviceUrl, door)) return 'its service address is not on this machine';
  const tenants = [activity.conversation.tenantId, activity.channelData?.tenant?.id].filter(
    (tenant) => tenant !== undefined && tenant !== null,
  );
  if (door.tenantId !== undefined && !tenants.every((tenant) => same(tenant, door.tenantId)))
    return 'it belongs to another tenant';
  return activity.from?.id === undefined ? 'it has no sender' : undefined;
}

/** Whether answers, with the bot's token, may go to this address. Asked again before each answer. */
export function mayAnswerTo(serviceUrl: string, door: Door): boolean {
  const url = URL.parse(serviceUrl);
  if (!url || url.username !== '' || url.password !== '') return false;
  if (door.kind === 'local') return /^https?:$/.test(url.protocol) && isLoopback(url.hostname);
  if (door.hosts.includes(url.origin)) return true;
  return url.protocol === 'https:' && url.port === '' && isHostOf(url.hostname, door.hosts);
}

export function isHostOf(hostname: string, hosts: readonly string[]): boolean {
  return hosts.some((host) => (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host));
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Headers as they came. */
export interface DoorHeaders {
  readonly authorization?: string | undefined;
  readonly contentType?: string | undefined;
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/** Without a token the sender could be a page in a browser of this machine: such can't set the type, and names its origin. */
export function refuseSender(headers: DoorHeaders, door: Door): string | undefined {
  if (!/^application\/json\b/i.test(headers.contentType ?? '')) return 'its content type is not application/json';
  if (door.kind === 'teams') return /^Bearer \S+$/.test(headers.authorization ?? '') ? undefined : 'it has no token';
  if (headers.origin !== undefined) return 'it comes from a web page';
  const name = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '';
  return isLoopback(name) ? undefined : 'it was sent to another name than this machine’s own';
}

/** What the token itself must say, before (unverified: cheap) and after its signature was checked. */
export function refuseClaims(
  claims: Readonly<Record<string, unknown>>,
  serviceUrl: string,
  appId: string,
): string | undefined {
  if (claims['iss'] !== ISSUER) return 'its token was issued by somebody else';
  if (claims['aud'] !== appId) return 'its token is meant for another app';
  const named = claims['serviceurl'] ?? claims['serviceUrl'];
  return named === serviceUrl ? undefined : 'its token names another service address';
}

/** The payload of a token as it stands there, its signature not looked at. */
export function readClaims(authorization: string): Readonly<Record<string, unknown>> {
  const payload = authorization.split('.')[1] ?? '';
  try {
    const read: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof read === 'object' && read !== null ? { ...read } : {};
  } catch {
    return {};
  }
}

function same(one: string | null | undefined, other: string | undefined): boolean {
  return typeof one === 'string' && other !== undefined && one.toLowerCase() === other.toLowerCase();
}
