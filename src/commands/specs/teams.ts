/** `teams package`: the app package for Microsoft Teams. */
import { accept, refuse } from '../../domain/parsed.ts';
import { hasOption, optionOf } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';

export interface TeamsPackageArguments {
  readonly out: string;
  /** Left out: MicrosoftAppId of the environment. */
  readonly appId?: string;
  readonly website: string;
  readonly readChannels: boolean;
}

export const teamsSpec: CommandSpec<TeamsPackageArguments> = {
  name: 'teams',
  usage: 'package',
  help: 'write the app package for Microsoft Teams (manifest and icons in a zip)',
  details: [
    'Upload it in Teams under Apps, Manage your apps, or in the Teams admin center; docs/teams.md goes through it.',
  ],
  examples: [
    'tq teams package',
    'tq teams package --out /tmp/tourniquet.zip --website https://intranet.example.com/mail',
  ],
  role: 'admin',
  risk: 'look',
  shellOnly: true,
  options: [
    { name: 'out', value: 'FILE', help: 'where to write it; tourniquet-teams.zip where left out' },
    { name: 'app-id', value: 'ID', help: 'the bot’s app id; MicrosoftAppId where left out' },
    { name: 'website', value: 'URL', help: 'an https address about who runs this, shown to the tenant’s admins' },
    { name: 'read-channels', help: 'ask to read channels it is added to, so that replies in threads need no mention' },
  ],
  read(said) {
    if (said.words[0] !== 'package' || said.words.length > 1)
      return refuse(`teams does not know ${JSON.stringify(said.words.join(' '))}`, 'write tq teams package');
    const appId = optionOf(said, 'app-id');
    if (appId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(appId))
      return refuse(`--app-id ${JSON.stringify(appId)} is not an app id`, 'copy it from the bot’s registration');
    const website = optionOf(said, 'website') ?? 'https://example.com';
    if (!/^https:\/\/[^\s"<>]{3,2000}$/.test(website))
      return refuse(`--website ${JSON.stringify(website)} is not an https address`, 'write https://YOUR-NAME/…');
    const out = optionOf(said, 'out') ?? 'tourniquet-teams.zip';
    return accept({
      out,
      website,
      readChannels: hasOption(said, 'read-channels'),
      ...(appId !== undefined && { appId }),
    });
  },
};
