/**
 * The app's manifest, made from the command registry.
 *
 * Limits from the manifest's schema ("App manifest schema", version 1.19 and its change log): names 30 and 100 characters,
 * descriptions 80 and 4000, developer 32; one bot, three scopes, ten commands to a list with titles of 32 and descriptions
 * of 128; one message extension with ten commands, ids of 64, titles of 32, descriptions of 128.
 */
import type { CommandSpec } from '../../../../src/commands/spec.ts';
import { FROM_MESSAGE, SAY } from '../forms.ts';
import { cutText } from '../text.ts';
import { ACCENT } from './icons.ts';

export interface PackagePlan {
  readonly appId: string;
  /** The product's version, such as 0.1.0. */
  readonly version: string;
  /** An https address about who runs this, shown to the tenant's admins. */
  readonly website: string;
  /** Ask to read channels where it is added, so that a thread's replies need no mention. */
  readonly readChannels: boolean;
}

const MOST_COMMANDS = 10;
const SCOPES = ['personal', 'team', 'groupChat'] as const;

export function makeManifest(plan: PackagePlan, registry: readonly CommandSpec[]): Readonly<Record<string, unknown>> {
  const { appId, version, website, readChannels } = plan;
  const spoken = registry.filter((spec) => !spec.shellOnly);
  const commands = spoken
    .slice(0, MOST_COMMANDS)
    .map((spec) => ({ title: cutText(spec.name, 32), description: cutText(spec.help, 128) }));
  const opensIncidents = spoken.some((spec) => spec.name === 'open');
  return {
    $schema: 'https://developer.microsoft.com/json-schemas/teams/v1.19/MicrosoftTeams.schema.json',
    manifestVersion: '1.19',
    version,
    id: appId,
    developer: { name: 'Tourniquet', websiteUrl: website, privacyUrl: website, termsOfUseUrl: website },
    name: { short: 'Tourniquet', full: 'Tourniquet for mail servers' },
    description: {
      short: 'Finds out why mail is refused or stuck, contains it, and takes it back.',
      full: 'For the administrator who finds spam in the queues, mail refused everywhere and the server on blocklists. Looks first, tells what happened with the evidence for and against, contains the damage with approval, and takes every bit of it back.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: ACCENT,
    bots: [
      {
        botId: appId,
        scopes: SCOPES,
        supportsFiles: true,
        isNotificationOnly: false,
        commandLists: [{ scopes: SCOPES, commands }],
      },
    ],
    composeExtensions: [
      {
        botId: appId,
        commands: [
          {
            id: opensIncidents ? FROM_MESSAGE : SAY,
            type: 'action',
            title: opensIncidents ? 'Open a mail incident' : 'Ask Tourniquet about this',
            description: opensIncidents
              ? 'Opens a mail incident from this message.'
              : 'Says something of this message to Tourniquet.',
            context: ['message'],
            fetchTask: true,
          },
          ...['check', 'triage', 'queue'].flatMap((name) => formCommand(spoken, name)),
        ],
      },
    ],
    permissions: ['identity', 'messageTeamMembers'],
    validDomains: [],
    ...(readChannels && {
      webApplicationInfo: { id: appId, resource: 'https://notapplicable' },
      authorization: {
        permissions: { resourceSpecific: [{ name: 'ChannelMessage.Read.Group', type: 'Application' }] },
      },
    }),
  };
}

function formCommand(specs: readonly CommandSpec[], name: string): readonly object[] {
  const spec = specs.find((each) => each.name === name);
  return spec
    ? [
        {
          id: spec.name,
          type: 'action',
          title: cutText(spec.name, 32),
          description: cutText(spec.help, 128),
          context: ['compose', 'commandBox'],
          fetchTask: true,
        },
      ]
    : [];
}
