/**
 * freeze-outbound on OpenSMTPD: `smtpctl pause mta` (smtpctl(8)). New mail is queued, local delivery goes on, and
 * `smtpctl schedule all` sends nothing.
 *
 * Rules, each found on a real OpenSMTPD 6.8:
 * 1. Whether it is paused is one bit of the running smtpd, and nobody's; whose it is stands in a file beside the queue, with
 *    the stage: `begins`, `stands`, `ends`. It is written first, so that whoever died half way is continued for.
 * 2. A restart of smtpd forgets the pause. It makes its socket anew, which is noted with `stands`: where it runs behind
 *    another socket than the one that was paused, it has slipped and is paused again; behind the same, somebody has
 *    resumed it, and is not overruled.
 * 3. What somebody schedules by hand while it is paused is forgotten by smtpd after the pause, until other mail has left
 *    and it is scheduled again. `schedule all` is not said here: it sends what somebody has paused, too.
 * 4. What smtpd has handed to its MTA already (up to `scheduler max-inflight`, 5,000 recipients) leaves all the same, and
 *    nothing takes it back but a new start: as `smtpd -P mta` it begins paused. So the plan says how many these are, and
 *    nothing is proved while there are any.
 * 5. `pause` of what is paused, and `resume` of what runs, fail: the status is what counts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import type { Phrase } from '../../../../src/domain/foreign.ts';
import type { Observation } from '../../../../src/domain/measures/plan.ts';
import { readOpenSmtpd } from '../../../../src/domain/queues/opensmtpd.ts';
import { countWaiting, thousands } from '../../../../src/domain/queues/waiting.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { FileChange, HostFiles } from '../../../../src/ports/host-files.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import type { ServerOptions } from '../options.ts';
import { orUnknown } from '../or-unknown.ts';
import { POLL_MS } from '../options.ts';

const FILE = '/var/spool/smtpd/tourniquet-freeze';
const SOCKET = '/var/run/smtpd.sock';
const DEADLINE_MS = 20_000;
const LISTING_MS = 60_000;
/** A delivery that is under way ends by itself. */
const ENDS_WITHIN_MS = 5000;

type Stage = 'begins' | 'stands' | 'ends';

interface Seen {
  readonly text: string | undefined;
  /** Undefined: the file isn't there, or is another measure's. */
  readonly stage: Stage | undefined;
  readonly isPaused: boolean;
  /** Which run of smtpd it is: its socket's inode and the moment it was made. */
  readonly run: string;
  /** The run that was paused, where the file tells. */
  readonly pausedRun: string | undefined;
}

export function openOpensmtpdFreeze(
  options: ServerOptions,
  host: Host,
  files: HostFiles,
  now: () => number,
): MeasureDriver {
  const { name, mail } = options;
  const smtpctl = async (words: readonly string[], fence?: number): Promise<string> => {
    const ran = await host.run(['smtpctl', ...words], {
      deadlineMs: DEADLINE_MS,
      ...(fence !== undefined && { fence }),
    });
    // An effect is judged by the status after it.
    if (ran.code !== 0 && fence === undefined)
      throw new HostUnknown(`smtpctl ${words.join(' ')} on ${name}: ${(ran.err || ran.out).trim().slice(0, 200)}`);
    return ran.out;
  };
  const isPaused = async (): Promise<boolean> => {
    const said = /^MTA (running|paused)$/m.exec(await smtpctl(['show', 'status']))?.[1];
    if (said === undefined) throw new HostUnknown(`smtpctl show status on ${name} tells nothing of the MTA.`);
    return said === 'paused';
  };
  /** Recipients that the MTA has and delivers, paused or not. */
  const begunWith = async (): Promise<number> =>
    Number(/^mta\.envelope=(\d+)$/m.exec(await smtpctl(['show', 'stats']))?.[1] ?? 0);
  const runOf = async (): Promise<string> => {
    const ran = await host.run(['stat', '-c', '%i/%.9Y', SOCKET], { deadlineMs: DEADLINE_MS });
    return ran.code === 0 ? ran.out.trim() : '';
  };
  const look = async (tag: string): Promise<Seen> => {
    const text = await files.read(FILE);
    const [, whose, stage, pausedRun] = /^(tq\d+) (begins|stands|ends)(?: (\S+))?\n$/.exec(text ?? '') ?? [];
    const paused = await isPaused();
    // After it: a run that begins in between is seen at the next look, and never taken for somebody's hand.
    const run = await runOf();
    return { text, stage: whose === tag ? (stage as Stage) : undefined, isPaused: paused, run, pausedRun };
  };
  const write = async (change: FileChange, fence: number): Promise<void> => {
    if (change.from !== change.to) await files.replace(FILE, change, fence);
  };
  const turn = async (word: 'pause' | 'resume', fence: number): Promise<void> => {
    await smtpctl([word, 'mta'], fence);
    if ((await isPaused()) !== (word === 'pause')) throw new HostUnknown(`smtpctl ${word} mta on ${name} did nothing.`);
  };
  const observe = async (tag: string): Promise<Observation> => {
    const seen = await look(tag);
    const { text, stage, isPaused: paused } = seen;
    if (text === undefined && !paused) return { kind: 'absent', notes: [say`the MTA of ${name} runs`] };
    if (stage === 'stands' && paused) return { kind: 'in-force', notes: [] };
    if (hasRestarted(seen))
      return { kind: 'slipped', how: 'gap', differences: [say`smtpd on ${name} was restarted, which ends the pause`] };
    const halfDone = { differences: [difference(name, text, stage, paused)] };
    return stage === 'begins' ? { kind: 'slipped', how: 'gap', ...halfDone } : { kind: 'changed', ...halfDone };
  };
  const pause = async (tag: string, seen: Seen, fence: number): Promise<void> => {
    await write({ from: seen.text, to: `${tag} begins\n`, room: { name: tag, how: 'take' } }, fence);
    if (!seen.isPaused) await turn('pause', fence);
    await write({ from: `${tag} begins\n`, to: `${tag} stands${seen.run === '' ? '' : ` ${seen.run}`}\n` }, fence);
  };
  return {
    renew: async ({ tag }, fence) => {
      const seen = await look(tag);
      if (hasRestarted(seen) || seen.stage === 'begins') await pause(tag, seen, fence);
    },
    plan: async (order, tag) => {
      const seen = await look(tag);
      if (seen.text !== undefined || seen.isPaused)
        throw new MeasureRefused(
          `The MTA of ${name} is paused already${seen.text === undefined ? '' : `, by ${seen.text.trim()}`}; say smtpctl resume mta there, or look at the ledger.`,
        );
      const count = countWaiting(now() / 1000);
      const reader = readOpenSmtpd(count);
      for await (const lines of mail.listing(LISTING_MS))
        for (const line of lines) if (line !== undefined) reader.feed(line);
      reader.end();
      const begun = await begunWith();
      return {
        order,
        prior: {},
        commands: [`write ${FILE}`, 'smtpctl pause mta'],
        undo: ['smtpctl resume mta', `rm -f ${FILE} ${FILE}.tourniquet-room-${tag}`],
        blastRadius: [
          count.phrase('holds'),
          say`nothing leaves ${name} by SMTP; inbound mail, local delivery and what users hand in go on`,
          begun === 0
            ? say`smtpd has begun with none of them; what it begins with until then leaves`
            : say`smtpd has begun with ${thousands(begun)} ${begun === 1 ? 'recipient' : 'recipients'} already: these leave all the same, unless port 25 is blocked too, or smtpd is started anew as smtpd -P mta`,
          ...(options.pagerLeavesHere
            ? [say`the pager's mail leaves through this server too, and is held with the rest`]
            : []),
          say`a restart of smtpd ends it: that is seen within a minute, told, and paused again; what waits leaves until then`,
          say`held mail goes back to its sender after the queue ttl of smtpd.conf, 4 days unless it says otherwise`,
        ],
      };
    },
    engage: async ({ tag }, fence) => {
      const seen = await look(tag);
      if (seen.stage === undefined && (seen.text !== undefined || seen.isPaused))
        throw new MeasureRefused(`The MTA of ${name} was paused by somebody since this was planned. Plan it anew.`);
      if (seen.stage === 'stands' && seen.isPaused) return;
      await pause(tag, seen, fence);
    },
    observe: (task) => orUnknown(() => observe(task.tag)),
    release: async ({ tag }, fence, way) => {
      const seen = await look(tag);
      if (seen.stage === undefined && seen.text === undefined && !seen.isPaused)
        return { kind: 'released', notes: [say`there was nothing left to take back`] };
      const isOthers = seen.stage === undefined;
      const room = { name: tag, how: 'use' } as const;
      const isMoved = isOthers || (seen.stage === 'stands' && !seen.isPaused && !hasRestarted(seen));
      if (isMoved && way === 'exact')
        return { kind: 'refused', differences: [difference(name, seen.text, seen.stage, seen.isPaused)] };
      if (isOthers) return { kind: 'released', notes: [say`left as somebody else has made it`] };
      await write({ from: seen.text, to: `${tag} ends\n`, room }, fence);
      if (seen.isPaused) await turn('resume', fence);
      await write({ from: `${tag} ends\n`, to: undefined, room }, fence);
      return { kind: 'released', notes: [] };
    },
    verify: (task) =>
      orUnknown(async () => {
        const seen = await observe(task.tag);
        if (seen.kind === 'unknown') return seen;
        if (seen.kind !== 'in-force')
          return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
        const last = performance.now() + ENDS_WITHIN_MS;
        for (;;) {
          const begun = await begunWith();
          if (begun === 0)
            return { kind: 'proved', by: [say`${name} says that its MTA is paused, and delivers nothing outward`] };
          if (performance.now() > last)
            return {
              kind: 'disproved',
              by: [
                say`smtpd on ${name} had begun with ${thousands(begun)} more ${begun === 1 ? 'recipient' : 'recipients'} and still sends to them; block port 25 for everyone, or start it anew as smtpd -P mta`,
              ],
            };
          await sleep(POLL_MS);
        }
      }),
  };
}

/** It was paused in another run, and runs in this one. */
function hasRestarted({ stage, isPaused, run, pausedRun }: Seen): boolean {
  return stage === 'stands' && !isPaused && run !== '' && pausedRun !== undefined && run !== pausedRun;
}

function difference(name: string, text: string | undefined, stage: Stage | undefined, paused: boolean): Phrase {
  if (stage === 'stands')
    return say`the MTA of ${name} runs again: somebody has resumed it (smtpctl pause mta holds it again)`;
  if (stage !== undefined) return say`it is half done on ${name}: ${FILE} says that it ${stage}`;
  if (text !== undefined) return say`${FILE} on ${name} is another’s: ${foreign(text.trim(), 60)}`;
  return say`the MTA of ${name} is ${paused ? 'paused' : 'not paused'}, by somebody else’s hand`;
}
