/**
 * One command in the shell: the same registry, jobs and messages as in a chat, on a queue of its own, so that what runs
 * beside it (another version, another configuration) neither answers for it nor waits for it.
 */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { renderText } from '../../adapters/chat/terminal/render.ts';
import { KEY_PREFIX } from '../../adapters/redis/connection.ts';
import { carryOut } from '../../jobs/carry-out.ts';
import type { Answer, CommandRequest, Status } from '../../jobs/answer.ts';
import { openJobQueue } from '../../jobs/queue.ts';
import { openWorker } from '../../jobs/worker.ts';
import type { Command } from '../commands/parse.ts';
import { hasOption, optionOf } from '../commands/spec.ts';
import { foreign, plain, visibleJson } from '../domain/foreign.ts';
import { openRedis } from './redis.ts';
import { readSettings } from './settings.ts';
import { makeWorld } from './world.ts';

const EXIT: Readonly<Record<Status, number>> = { ok: 0, warning: 1, critical: 2, unknown: 3, refused: 64 };

export interface ShellStreams {
  out(text: string): void;
  err(text: string): void;
  /** Columns, or undefined where the output isn't a terminal. */
  readonly columns: number | undefined;
}

/**
 * Carries out one command and returns the exit status of the contract; 130 or 143 where Ctrl-C or SIGTERM ended it. What
 * was begun for it (the private Redis) is ended then too.
 */
export async function runInShell(command: Command, streams: ShellStreams): Promise<number> {
  const interrupt = awaitInterrupt();
  try {
    return await Promise.race([carryOutOnce(command, streams, interrupt.came), interrupt.late]);
  } finally {
    interrupt.forget();
  }
}

interface Interrupt {
  /** The exit status that it means. */
  readonly came: Promise<number>;
  /** The same, once tidying up has had its time. */
  readonly late: Promise<number>;
  forget(): void;
}

/** A second Ctrl-C ends at once, as it always does. */
function awaitInterrupt(): Interrupt {
  const came = Promise.withResolvers<number>();
  const late = Promise.withResolvers<number>();
  let timer: NodeJS.Timeout | undefined;
  const on = (status: number) => (): void => {
    came.resolve(status);
    timer ??= setTimeout(() => late.resolve(status), 2 * CLEAN_UP_MS);
  };
  const [ctrlC, ended] = [on(130), on(143)];
  process.once('SIGINT', ctrlC);
  process.once('SIGTERM', ended);
  return {
    came: came.promise,
    late: late.promise,
    forget: () => {
      clearTimeout(timer);
      process.off('SIGINT', ctrlC);
      process.off('SIGTERM', ended);
    },
  };
}

async function carryOutOnce(command: Command, streams: ShellStreams, interrupted: Promise<number>): Promise<number> {
  const settings = readSettings(optionOf(command.spoken, 'config'));
  const redis = await openRedis(settings);
  const address = { name: `shell-${process.pid}-${randomBytes(4).toString('hex')}`, prefix: KEY_PREFIX };
  const queue = openJobQueue(await redis.producer(), address);
  const real = makeWorld({ settings, redis, queue, resolvers: command.spoken.options['resolver'] ?? [] });
  const request = requestOf(command);
  const outcome = Promise.withResolvers<Answer>();
  const worker = openWorker(redis.waiter(), address, {
    concurrency: 1,
    carryOut: async (asked) => {
      const answer = await carryOut(asked, real.world);
      outcome.resolve(answer);
      return answer;
    },
    chore: () => Promise.resolve(undefined),
    givenUp: (_request, why) => outcome.reject(why),
  });
  try {
    await queue.submit(request);
    const answer = await Promise.race([withinTimeout(outcome.promise, request.deadlineMs), interrupted]);
    if (typeof answer === 'number') return answer;
    show(answer, command, streams);
    return EXIT[answer.status];
  } finally {
    await atMost(CLEAN_UP_MS, async () => {
      await worker.close(500);
      await queue.wipe();
    });
    await real.close();
    await redis.close();
  }
}

/** Tidying up waits no longer than this for a Redis that died meanwhile, in milliseconds. */
const CLEAN_UP_MS = 2000;

async function atMost(ms: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((over) => {
    timer = setTimeout(over, ms);
  });
  await Promise.race([work().catch(() => {}), late]);
  clearTimeout(timer);
}

function requestOf(command: Command): CommandRequest {
  const user = userInfo().username;
  const seconds = optionOf(command.spoken, 'timeout');
  const files = Object.fromEntries(
    command.spec.options.flatMap((option) => {
      const path = option.file ? optionOf(command.spoken, option.name) : undefined;
      return path === undefined ? [] : [[option.name, path === '-' ? '/dev/stdin' : resolve(path)]];
    }),
  );
  return {
    id: `shell-${randomBytes(12).toString('hex')}`,
    command: command.spoken,
    actor: { surface: 'shell', id: user, shown: foreign(user) },
    conversation: { surface: 'shell', id: `${process.pid}` },
    at: Date.now(),
    files,
    ...(seconds !== undefined && { deadlineMs: Math.round(Number(seconds) * 1000) }),
  };
}

/** The job has the same deadline and keeps it; this is the last resort where it doesn't. */
async function withinTimeout(answer: Promise<Answer>, ms: number | undefined): Promise<Answer> {
  if (ms === undefined) return answer;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`No answer within the ${ms / 1000} s of --timeout. Allow more, or ask for less.`)),
      ms + 500,
    );
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function show(answer: Answer, command: Command, streams: ShellStreams): void {
  if (answer.status === 'refused') {
    streams.err(`tq: ${plain(answer.message.summary)}\n`);
    return;
  }
  if (hasOption(command.spoken, 'json')) {
    streams.out(
      `${visibleJson(answer.data ?? { schema: 'tourniquet.message/1', status: answer.status, message: answer.message })}\n`,
    );
    for (const block of answer.message.blocks) if (block.kind === 'notice') streams.err(`${plain(block.text)}\n`);
    return;
  }
  const form = {
    colour: streams.columns !== undefined && process.env['NO_COLOR'] === undefined,
    width: Math.max(40, Math.min(streams.columns ?? 100, 120)),
    unfolded: true,
  };
  if (answer.file) {
    streams.out(`${answer.file.text}\n`);
    return;
  }
  streams.out(`${renderText(answer.message, form).text}\n`);
}
