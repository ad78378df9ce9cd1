/** Teams as one of the chats: which variables it needs, and what is refused before anything is opened. */
import { readFileSync } from 'node:fs';
import { isLoopback } from '../../../adapters/chat/teams/admission.ts';
import { PATH, serveEars } from '../../../adapters/chat/teams/http.ts';
import type { Credentials } from '../../../adapters/chat/teams/sdk.ts';
import { openTeams } from '../../../adapters/chat/teams/teams.ts';
import type { Config } from '../../config/schema.ts';
import type { ChatNeeds, RunningChat } from './chat.ts';
import { watchOutage } from './outage.ts';
import { noteRefusals } from './refusals.ts';

const APP_TYPES = ['SingleTenant', 'MultiTenant', 'UserAssignedMSI'] as const;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function startTeams(needs: ChatNeeds): Promise<RunningChat> {
  const { service, settings, log, listener } = needs;
  const { env } = settings;
  const credentials = readCredentials(env);
  if (!credentials) refuseOpenHost(env);
  const tenantId = env['MicrosoftAppTenantId'];
  const teams = await openTeams({
    gateway: service.gateway,
    outbox: service.world.outbox,
    clock: service.world.clock,
    random: service.world.random,
    dataFolder: settings.dataFolder,
    credentials,
    ...(tenantId !== undefined && { tenantId }),
    isNamed: (actor) => isNamed(settings.config, actor),
    mentionOf: (name) => settings.config.people.find((person) => person.name === name)?.teams?.split('/')[1],
    refused: noteRefusals(service.world.clock, log, PATH),
    firstTime: service.firstTime,
    keyOf: (id) => service.keyOf('teams', id),
    recall: service.recallOf('teams'),
    reachability: watchOutage(service, log, 'teams', 'Teams'),
    isAway: await service.outages.isOn('teams'),
  });
  listener.register(PATH, serveEars(teams.ears));
  service.speakThrough('teams', teams.surface);
  const place = settings.config.chat.teams?.conversation;
  if (place !== undefined) service.tellHere({ surface: 'teams', id: place });
  if (!credentials)
    log.warn(
      'TEAMS_LOCAL=1: ANYBODY ON THIS MACHINE CAN SPEAK AS ANYBODY in Teams; only local emulators are served. Never use it on a machine that others use.',
    );
  else if (env['TEAMS_LOCAL'] === '1')
    log.warn('TEAMS_LOCAL=1 changes nothing: an app id is set, so tokens are checked.');
  const how = credentials ? `${PATH}, app ${credentials.appId}` : `${PATH}, without authentication, on loopback only`;
  return { how, close: async () => {} };
}

/** Undefined: local mode. Throws an Error that names the variable and the remedy. */
function readCredentials(env: NodeJS.ProcessEnv): Credentials | undefined {
  const appId = env['MicrosoftAppId'];
  if (appId === undefined && env['TEAMS_LOCAL'] === '1') return undefined;
  if (appId === undefined)
    throw new Error(
      'MicrosoftAppId is missing. Set the app id of the bot’s registration, or TEAMS_LOCAL=1 for emulators on this machine.',
    );
  if (!GUID.test(appId))
    throw new Error(`MicrosoftAppId ${JSON.stringify(appId)} is not an app id. Copy it from the bot’s registration.`);
  const tenantId = env['MicrosoftAppTenantId'] ?? '';
  if (!GUID.test(tenantId))
    throw new Error(
      'MicrosoftAppTenantId is no tenant id. Copy it from the bot’s registration: only people of this tenant are heard.',
    );
  const type = env['MicrosoftAppType'] ?? 'SingleTenant';
  const appType = APP_TYPES.find((each) => each.toLowerCase() === type.toLowerCase());
  if (!appType)
    throw new Error(`MicrosoftAppType ${JSON.stringify(type)} is not known. Set one of ${APP_TYPES.join(', ')}.`);
  const password = env['MicrosoftAppPassword'];
  const certificate = readCertificate(env['MicrosoftAppCertificateThumbprint'], env['MicrosoftAppCertificateKeyFile']);
  if (appType !== 'UserAssignedMSI' && password === undefined && !certificate)
    throw new Error(
      'MicrosoftAppPassword is missing. Set it, or MicrosoftAppCertificateThumbprint and MicrosoftAppCertificateKeyFile.',
    );
  return { appId, tenantId, appType, ...(password !== undefined && { password }), ...(certificate && { certificate }) };
}

function readCertificate(thumbprint: string | undefined, keyFile: string | undefined): Credentials['certificate'] {
  if (thumbprint === undefined && keyFile === undefined) return undefined;
  if (thumbprint === undefined || keyFile === undefined)
    throw new Error('A certificate needs both MicrosoftAppCertificateThumbprint and MicrosoftAppCertificateKeyFile.');
  try {
    return { thumbprint, privateKey: readFileSync(keyFile, 'utf8') };
  } catch (cause) {
    throw new Error(`MicrosoftAppCertificateKeyFile ${keyFile} can't be read. Name the PEM file of the private key.`, {
      cause,
    });
  }
}

/** Without tokens the port must not be reachable from anywhere else. */
function refuseOpenHost(env: NodeJS.ProcessEnv): void {
  const host = env['HOST'] ?? '127.0.0.1';
  if (isLoopback(host.includes(':') ? `[${host}]` : host)) return;
  throw new Error(
    `TEAMS_LOCAL=1 has no authentication and is served on loopback only, but HOST is ${host}. Unset one of the two.`,
  );
}

function isNamed(config: Config, actor: string): boolean {
  const object = actor.split('/')[1] ?? '';
  const guests = config.chat.teams?.guests.map((guest) => guest.toLowerCase()) ?? [];
  return (
    config.people.some((person) => person.teams?.toLowerCase() === actor) ||
    guests.includes(actor) ||
    guests.includes(object)
  );
}
