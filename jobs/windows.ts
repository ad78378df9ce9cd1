/** `windows`: which Windows a machine has, read by family. */
import { readArguments } from '../src/commands/parse.ts';
import { windowsSpec } from '../src/commands/specs/windows.ts';
import { supportOf } from '../src/domain/windows/versions.ts';
import { sayRefused } from '../src/messages/refused.ts';
import { sayWindows } from '../src/messages/windows.ts';
import type { CommandJob, Status } from './answer.ts';

const STATUS: Readonly<Record<ReturnType<typeof supportOf>, Status>> = {
  supported: 'ok',
  ended: 'warning',
  unknown: 'unknown',
};

export const runWindows: CommandJob<'clock'> = async (request, world) => {
  const args = readArguments(windowsSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const support = supportOf(args.value, world.clock.now());
  return {
    status: STATUS[support],
    message: sayWindows(args.value, support),
    data: { schema: 'tourniquet.windows/1', ...args.value, support },
  };
};
