/** `tq teams package`: writes the zip and says what to do with it. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makePackage } from '../../../adapters/chat/teams/package/package.ts';
import type { Command } from '../../commands/parse.ts';
import { readArguments } from '../../commands/parse.ts';
import { registry } from '../../commands/registry.ts';
import { hasOption, optionOf } from '../../commands/spec.ts';
import { teamsSpec } from '../../commands/specs/teams.ts';
import { readSettings, readVersion } from '../settings.ts';

export function writeTeamsPackage(command: Command): number {
  const args = readArguments(teamsSpec, command.spoken);
  if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
  const { env } = readSettings(optionOf(command.spoken, 'config'));
  const { out, website, readChannels } = args.value;
  const appId = args.value.appId ?? env['MicrosoftAppId'] ?? '';
  if (appId === '') throw new Error('The package needs the bot’s app id. Set MicrosoftAppId, or write --app-id ID.');
  const bytes = makePackage({ appId, version: readVersion(), website, readChannels }, registry);
  const file = resolve(out);
  try {
    writeFileSync(file, bytes);
  } catch (cause) {
    throw new Error(`${file} can't be written. Name another with --out.`, { cause });
  }
  const hint =
    website === 'https://example.com' ? ' Name your own page with --website before you hand it to others.' : '';
  process.stdout.write(
    hasOption(command.spoken, 'json')
      ? `${JSON.stringify({ schema: 'tourniquet.teams-package/1', file, bytes: bytes.length, appId })}\n`
      : `${file}: ${bytes.length} bytes. Upload it in Teams: Apps, Manage your apps, Upload an app.${hint}\n`,
  );
  return 0;
}
