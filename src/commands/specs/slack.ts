import { accept, refuse } from '../../domain/parsed.ts';
import { optionOf } from '../spec.ts';
import type { CommandSpec } from '../spec.ts';

export const slackSpec: CommandSpec<{ readonly url?: string }> = {
  name: 'slack',
  usage: 'manifest [--url URL]',
  help: 'print the manifest of the Slack app, with the reason of each permission',
  details: [
    'Paste it at api.slack.com/apps, Create New App, From a manifest. Without --url it is for Socket Mode; with it, for HTTP: the address under which Slack reaches this bot. --json prints JSON.',
  ],
  examples: ['tq slack manifest', 'tq slack manifest --url https://tourniquet.example.com'],
  role: 'admin',
  risk: 'look',
  shellOnly: true,
  options: [{ name: 'url', value: 'URL', help: 'where Slack reaches this bot over HTTP' }],
  read(said) {
    const [what, ...rest] = said.words;
    if (what !== 'manifest' || rest.length > 0)
      return refuse(`slack does not know ${JSON.stringify(said.words.join(' '))}`, 'write tq slack manifest');
    const url = optionOf(said, 'url');
    if (url !== undefined && !/^https:\/\/[^\s/]+(\/[^\s?#]*)?$/.test(url))
      return refuse(`${JSON.stringify(url)} is not an https address`, 'write --url https://tourniquet.example.com');
    return accept(url === undefined ? {} : { url });
  },
};
