/** `tq slack manifest`: YAML with the reason beside each permission, or JSON. */
import { Document, isScalar, isSeq } from 'yaml';
import { SCOPES, makeManifest } from '../../../adapters/chat/slack/manifest.ts';
import { readArguments } from '../../commands/parse.ts';
import type { Command } from '../../commands/parse.ts';
import { registry } from '../../commands/registry.ts';
import { hasOption, optionOf } from '../../commands/spec.ts';
import { slackSpec } from '../../commands/specs/slack.ts';
import { readSettings } from '../settings.ts';

export function printSlackManifest(command: Command): number {
  const args = readArguments(slackSpec, command.spoken);
  if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
  const { config } = readSettings(optionOf(command.spoken, 'config'));
  const manifest = makeManifest({ command: config.chat.slack?.command ?? '/tq', registry, url: args.value.url });
  process.stdout.write(hasOption(command.spoken, 'json') ? `${JSON.stringify(manifest, null, 2)}\n` : yamlOf(manifest));
  return 0;
}

function yamlOf(manifest: object): string {
  const document = new Document(manifest);
  const scopes = document.getIn(['oauth_config', 'scopes', 'bot']);
  if (isSeq(scopes))
    for (const scope of scopes.items)
      if (isScalar(scope) && typeof scope.value === 'string') scope.comment = ` ${SCOPES[scope.value] ?? ''}`;
  return document.toString({ lineWidth: 0 });
}
