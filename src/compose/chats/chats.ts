/**
 * The chats of this process. Each is one entry with one function, in a file of its own, imported only where its
 * variables are set; a chat whose variables are missing isn't started, and that is said in one line.
 */
import { makeHttpListener } from '../../../adapters/http/listener.ts';
import type { ChatNeeds, RunningChat } from './chat.ts';

export interface Chat {
  readonly name: string;
  /** The variables that are missing, in words; undefined where it can be started. */
  missing(env: NodeJS.ProcessEnv): string | undefined;
  start(needs: ChatNeeds): Promise<RunningChat>;
}

const CHATS: readonly Chat[] = [
  {
    name: 'Slack',
    missing: (env) => {
      if (env['SLACK_BOT_TOKEN'] === undefined) return 'SLACK_BOT_TOKEN is not set (docs/slack.md)';
      if ((env['SLACK_APP_TOKEN'] ?? env['SLACK_SIGNING_SECRET']) !== undefined) return undefined;
      return 'beside SLACK_BOT_TOKEN it needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP; docs/slack.md)';
    },
    start: async (needs) => (await import('./slack.ts')).startSlack(needs),
  },
  {
    name: 'Teams',
    missing: missingOfTeams,
    start: async (needs) => (await import('./teams.ts')).startTeams(needs),
  },
];

const CERTIFICATE: readonly string[] = ['MicrosoftAppCertificateThumbprint', 'MicrosoftAppCertificateKeyFile'];

/** Without any one of them it would let in whom nobody has vouched for, or could answer nobody. */
function missingOfTeams(env: NodeJS.ProcessEnv): string | undefined {
  const isSet = (name: string): boolean => env[name] !== undefined;
  if (env['TEAMS_LOCAL'] === '1' && !isSet('MicrosoftAppId')) return undefined;
  const byCertificate = CERTIFICATE.some(isSet);
  const isManaged = env['MicrosoftAppType']?.toLowerCase() === 'userassignedmsi';
  const secret = byCertificate ? CERTIFICATE : isManaged ? [] : ['MicrosoftAppPassword'];
  const needed = ['MicrosoftAppId', ...secret, 'MicrosoftAppTenantId'];
  const unset = needed.filter((name) => !isSet(name));
  if (unset.length === 0) return undefined;
  const names = unset.length === 1 ? `${unset[0]} is` : `${unset.slice(0, -1).join(', ')} and ${unset.at(-1)} are`;
  return `${names} not set (docs/teams.md; TEAMS_LOCAL=1 for an emulator)`;
}

export interface Chats {
  /** Names of the chats that run. */
  readonly names: readonly string[];
  close(): Promise<void>;
}

/** Starts every chat that can be. Throws where one is wrongly configured, or the port is taken; nothing is left open. */
export async function startChats(needs: Omit<ChatNeeds, 'listener'>, chats: readonly Chat[] = CHATS): Promise<Chats> {
  const { settings, log } = needs;
  const { PORT, HOST } = settings.env;
  const listener = makeHttpListener(HOST ?? '127.0.0.1', readPort(PORT), (path, error) =>
    log.error({ path, error: error.message }, 'a request of a chat failed'),
  );
  const running: (readonly [name: string, chat: RunningChat])[] = [];
  const close = async (): Promise<void> => {
    await listener.close();
    await Promise.all(running.map(([, chat]) => chat.close()));
  };
  try {
    for (const chat of chats) {
      const missing = chat.missing(settings.env);
      if (missing !== undefined) {
        log.info(`${chat.name} is not started: ${missing}`);
        continue;
      }
      const started = await chat.start({ ...needs, listener });
      running.push([chat.name, started]);
      log.info(`${chat.name} is started: ${started.how}`);
    }
    const address = await listener.open();
    if (address !== undefined) log.info({ address }, 'the chats are heard here');
  } catch (error) {
    await close();
    throw error;
  }
  return { names: running.map(([name]) => name), close };
}

function readPort(text: string | undefined): number {
  const port = Number(text ?? 3978);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT ${JSON.stringify(text)} is not a port. Set 1 to 65535, or leave it out for 3978.`);
}
