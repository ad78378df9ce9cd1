/** What a drill says about itself: the briefing, a hint, overheard words, the score card. */
import type { DrillScore } from '../domain/drill/score.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import type { PlayedDrill, ScenarioCard } from '../ports/drills.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

/**
 * The first thing that is said: what one sees when one comes in. Where no morning was asked for by name, its name would
 * give the answer away: it is told at the end.
 */
export function sayDrillBegins(drill: PlayedDrill, isChosen: boolean): Message {
  const { scenario, seed, speed } = drill;
  return marked(
    message(
      'warning',
      isChosen
        ? say`Tuesday, 07:30. You come in, and somebody says: ${worded(scenario.title, 120)}.`
        : 'Tuesday, 07:30. You come in, and somebody says that mail is not as it should be.',
      text(
        `From now on everything said here goes to a simulated company: one site (office), a mail server (mx1), a firewall (gw), some workstations behind one address. Nothing real is touched. Time runs ${speed === 1 ? 'as yours does' : `${speed} times as fast as yours`}.`,
      ),
      text(
        'A colleague agrees to what you propose, after a minute of the drill; drill join ends that, and somebody of yours approves. Say hint when you are stuck, drill stop when you are through.',
      ),
      notice(
        'neutral',
        isChosen
          ? `Scenario ${scenario.name}, seed ${seed}: the same words begin the same morning.`
          : `Seed ${seed}. Which morning it is, you are told at the end.`,
      ),
      actions(button('Look what happened', 'triage', 'primary'), button('Hint', 'hint'), button('Stop', 'drill stop')),
    ),
  );
}

export function sayScenarios(cards: readonly ScenarioCard[]): Message {
  return message(
    'neutral',
    `${cards.length} mornings can be played`,
    {
      kind: 'table',
      columns: [{ name: 'scenario' }, { name: 'what one sees' }],
      rows: cards.map((card): readonly Phrase[] => [[foreign(card.name)], worded(card.title)]),
    },
    text('Say drill start and one of them, or drill start alone for any.'),
    actions(button('Any of them', 'drill start', 'primary')),
  );
}

/** `line`: what to say; undefined: nothing is left to do. */
export function sayHint(line: string | undefined, why: Phrase): Message {
  return marked(
    line === undefined
      ? message(
          'neutral',
          say`There is nothing left to do: say drill stop for the score card.`,
          actions(button('Stop', 'drill stop', 'primary')),
        )
      : message('neutral', say`I would say: ${foreign(line)}`, text(why), actions(button('Say it', line, 'primary'))),
  );
}

/** Somebody of the company says something in the room. */
export function sayOverheard(who: string, words: string): Message {
  return marked(message('neutral', say`${who}: “${foreign(words, 300)}”`));
}

export function sayNoDrill(): Message {
  return message(
    'neutral',
    'No drill is played here.',
    actions(button('Begin one', 'drill start', 'primary'), button('Which there are', 'drill list')),
  );
}

export function sayScore(scenario: ScenarioCard, seed: number, score: DrillScore): Message {
  const { truth } = score;
  const blocks: Block[] = [
    {
      kind: 'facts',
      facts: [
        {
          name: 'verdict',
          value: say`${score.verdict}${score.isVerdictRight ? '' : say`; in truth ${score.trueCause}`}`,
          tone: score.isVerdictRight ? 'good' : 'critical',
        },
        { name: 'right verdict', value: [after(score.rightVerdictAfterMs)] },
        {
          name: 'contained',
          value: [truth.stillActive.length > 0 ? `no: ${truth.stillActive.join('; ')}` : after(score.containedAfterMs)],
          tone: truth.stillActive.length > 0 ? 'critical' : 'good',
        },
        {
          name: 'leaked',
          value: [`${truth.spamLeaked} spam messages, ${truth.backscatterLeaked} bounces to strangers`],
        },
        {
          name: 'held up',
          value: [
            truth.mailHeld === 0
              ? 'no legitimate mail'
              : `${truth.mailHeld} legitimate messages by what you ordered, up to ${minutes(truth.longestHoldMs)}`,
          ],
        },
        {
          name: 'wrong steps',
          value: [score.wrongSteps.length === 0 ? 'none' : `${score.wrongSteps.length}, named below`],
          tone: score.wrongSteps.length === 0 ? 'good' : 'critical',
        },
        {
          name: 'undo',
          value: [
            score.isUndoComplete ? 'complete: nothing of ours is left' : `not complete: ${score.left.join('; ')}`,
          ],
          tone: score.isUndoComplete ? 'good' : 'critical',
        },
        { name: 'time', value: [minutes(truth.elapsedMs)] },
      ],
    },
    ...score.wrongSteps.map((step) => notice('critical', worded(step, 300))),
    {
      kind: 'evidence',
      title: 'What somebody with experience would have done',
      items: scenario.expert.map((line) => ({ side: 'neutral', text: worded(line, 300) })),
    },
    notice('neutral', `Again: drill start ${scenario.name} --seed ${seed}`),
  ];
  return marked(message(toneOf(score), say`The drill is over: ${headline(score)}`, ...blocks));
}

function headline(score: DrillScore): string {
  const verdict = score.isVerdictRight ? 'the verdict was right' : 'the verdict was wrong';
  switch (score.result) {
    case 'contained':
      return `contained, and ${verdict}.`;
    case 'leaking':
      return `it still goes on; ${verdict}.`;
    case 'not-undone':
      return `contained, but something of ours is still in force; ${verdict}.`;
    case 'innocent-cut-off':
      return `somebody innocent was cut off; ${verdict}.`;
    default:
      return score.result satisfies never;
  }
}

function toneOf(score: DrillScore): Tone {
  if (score.result !== 'contained') return 'critical';
  return score.isVerdictRight && score.wrongSteps.length === 0 ? 'good' : 'warning';
}

function after(ms: number | undefined): string {
  if (ms === undefined) return 'never';
  return ms === 0 ? 'from the beginning' : `after ${minutes(ms)}`;
}

function minutes(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function marked(words: Message): Message {
  return { ...words, drill: true };
}
