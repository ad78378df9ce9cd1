/**
 * An agent on a box of the lab that is killed by -9 at a boundary of its effects.
 *
 * An effect is a run behind the host's fence. A `sh` that stands first in the agent's PATH counts them, and kills its
 * parent, the agent: before an effect, after it, or while it runs, so that it ends though the agent is dead.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Errand, ErrandReply } from '../../src/domain/measures/errand.ts';
import type { Box, Inside } from '../lab/box.ts';
import { until } from '../lab/process.ts';

const SCRIPT = join(import.meta.dirname, 'mortal-agent.ts');
const FOLDER = '/run/mortal';

const SH = `#!/bin/sh
case "$3:$4" in tourniquet:*/fence/*)
  n=$(($(cat ${FOLDER}/count) + 1)); echo $n > ${FOLDER}/count
  case "$(cat ${FOLDER}/at)" in
    "before $n") kill -9 $PPID; exit 1;;
    "during $n") kill -9 $PPID; exec /bin/sh "$@";;
    "after $n") /bin/sh "$@"; kill -9 $PPID; exit 1;;
  esac;;
esac
exec /bin/sh "$@"
`;

export type DeathAt = `${'before' | 'during' | 'after'} ${number}`;

export interface KilledAgent {
  /** Carries an errand out; an agent that was killed is started anew. */
  ask(errand: Errand): Promise<ErrandReply>;
  /** The same, by an agent that must die of it; all that it had begun has ended when this resolves. */
  dies(errand: Errand, at: DeathAt): Promise<void>;
  /** How many effects the errand had. */
  effectsOf(errand: Errand): Promise<number>;
  stop(): void;
}

export function openKilledAgent(box: Box, target: string, config: string): KilledAgent {
  const data = mkdtempSync(join(tmpdir(), 'tq-mortal-'));
  const file = join(data, 'tourniquet.yaml');
  writeFileSync(file, config);
  let inside: Inside | undefined;
  const node = process.execPath;
  const isAlive = (each: Inside): boolean => each.child.exitCode === null && each.child.signalCode === null;
  const alive = async (): Promise<Inside> => {
    if (inside && isAlive(inside)) return inside;
    await box.must(['mkdir', '-p', FOLDER]);
    box.write(`${FOLDER}/sh`, SH);
    await box.must(['chmod', '755', `${FOLDER}/sh`]);
    const path = `PATH=${FOLDER}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
    inside = box.start(['env', path, `TOURNIQUET_DATA=${data}`, `TOURNIQUET_CONFIG=${file}`, node, SCRIPT, target]);
    return inside;
  };
  const send = async (errand: Errand, at: string): Promise<{ readonly agent: Inside; readonly answers: number }> => {
    const agent = await alive();
    box.write(`${FOLDER}/count`, '0\n');
    box.write(`${FOLDER}/at`, `${at}\n`);
    const answers = linesOf(agent).length;
    agent.child.stdin?.write(`${JSON.stringify(errand)}\n`);
    return { agent, answers };
  };
  const ask = async (errand: Errand): Promise<ErrandReply> => {
    const { agent, answers } = await send(errand, 'never');
    await until(() => linesOf(agent).length > answers || !isAlive(agent), 60_000, `an answer to ${errand.verb}`);
    const line = linesOf(agent)[answers];
    if (line === undefined) throw new Error(`the agent ended: ${agent.output().slice(-2000)}`);
    return JSON.parse(line) as ErrandReply;
  };
  return {
    ask,
    dies: async (errand, at) => {
      const { agent } = await send(errand, at);
      await until(() => !isAlive(agent), 60_000, `the agent to be killed ${at} of ${errand.verb}`);
      // What it had begun holds the fence's lock until it ends.
      await box.must(['flock', join(data, 'fence', target, 'lock'), 'true']);
    },
    effectsOf: async (errand) => {
      await ask(errand);
      return Number(box.read(`${FOLDER}/count`));
    },
    stop: () => {
      if (inside && isAlive(inside)) inside.kill('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function linesOf(agent: Inside): readonly string[] {
  return agent
    .output()
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'));
}
