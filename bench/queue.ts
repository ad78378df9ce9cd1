/**
 * Queues: a saved listing of a million messages folded by us and grouped by jq; a real Postfix's spool of deferred mail
 * looked at by us, by postqueue and by qshape. The tools take turns; ratios are of the medians.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { missingForLab } from '../test/lab/packages.ts';
import { MAIN_CF, startPostfix } from '../test/lab/postfix.ts';
import { until } from '../test/lab/process.ts';
import { median, printTable } from './measure.ts';

const TQ = join(import.meta.dirname, '../bin/tq');
const LINES = 1_000_000;
const ROUNDS = 3;
const SPOOL = 20_000;

/**
 * The same sums as ours, reasons not merged: what one would write at six in the morning. It sorts to group; counting with
 * `.senders[…] += 1` copies the whole object each time (jq 1.6) and did not end within ten minutes.
 */
const TOP = 'map([length, .[0]]) | sort | reverse | .[:20]';
const GROUPING = `[inputs | {q: .queue_name, s: .sender, b: .message_size,
    r: [.recipients[] | {d: (.address | split("@")[1]), w: .delay_reason}]}]
  | {messages: length, bytes: (map(.b) | add), queues: (map(.q) | group_by(.) | map([length, .[0]])),
     senders: (map(.s) | group_by(.) | ${TOP}), recipients: (map(.r | length) | add),
     domains: ([.[].r[].d] | group_by(.) | ${TOP}), reasons: ([.[].r[].w] | group_by(.) | ${TOP})}`;

interface Ran {
  readonly seconds: number;
  readonly peakMiB: number;
}

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-bench-queue-'));
  process.stdout.write(
    `\nload at the start: ${loadavg()
      .map((each) => each.toFixed(1))
      .join(' ')}\n`,
  );
  await foldAMillion(folder);
  const why = missingForLab({ sets: ['postfix', 'net', 'redis'], root: true });
  if (why === undefined) await lookAtASpool(folder);
  else process.stdout.write(`\nThe spool was not measured: ${why}\n`);
  rmSync(folder, { recursive: true, force: true });
}

async function foldAMillion(folder: string): Promise<void> {
  const dump = join(folder, 'million.json');
  await writeDump(dump);
  const env = { TOURNIQUET_DATA: join(folder, 'data') };
  const rounds: { readonly ours: Ran; readonly jq: Ran; readonly cat: Ran }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      cat: await timed(['jq', '-c', 'empty', dump], {}),
      ours: await timed([TQ, 'queue', '--dump', dump, '--json'], env),
      jq: await timed(['jq', '-nc', GROUPING, dump], {}),
    });
  const row = (name: string, pick: (round: (typeof rounds)[number]) => Ran): readonly (string | number)[] => {
    const seconds = median(rounds.map((each) => pick(each).seconds));
    const jq = median(rounds.map((each) => each.jq.seconds));
    return [
      name,
      seconds,
      Math.round(LINES / seconds),
      Math.max(...rounds.map((each) => Math.round(pick(each).peakMiB))),
      jq / seconds,
    ];
  };
  printTable(`A listing of ${LINES} messages (whole processes, median of ${ROUNDS})`, [
    ['tool', 'seconds', 'messages/s', 'peak MiB', 'times as fast as jq'],
    row('tq queue --dump', (each) => each.ours),
    row('jq, the same grouping', (each) => each.jq),
    row('jq, reading alone', (each) => each.cat),
  ]);
}

/** A morning's mixture: half of it bounces to many domains, the rest of a few thousand senders. */
async function writeDump(path: string): Promise<void> {
  const out = createWriteStream(path);
  const reasons = [
    'Connection timed out',
    'Connection refused',
    'said: 450 4.2.0 greylisted',
    'said: 421 4.7.0 too many',
  ];
  for (let from = 0; from < LINES; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, offset) => {
      const index = from + offset;
      const domain = `d${(index * 7919) % 50_000}.example`;
      return `{"queue_name": "${index % 9 === 0 ? 'active' : 'deferred'}", "queue_id": "${(0x10_0000_0000 + index).toString(16).toUpperCase()}", "arrival_time": ${1_795_490_000 + (index % 90_000)}, "message_size": ${400 + (index % 9000)}, "forced_expire": false, "sender": "${index % 2 === 0 ? 'MAILER-DAEMON' : `user${index % 3000}@example.com`}", "recipients": [{"address": "user${index}@${domain}", "delay_reason": "host mx.${domain}[192.0.2.${index % 250}] ${reasons[index % reasons.length]}"}]}\n`;
    });
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** Wall time and peak resident memory (VmHWM, proc(5)) of one process, its output thrown away. */
async function timed(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const [program = '', ...words] = argv;
  const began = performance.now();
  const child = spawn(program, words, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const watch = setInterval(() => {
    try {
      const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      peak = Math.max(peak, Number(kib ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
  }, 20);
  const [code]: unknown[] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`${argv.join(' ').slice(0, 80)} ended with ${String(code)}`);
  return { seconds: (performance.now() - began) / 1000, peakMiB: peak };
}

async function lookAtASpool(folder: string): Promise<void> {
  const lab = await startPostfix({ mainCf: `${MAIN_CF}in_flow_delay = 0\ndefault_process_limit = 20\n` });
  const { box } = lab;
  await until(
    async () =>
      (await box.exec(['sh', '-c', 'echo QUIT | timeout 5 nc -w 2 127.0.0.1 25 || ss -ltn | grep -q :25'])).code === 0,
    15_000,
    'Postfix to listen',
  );
  const source = [
    'smtp-source',
    '-s',
    '20',
    '-m',
    String(SPOOL),
    '-l',
    '600',
    '-f',
    'a@example.test',
    '-t',
    'b@far.test',
  ];
  await box.must([...source, '127.0.0.1:25']);
  const waiting = async (): Promise<number> =>
    Number(await box.must(['sh', '-c', 'find /var/spool/postfix/deferred -type f | wc -l']));
  await until(async () => (await waiting()) >= SPOOL, 180_000, 'the spool to be deferred');
  const config = join(folder, 'tourniquet.yaml');
  writeFileSync(config, 'servers: [{name: mx1, mta: postfix}]\n');
  const env = { TOURNIQUET_DATA: join(folder, 'data') };
  const tools: Readonly<Record<string, readonly string[]>> = {
    'tq queue mx1 (Redis started and stopped)': [TQ, 'queue', 'mx1', '--json', '--config', config],
    'postqueue -j': ['postqueue', '-j'],
    'qshape deferred': ['qshape', 'deferred'],
    'counting by find': ['sh', '-c', 'find /var/spool/postfix/deferred -type f | wc -l'],
  };
  const times = new Map(Object.keys(tools).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, argv] of Object.entries(tools))
      times.get(name)?.push((await timed(box.enter(argv), env)).seconds);
  const of = (name: string): number => median(times.get(name) ?? []);
  const shape = of('qshape deferred');
  printTable(`A spool of ${SPOOL} deferred messages in a real Postfix (median of ${ROUNDS})`, [
    ['tool', 'seconds', 'messages/s', 'times as fast as qshape'],
    ...Object.keys(tools).map((name) => [name, of(name), Math.round(SPOOL / of(name)), shape / of(name)]),
  ]);
  await lab.stop();
}
