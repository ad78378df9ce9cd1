/**
 * A person at the terminal chat of a bot that runs as a process: types lines, reads what is printed.
 *
 * Piped input is a script there: a line is read once the one before has its final answer. So a word that no command has,
 * typed after each line, is refused just when the answer is complete; it is taken out of what is shown here.
 */
import { stripVTControlCharacters } from 'node:util';
import type { Inside } from '../lab/box.ts';
import { until } from '../lab/process.ts';

export interface Talk {
  /** Types a line; what was printed until its final answer was there. */
  say(line: string, withinMs?: number): Promise<string>;
  /** Types a line and doesn't wait; what is printed from then on is `since()`. */
  begin(line: string): { since(): string; done(withinMs?: number): Promise<string> };
  /** All that was typed and printed, as it stood on the screen. */
  transcript(): string;
  readonly inside: Inside;
}

export function talkTo(name: string, inside: Inside): Talk {
  let count = 0;
  const typed: { readonly at: number; readonly line: string }[] = [];
  // Standard error carries the log; it is not on this person's screen.
  let printed = '';
  inside.child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const readable = (text: string): string =>
    stripVTControlCharacters(text).replaceAll(/^.*\bzzz\d+zzz\b.*\n(?:(?:  |usage:|say |did you).*\n)*/gm, '');
  const begin: Talk['begin'] = (line) => {
    const from = printed.length;
    count += 1;
    const mark = `zzz${count}zzz`;
    typed.push({ at: from, line });
    inside.child.stdin?.write(`${line}\n${mark}\n`);
    const since = (): string => readable(printed.slice(from));
    return {
      since,
      done: async (withinMs = 30_000) => {
        const isOver = (): boolean => printed.slice(from).includes(mark);
        await until(
          () => isOver() || inside.child.exitCode !== null,
          withinMs,
          `the answer to ${JSON.stringify(line)} of ${name}; so far: ${since()}`,
        );
        if (!isOver()) throw new Error(`the chat of ${name} has ended: ${inside.output().slice(-2000)}`);
        return since();
      },
    };
  };
  return {
    inside,
    begin,
    say: (line, withinMs) => begin(line).done(withinMs),
    transcript: () =>
      typed
        .map(({ at, line }, index) => `${name}> ${line}\n${readable(printed.slice(at, typed[index + 1]?.at))}`)
        .join(''),
  };
}
