/** A chat in memory for incidents: people say and press, and what stands in each conversation can be read. */
import { carryOut } from '../../jobs/carry-out.ts';
import type { CommandRequest } from '../../jobs/answer.ts';
import { parseLine } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import { plain } from '../../src/domain/foreign.ts';
import type { Button, Message } from '../../src/messages/message.ts';
import type { Utterance } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import { makeMeasureStage } from './measure-world.ts';
import type { MeasureStage, MeasureWorld } from './measure-world.ts';
import { changeIncident } from '../../jobs/incidents/change.ts';
import { tellIncident } from '../../jobs/incidents/tell.ts';
import type { CauseId } from '../../src/domain/causes.ts';
import type { Facts } from '../../src/domain/playbook/step.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { say } from '../../src/domain/foreign.ts';

export interface IncidentChat {
  readonly stage: MeasureStage;
  /** Says a line as this person; gives the answer, which there must be. */
  say(person: string, line: string, place?: string): Promise<Message>;
  /** Presses the button of that label on the newest message that has one. */
  press(person: string, label: string, place?: string): Promise<Message>;
  /** What stands in a conversation, in the order of posting. */
  shown(place?: string): readonly Utterance[];
  headline(number?: number, place?: string): Message;
  /** Labels of all buttons of a message. */
  labels(message: Message): readonly string[];
}

/** `more`: ports in place of the stage's own. */
export function makeIncidentChat(more: Partial<MeasureWorld> = {}): IncidentChat {
  const made = makeMeasureStage();
  const stage: MeasureStage = Object.assign(made, { world: { ...made.world, ...more } });
  let count = 0;
  const shown = (place = 'room'): readonly Utterance[] => {
    const posts = new Map<string, Utterance>();
    stage.said.forEach((each, index) => {
      if (each.conversation.id !== place) return;
      posts.set(each.loud ? `${each.key}#${index}` : each.key, each);
    });
    return [...posts.values()];
  };
  const send = async (person: string, line: string, place: string, nonce?: string): Promise<Message> => {
    const command = parseLine(line, registry);
    if (command.kind === 'misheard') throw new Error(`${line}: ${command.why}; ${command.remedy}`);
    count += 1;
    const request: CommandRequest = {
      id: `event-${count}`,
      command: command.spoken,
      actor: { surface: 'slack', id: person, shown: { foreign: person } },
      conversation: { surface: 'slack', id: place },
      at: stage.now,
      files: {},
      ...(nonce !== undefined && { nonce }),
    };
    stage.now += 1000;
    await carryOut(request, stage.world as World);
    const answer = stage.said.findLast((each) => each.key === request.id && each.final);
    if (!answer || plain(answer.message.summary) === '') throw new Error(`${line} was not answered`);
    return answer.message;
  };
  return {
    stage,
    shown,
    say: (person, line, place = 'room') => send(person, line, place),
    press: (person, label, place = 'room') => {
      const found = shown(place)
        .toReversed()
        .flatMap((each) => buttonsOf(each.message))
        .find((each) => each.label === label);
      if (!found)
        throw new Error(
          `no button ${label}; there are ${shown(place)
            .flatMap((each) => buttonsOf(each.message))
            .map((each) => each.label)
            .join(', ')}`,
        );
      return send(person, found.command, place, found.nonce);
    },
    headline: (number = 1, place = 'room') => {
      const found = shown(place).find((each) => each.key === `incident-${number}` && !each.loud);
      if (!found) throw new Error(`no headline of incident ${number} in ${place}`);
      return found.message;
    },
    labels: (message) => buttonsOf(message).map((each) => each.label),
  };
}

function buttonsOf(message: Message): readonly Button[] {
  return message.blocks.flatMap((block) => {
    if (block.kind === 'actions' || block.kind === 'approval' || block.kind === 'measure') return block.buttons;
    if (block.kind === 'progress') return block.steps.flatMap((step) => step.buttons ?? []);
    return [];
  });
}

/** What triage would have found. */
export async function giveVerdict(chat: IncidentChat, cause: CauseId, facts: Facts): Promise<void> {
  const event: IncidentEvent = {
    kind: 'verdict',
    at: chat.stage.now,
    verdict: cause,
    confidence: 0.86,
    said: say`The verdict is ${cause}.`,
    for: [say`listed by 3 lists`],
    against: [],
    missing: [],
    facts,
  };
  await changeIncident(chat.stage.world, 1, () => ({ events: [event], result: undefined }));
  await tellIncident(chat.stage.world, 1);
}
