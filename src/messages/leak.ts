/** Whether the leak has stopped: the answer first, then what was looked at, then what to press. */
import { say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { LeakFinding } from '../domain/incidents/stopped.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Message } from './message.ts';

export interface LeakScene {
  readonly now: number;
  /** The ways that were looked at, each with what was seen. */
  readonly ways: readonly Phrase[];
  /** Whose playbook asked. */
  readonly incident: number | undefined;
}

export function sayLeak(finding: LeakFinding, scene: LeakScene): Message {
  const looked: readonly Block[] =
    scene.ways.length === 0
      ? []
      : [
          {
            kind: 'evidence',
            title: 'What was looked at',
            items: scene.ways.map((way) => ({ side: 'neutral', text: way })),
          },
        ];
  switch (finding.kind) {
    case 'goes-on':
      return message(
        'critical',
        say`It has not stopped: ${finding.by[0] ?? ''}.`,
        ...finding.by.slice(1).map((by) => notice('critical', by)),
        ...looked,
        ...(scene.incident === undefined
          ? []
          : [text(say`The playbook of incident ${scene.incident} begins anew; what is in force stays.`)]),
      );
    case 'quiet': {
      const minutes = Math.max(1, Math.ceil((finding.enoughAt - scene.now) / 60_000));
      const [doubt] = finding.doubt;
      const found = doubt
        ? say`Too early to tell: ${doubt}; the firewall may still remember that from before the last change (${clock(finding.since)}).`
        : say`Nothing is seen since the last change (${clock(finding.since)}), but that is too short.`;
      return message(
        'unknown',
        say`${found} Look again in ${minutes} min, at ${clock(finding.enoughAt)}.`,
        ...looked,
        text(
          'What wakes later, or knows the password too, shows itself only once everything is open again. Whoever asks for removal while it still leaks is listed again, and for longer.',
        ),
        ...(scene.incident === undefined
          ? []
          : [
              actions(
                button('Look again', `do prove-stopped --incident ${scene.incident}`, 'primary'),
                button('Skip', `skip "not needed" --step prove-stopped --incident ${scene.incident}`),
              ),
            ]),
      );
    }
    case 'stopped':
      return message(
        'good',
        say`It has stopped: nothing that should not go out since ${clock(finding.since)}.`,
        ...looked,
      );
    case 'unknown':
      return message(
        'unknown',
        say`Whether it has stopped is not known: not every way out could be looked at.`,
        ...finding.why.map((why) => notice('unknown', why)),
        ...looked,
        text('Look there by hand before you say that it is done.'),
      );
    default:
      return finding satisfies never;
  }
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
