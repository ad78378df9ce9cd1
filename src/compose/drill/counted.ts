/** A command that was carried out, in figures and log. What was said in a drill is in the log, marked, and in no figure. */
import type { Figures } from '../../../adapters/operations/figures.ts';
import type { Log } from '../../../adapters/log/log.ts';
import type { Status } from '../../../jobs/answer.ts';
import type { Stage } from './stage.ts';

/** `seconds`: how long it took. */
export function noteCarriedOut(
  { request, isPlayed }: Pick<Stage, 'request' | 'isPlayed'>,
  status: Status,
  seconds: number,
  { figures, log }: { readonly figures: Pick<Figures, 'command'>; readonly log: Pick<Log, 'info'> },
): void {
  const { command, actor } = request;
  if (!isPlayed) figures.command(command.name, status, seconds);
  const drill = isPlayed ? { drill: true } : {};
  log.info({ command: command.name, actor: actor.id, surface: actor.surface, status, seconds, ...drill }, 'command');
}
