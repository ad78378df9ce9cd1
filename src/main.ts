/**
 * The way in: `tq COMMAND …`. Decides what is asked for and imports only what that needs, so that help is quick.
 */
import { parseWords, readSpoken, findSpec } from './commands/parse.ts';
import type { Misheard } from './commands/parse.ts';
import { registry } from './commands/registry.ts';
import { hasOption } from './commands/spec.ts';
import type { CommandSpec } from './commands/spec.ts';
import { foreign } from './domain/foreign.ts';

/** A wrong call (sysexits.h EX_USAGE). */
const WRONG_CALL = 64;

async function main(words: readonly string[]): Promise<number> {
  const first = words.find((word) => !word.startsWith('--'));
  if (words.includes('--help') || words.length === 0 || first === undefined) return showHelp(first);
  const spoken = readSpoken(words, registry);
  if (spoken.kind === 'misheard') return wrongCall(spoken);
  const command = parseWords(words, registry);
  if (command.kind === 'misheard') return wrongCall(command);
  const timeout = command.spoken.options['timeout']?.[0];
  if (timeout !== undefined && !(Number(timeout) > 0 && Number(timeout) <= 3600)) {
    return wrongCall({
      kind: 'misheard',
      word: timeout,
      why: `--timeout ${JSON.stringify(timeout)} is not a time`,
      remedy: 'write seconds, more than 0 and at most 3600',
      permitted: [],
      spec: command.spec,
    });
  }
  const resolver = await wrongResolver(command.spoken.options['resolver'] ?? []);
  if (resolver) return wrongCall({ ...resolver, spec: command.spec });
  const streams = {
    out: (text: string) => process.stdout.write(text),
    err: (text: string) => process.stderr.write(text),
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
  try {
    if (command.spec.name === 'drill') {
      const { runDrillInShell } = await import('./compose/drill/shell.ts');
      return await runDrillInShell(command, streams);
    }
    if (command.spec.shellOnly) {
      const { runShellOnly } = await import('./compose/shell-only.ts');
      return await runShellOnly(command);
    }
    const { runInShell } = await import('./compose/shell.ts');
    return await runInShell(command, streams);
  } catch (error) {
    process.stderr.write(`tq: ${error instanceof Error ? error.message : String(error)}\n`);
    if (hasOption(command.spoken, 'json'))
      process.stdout.write(
        `${JSON.stringify({ schema: 'tourniquet.error/1', error: error instanceof Error ? error.message : String(error) })}\n`,
      );
    return 3;
  }
}

async function showHelp(name: string | undefined): Promise<number> {
  const { sayHelp, sayHelpOf } = await import('./messages/help.ts');
  const { renderText } = await import('../adapters/chat/terminal/render.ts');
  const spec = name === undefined ? undefined : findSpec(name, registry);
  if (name !== undefined && !spec) return wrongCall(readMisheard(name));
  const form = {
    colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    width: Math.min(process.stdout.columns || 100, 120),
    unfolded: true,
  };
  const title = spec ? '' : 'tq COMMAND … [--json] [--config FILE] [--resolver HOST:PORT] [--timeout SECONDS]\n';
  process.stdout.write(`${title}${renderText(spec ? sayHelpOf(spec) : sayHelp(registry), form).text}\n`);
  return 0;
}

function readMisheard(name: string): Misheard {
  const heard = readSpoken([name], registry);
  return heard.kind === 'misheard'
    ? heard
    : {
        kind: 'misheard',
        word: name,
        why: `there is no command ${JSON.stringify(name)}`,
        remedy: 'say help',
        permitted: [],
      };
}

/** The first of these that is no resolver. */
async function wrongResolver(named: readonly string[]): Promise<Misheard | undefined> {
  if (named.length === 0) return undefined;
  const { readServer } = await import('../adapters/dns/resolver.ts');
  for (const word of named) {
    try {
      readServer(word);
    } catch (error) {
      const said = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
      const why = `--resolver ${said}`;
      return {
        kind: 'misheard',
        word,
        why,
        remedy: 'a name can not stand there: it would have to be asked for',
        permitted: [],
      };
    }
  }
  return undefined;
}

function wrongCall(heard: Misheard): number {
  process.stderr.write(
    `tq: ${foreign(heard.why, 2000).foreign}; ${foreign(heard.remedy, 2000).foreign}\n${heard.spec ? usageOf(heard.spec) : 'usage: tq COMMAND …; tq --help lists the commands'}\n`,
  );
  return WRONG_CALL;
}

function usageOf(spec: CommandSpec): string {
  const options = spec.options
    .map((option) => ` [--${option.name}${option.value === undefined ? '' : ` ${option.value}`}]`)
    .join('');
  return `usage: tq ${spec.name} ${spec.usage}${options}`;
}

// Whoever reads only the beginning (a pager that was left, head) has what they wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`tq: the answer can't be written (${error.message}); make room there, or write it elsewhere\n`);
  process.exit(3);
});

const status = await main(process.argv.slice(2));
// What a dead Redis left open must not keep the process; what was printed is written first.
process.stdout.write('', () => process.exit(status));
