/**
 * The chat in this terminal: reads lines, hands them to the gateway, shows what comes back.
 *
 * Rules:
 * 1. At a keyboard nothing waits: the prompt stays, answers appear above it. A number presses the button of that number.
 * 2. Piped input is a script: each line waits for the final answer to the one before.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { openTerminalSurface } from '../../../adapters/chat/terminal/surface.ts';
import { outboxAddress } from '../../../adapters/redis/outbox.ts';
import { registry } from '../../commands/registry.ts';
import { keyItself } from '../../domain/drill/place.ts';
import { foreign } from '../../domain/foreign.ts';
import type { Message } from '../../messages/message.ts';
import type { Heard, Said, Surface, Utterance } from '../../ports/conversation.ts';
import type { Service } from '../service.ts';
import type { Settings } from '../settings.ts';

const PROMPT = 'tq> ';
const LEAVE = new Set(['exit', 'quit', 'bye']);

export interface TerminalTalk {
  /** Resolves with how many lines were said, once the input ends or the person leaves. */
  readonly ended: Promise<{ readonly lines: number }>;
  show(message: Message): Promise<void>;
  close(): void;
}

/** `first` is said before the person says anything. */
export function talkInTerminal(service: Service, settings: Settings, first?: string): TerminalTalk {
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const history = join(settings.dataFolder, 'history');
  const lines = createInterface({
    input: process.stdin,
    ...(interactive && {
      output: process.stdout,
      prompt: PROMPT,
      completer: complete,
      history: readHistory(history),
      historySize: 500,
    }),
    terminal: interactive,
  });
  const user = userInfo().username;
  const conversation = { surface: 'terminal' as const, id: `${process.pid}-${service.world.random.hex(4)}` };
  const waiting = new Map<string, () => void>();
  const terminal = openTerminalSurface(
    {
      write: (text) => process.stdout.write(text),
      columns: () => (interactive ? process.stdout.columns : undefined),
      colour: interactive && process.env['NO_COLOR'] === undefined,
    },
    () => interactive && process.stdout.write('\r\u001b[K'),
    () => interactive && lines.prompt(true),
  );
  const surface: Surface = {
    name: 'terminal',
    deliver: async (utterance: Utterance, previous) => {
      const id = await terminal.deliver(utterance, previous);
      if (utterance.final) waiting.get(keyItself(utterance.key))?.();
      return id;
    },
  };
  service.speakThrough(outboxAddress(conversation), surface);
  if (interactive) service.tellHere(conversation);
  const show = async (message: Message): Promise<void> => {
    await terminal.deliver({ conversation, key: service.world.random.hex(6), message }, undefined);
  };
  let count = 0;
  const say = async (line: string): Promise<void> => {
    terminal.scrolled();
    const said = saidOf(line, terminal);
    const id = `terminal-${service.world.random.hex(12)}`;
    const heard: Heard = {
      id,
      at: service.world.clock.now(),
      conversation,
      actor: { surface: 'terminal', id: user, shown: foreign(user) },
      said,
    };
    const answered = new Promise<void>((resolve) => waiting.set(id, resolve));
    const result = await service.gateway.hear(heard);
    if (result.kind === 'refused') await show(result.message);
    if (result.kind === 'taken' && !interactive) await answered;
    waiting.delete(id);
  };
  const begin = async (): Promise<void> => {
    if (first !== undefined) await say(first);
    await readAll(lines, interactive, async (line) => {
      count += 1;
      if (interactive) appendFileSync(history, `${line}\n`, { mode: 0o600 });
      await say(line);
    });
  };
  const ended = begin().then(() => ({ lines: count }));
  return { ended, show, close: () => lines.close() };
}

async function readAll(lines: Interface, interactive: boolean, say: (line: string) => Promise<void>): Promise<void> {
  if (interactive) lines.prompt();
  for await (const line of lines) {
    const words = line.trim();
    if (LEAVE.has(words)) break;
    if (words !== '' && !words.startsWith('#')) await say(words);
    if (interactive) lines.prompt();
  }
}

function saidOf(line: string, terminal: ReturnType<typeof openTerminalSurface>): Said {
  const pressed = /^\d{1,2}$/.test(line) ? terminal.button(Number(line)) : undefined;
  if (!pressed) return { kind: 'words', text: line };
  const { nonce } = pressed.button;
  return {
    kind: 'pressed',
    command: pressed.button.command,
    messageKey: pressed.messageKey,
    ...(nonce !== undefined && { nonce }),
  };
}

/** Completes command names, then options. */
function complete(line: string): [string[], string] {
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? '';
  const open = registry.filter((spec) => !spec.shellOnly);
  const candidates =
    words.length <= 1
      ? open.map((spec) => spec.name)
      : (open.find((spec) => spec.name === words[0])?.options.map((option) => `--${option.name}`) ?? []);
  const hits = candidates.filter((candidate) => candidate.startsWith(last));
  return [hits.map((hit) => `${hit} `), last];
}

function readHistory(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').toReversed().slice(0, 500) : [];
}
