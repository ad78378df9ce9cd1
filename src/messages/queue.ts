/** What is in a queue: one sentence first, then the figures that tell what it means. */
import type { Envelope } from '../domain/queues/envelope.ts';
import type { Malformed } from '../domain/queues/message.ts';
import type { QueueLook, QueueTrend } from '../domain/queues/trend.ts';
import type { Mta, Snapshot } from '../domain/queues/snapshot.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { age } from './age.ts';
import { message, notice } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

export type QueueTop = 'senders' | 'recipients' | 'reasons' | 'oldest';

/** What was seen before: the looks to draw, this one last, and what changed since the one before. */
export interface QueuePast {
  readonly looks: readonly QueueLook[];
  readonly trend?: QueueTrend;
}

/** What is told where nothing could be read as what it was said to be. */
export function sayOtherTool(said: Mta, looksLike: Mta): string {
  return `this is no listing of ${said}'s; it looks like what ${looksLike} prints: say --mta ${looksLike}, or leave it out`;
}

/** `looksLike`: the tool that seems to have printed it, where nothing could be read as the one that was named. */
export function sayQueue(
  snapshot: Snapshot,
  faults: readonly Malformed[],
  top?: QueueTop,
  past?: QueuePast,
  looksLike?: Mta,
): Message {
  return message(
    toneOf(snapshot),
    summaryOf(snapshot),
    ...(looksLike === undefined ? [] : [notice('unknown', sayOtherTool(snapshot.mta, looksLike))]),
    ...(top === undefined ? [...trendOf(past), ...overview(snapshot)] : topOf(snapshot, top)),
    ...faults.map((fault) => notice('unknown', `line ${fault.line} of the listing was passed over: ${fault.why}`)),
    ...(snapshot.malformed > faults.length
      ? [notice('unknown', `… ${snapshot.malformed - faults.length} more lines were passed over`)]
      : []),
  );
}

function trendOf(past: QueuePast | undefined): readonly Block[] {
  if (!past?.trend) return [];
  const { trend, looks } = past;
  const signed = (count: number): string => (count > 0 ? `+${count}` : String(count));
  const parts = Object.entries(trend.byQueue).map(([queue, change]) => say`${foreign(queue, 30)} ${signed(change)}`);
  const what = trend.messages === 0 && parts.length === 0 ? 'nothing changed' : `${signed(trend.messages)} messages`;
  const detail: Phrase = parts.length === 0 ? [] : say` (${listed(parts)})`;
  const rate = trend.messages === 0 ? '' : `, ${signed(trend.perMinute)} a minute`;
  return [
    { kind: 'text', text: say`Since the last look ${age(trend.secondsAgo)} ago: ${what}${detail}${rate}.` },
    {
      kind: 'series',
      title: 'Depth',
      unit: 'messages',
      points: looks.map((look) => ({ at: look.at, value: look.messages })),
    },
  ];
}

function listed(parts: readonly Phrase[]): Phrase {
  return parts.flatMap((part, index): Phrase => (index === 0 ? part : [', ', ...part]));
}

function toneOf(snapshot: Snapshot): Tone {
  if (snapshot.messages === 0) return snapshot.malformed > 0 ? 'unknown' : 'good';
  return snapshot.oldestSeconds > 3600 || snapshot.messages > 1000 ? 'warning' : 'neutral';
}

function summaryOf(snapshot: Snapshot): Phrase {
  if (snapshot.messages === 0)
    return say`${foreign(snapshot.server)}: ${snapshot.malformed > 0 ? 'nothing of the listing could be read' : 'the queues are empty'}`;
  const about = snapshot.about ? 'about ' : '';
  return say`${foreign(snapshot.server)}: ${about}${snapshot.messages} message${snapshot.messages === 1 ? '' : 's'} to ${snapshot.recipients} recipients wait, the oldest for ${age(snapshot.oldestSeconds)}`;
}

function overview(snapshot: Snapshot): readonly Block[] {
  if (snapshot.messages === 0) return [];
  const { nullSender, messages } = snapshot;
  const share = Math.round((nullSender.messages / messages) * 100);
  return [
    {
      kind: 'facts',
      facts: [
        {
          name: 'queues',
          value: listed(Object.entries(snapshot.byQueue).map(([queue, count]) => say`${foreign(queue, 30)} ${count}`)),
        },
        { name: 'size', value: [size(snapshot.bytes)] },
        {
          name: 'null sender',
          value: [`${nullSender.messages} messages (${share} %) to ${nullSender.recipientDomains} domains`],
          ...(share > 50 && { tone: 'critical' as const }),
        },
        ...(snapshot.duplicates > 0
          ? [{ name: 'moved meanwhile', value: [`${snapshot.duplicates} were listed twice and counted once`] }]
          : []),
      ],
    },
    {
      kind: 'table',
      title: 'Age',
      columns: [{ name: 'up to' }, { name: 'messages', align: 'right' }],
      rows: snapshot.ages
        .filter((each) => each.messages > 0)
        .map((each): readonly Phrase[] => [
          [each.upToMinutes === null ? 'older' : `${each.upToMinutes} min`],
          [String(each.messages)],
        ]),
    },
    ...topTable(
      'Senders',
      'messages',
      snapshot.topSenders.slice(0, 5).map((each) => [each.sender, each.messages]),
    ),
    ...topTable(
      'Recipient domains',
      'recipients',
      snapshot.topRecipientDomains.slice(0, 5).map((each) => [each.domain, each.recipients]),
    ),
    ...topTable(
      'Why it waits',
      'recipients',
      snapshot.topReasons.slice(0, 5).map((each) => [each.reason, each.recipients]),
    ),
  ];
}

function topOf(snapshot: Snapshot, top: QueueTop): readonly Block[] {
  switch (top) {
    case 'senders':
      return [
        ...topTable(
          'Senders',
          'messages',
          snapshot.topSenders.map((each) => [each.sender, each.messages]),
        ),
        ...topTable(
          'Their domains',
          'messages',
          snapshot.topSenderDomains.map((each) => [each.domain, each.messages]),
        ),
      ];
    case 'recipients':
      return topTable(
        'Recipient domains',
        'recipients',
        snapshot.topRecipientDomains.map((each) => [each.domain, each.recipients]),
      );
    case 'reasons':
      return topTable(
        'Why it waits',
        'recipients',
        snapshot.topReasons.map((each) => [each.reason, each.recipients]),
      );
    case 'oldest':
      return oldestTable(snapshot);
    default:
      return top satisfies never;
  }
}

function oldestTable(snapshot: Snapshot): readonly Block[] {
  if (snapshot.oldest.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Oldest',
      columns: [
        { name: 'for', align: 'right' },
        { name: 'id' },
        { name: 'queue' },
        { name: 'sender' },
        { name: 'why' },
      ],
      rows: snapshot.oldest.map((each): readonly Phrase[] => [
        [age(each.ageSeconds)],
        [foreign(each.id, 60)],
        [foreign(each.queue, 30)],
        each.sender === '' ? ['<> (null sender)'] : [foreign(each.sender, 60)],
        each.reason === undefined ? [''] : [foreign(each.reason, 80)],
      ]),
    },
  ];
}

/** One message: its envelope and who handed it in. */
export function sayEnvelope(server: string, envelope: Envelope): Message {
  const { sender, recipients, origin, helo, bytes, arrival } = envelope;
  const fact = (name: string, value: Phrase): { name: string; value: Phrase } => ({ name, value });
  return message('neutral', say`${foreign(envelope.id, 80)} on ${foreign(server)}: ${originInWords(origin)}`, {
    kind: 'facts',
    facts: [
      fact('sender', sender === '' ? ['<> (null sender)'] : [foreign(sender)]),
      fact('recipients', [
        foreign(recipients.slice(0, 10).join(', '), 400),
        ...(recipients.length > 10 ? [` … ${recipients.length - 10} more`] : []),
      ]),
      ...(arrival === undefined ? [] : [fact('arrived', [new Date(arrival * 1000).toISOString()])]),
      ...(bytes === undefined ? [] : [fact('size', [size(bytes)])]),
      ...(helo === undefined ? [] : [fact('called itself', [foreign(helo, 100)])]),
    ],
  });
}

function originInWords(origin: Envelope['origin']): Phrase {
  switch (origin?.kind) {
    case 'login':
      return origin.address === undefined
        ? say`handed in by the login ${foreign(origin.account, 100)}`
        : say`handed in by the login ${foreign(origin.account, 100)} from ${foreign(origin.address, 60)}`;
    case 'local':
      return say`handed in by a program on the server (user ${foreign(origin.uid, 40)})`;
    case 'client':
      return say`handed in by ${foreign(origin.address, 60)} without a login`;
    case 'own':
      return say`made by the server itself (a bounce)`;
    case undefined:
      return say`who handed it in is not in its envelope`;
    default:
      return origin satisfies never;
  }
}

function topTable(
  title: string,
  unit: string,
  rows: readonly (readonly [name: string, count: number])[],
): readonly Block[] {
  if (rows.length === 0) return [];
  const shown = rows.map(([name, count]): readonly Phrase[] => [
    [String(count)],
    name === '' ? ['<> (null sender)'] : [foreign(name, 120)],
  ]);
  return [
    {
      kind: 'table',
      title,
      columns: [{ name: unit, align: 'right' }, { name: title === 'Why it waits' ? 'reason' : 'name' }],
      rows: shown,
    },
  ];
}

function size(bytes: number): string {
  if (bytes < 10_240) return `${bytes} bytes`;
  return bytes < 10_485_760 ? `${Math.round(bytes / 1024)} KiB` : `${Math.round(bytes / 1_048_576)} MiB`;
}
