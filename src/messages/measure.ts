/** One measure as a card, from proposal to end; and the ledger. */
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { missing, sayDecided, stateInWords } from '../domain/measures/decision.ts';
import { targetOf } from '../domain/measures/order.ts';
import type { MeasureOrder } from '../domain/measures/order.ts';
import { isStanding } from '../domain/measures/record.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Button, Evidence, Message, Tone } from './message.ts';

/** Said beside what stands: it isn't known that nothing else does. Nothing where no record is gone. */
export function sayLost(numbers: readonly number[]): readonly Block[] {
  if (numbers.length === 0) return [];
  const which = `${numbers.length === 1 ? 'measure' : 'measures'} ${numbers.join(', ')}`;
  return [
    notice(
      'critical',
      `The record of ${which} is gone from Redis, though nothing says that it has ended: it may stand. tq rescue, where the bot runs and on the agents’ hosts, shows what the audit logs say was begun, and takes it back.`,
    ),
  ];
}

/** The measure's card, as it stands. */
export function sayMeasure(record: MeasureRecord): Message {
  const drill = record.drill ? ({ drill: true } as const) : {};
  switch (record.state) {
    case 'proposed':
      return { ...sayProposal(record), ...drill };
    case 'approved':
    case 'engaging':
    case 'in-force':
    case 'releasing':
      return { ...sayStanding(record), ...drill };
    case 'denied':
    case 'expired':
    case 'released':
    case 'lapsed':
    case 'failed':
      return { ...sayEnded(record), ...drill };
    default:
      return record.state satisfies never;
  }
}

/** What the order does, as a person would say it: `freeze outbound mail of mx1`. */
export function orderInWords(order: MeasureOrder): Phrase {
  switch (order.kind) {
    case 'freeze-outbound':
      return say`freeze outbound mail of ${order.server}`;
    case 'block-port-25':
      return say`block port 25 on ${order.firewall} for ${order.who === 'everyone' ? 'everyone' : 'everyone but the mail servers'}`;
    case 'unplug':
      return say`pull the plug on ${order.firewall} for ${order.leaseMinutes} min`;
    case 'reroute':
      return say`send ${order.server}’s mail through the smart host`;
    case 'disable-account':
      return say`stop the account ${foreign(order.account, 80)} on ${order.server}`;
    case 'quarantine-host':
      return say`take ${order.address} off the network at ${order.firewall}`;
    case 'clean-queue':
      return say`clean ${order.server}’s queue of ${selectionInWords(order.selection)}`;
    default:
      return order satisfies never;
  }
}

function selectionInWords(selection: Extract<MeasureOrder, { kind: 'clean-queue' }>['selection']): Phrase {
  const { sender, recipientDomain, account } = selection;
  return [
    'mail',
    ...(sender === undefined ? [] : sender === '' ? [' from the null sender'] : say` from ${foreign(sender, 80)}`),
    ...(account === undefined ? [] : say` submitted by ${foreign(account, 80)}`),
    ...(recipientDomain === undefined ? [] : say` to ${foreign(recipientDomain, 80)}`),
  ];
}

function sayProposal(record: MeasureRecord): Message {
  const { number, order, plan } = record;
  const title = say`Measure ${number}: ${orderInWords(order)}?`;
  const agreed =
    record.approvedBy.length > 0
      ? say`agreed so far: ${foreign(record.approvedBy.map((who) => who.shown.foreign).join(', '), 120)}`
      : [];
  const asks =
    record.quorum > 1
      ? `${missing(record)} of ${record.quorum} people must still agree; who proposed it does not count`
      : 'somebody other than who proposed it must agree';
  const asked = (record.asked ?? []).filter((name) => record.approvedBy.every(({ person }) => person !== name));
  const names = asked.map((name) => name.replace(/^group:/, '')).join(', ');
  const said = message(
    'warning',
    title,
    {
      kind: 'approval',
      id: `measure-${number}`,
      title,
      commands: plan.commands,
      blastRadius: [...plan.blastRadius, ...(agreed.length > 0 ? [agreed] : [])],
      needs: names === '' ? asks : `${asks} (${names})`,
      expiresAt: record.expiresAt,
      buttons: [
        { ...button('No', `deny ${number}`), nonce: record.nonce },
        {
          ...button('Approve', `approve ${number}`, order.kind === 'unplug' ? 'danger' : 'primary'),
          nonce: record.nonce,
        },
      ],
    },
    undoBlock(record),
    ...(order.kind === 'unplug' ? [notice('warning', CHAT_CUT_OFF)] : []),
    text(say`Proposed by ${record.proposedBy.shown}. Alone? break-glass ${number} and why.`),
  );
  return asked.length === 0 ? said : { ...said, calls: asked };
}

const CHAT_CUT_OFF =
  'If this chat is cut off too, go on at the machine where Tourniquet runs (tq chat), or on the LAN (tq console there gives the link). Both drive the same incident; the device takes the plug’s pull back by itself.';

function undoBlock(record: MeasureRecord): Evidence {
  return {
    kind: 'evidence',
    title: 'what takes it back, exactly',
    items: record.plan.undo.map((line) => ({ side: 'neutral', text: [foreign(line, 400)] })),
  };
}

function sayStanding(record: MeasureRecord): Message {
  const words = say`Measure ${record.number}: ${orderInWords(record.order)}: ${stateInWords(record)}`;
  const blocks: Block[] = [measureBlock(record)];
  if (record.brokeGlass)
    blocks.push(
      notice('warning', say`The glass was broken by ${record.brokeGlass.by.shown}: ${record.brokeGlass.reason}`),
    );
  if (record.refused)
    blocks.push(
      {
        kind: 'evidence',
        title: 'somebody else has changed it since; taking it back exactly was refused',
        items: record.refused.map((line) => ({ side: 'against', text: line })),
      },
      text(say`undo ${record.number} --ours-only takes back only what is ours and leaves their change.`),
    );
  if (record.proof && record.proof.proof !== 'proved')
    blocks.push({
      kind: 'evidence',
      title:
        record.proof.proof === 'disproved' ? 'it does not do what it says' : 'whether it works could not be proved',
      items: record.proof.by.map((line) => ({
        side: record.proof?.proof === 'disproved' ? 'against' : 'missing',
        text: line,
      })),
    });
  if (record.lastSeen && record.lastSeen.notes.length > 0 && !record.refused)
    blocks.push({
      kind: 'evidence',
      title: 'what was last seen',
      items: record.lastSeen.notes.map((line) => ({ side: 'neutral', text: line })),
    });
  return message(toneOf(record), words, ...blocks);
}

function sayEnded(record: MeasureRecord): Message {
  const words =
    record.state === 'released' || record.state === 'lapsed'
      ? say`Measure ${record.number}: ${orderInWords(record.order)}: ${stateInWords(record)}${record.release ? say` by ${record.release.by.shown}` : ''}`
      : record.state === 'failed'
        ? say`Measure ${record.number}: ${orderInWords(record.order)}: not carried out: ${record.why ?? ''}`
        : sayDecided(record);
  return message(
    record.state === 'failed' ? 'critical' : 'neutral',
    words,
    notice(record.state === 'failed' ? 'critical' : 'neutral', words),
  );
}

/** The measure as a block within another message. */
export function measureBlock(record: MeasureRecord): Extract<Block, { kind: 'measure' }> {
  const seen = record.lastSeen;
  return {
    kind: 'measure',
    number: record.number,
    name: record.order.kind,
    target: [targetOf(record.order)],
    state: stateInWords(record),
    buttons: standingButtons(record),
    // Of what is gone, it would read as the time since when.
    ...(record.since !== undefined && seen?.seen !== 'absent' && { since: record.since }),
    ...(record.until !== undefined && { until: record.until }),
    ...(record.approvedBy.length > 0 && {
      by: foreign(record.approvedBy.map((who) => who.shown.foreign).join(' and '), 120),
    }),
    ...(record.brokeGlass && { by: record.brokeGlass.by.shown }),
    ...(seen && { observed: say`last look ${new Date(seen.at).toISOString().slice(11, 16)} UTC: ${SEEN[seen.seen]}` }),
  };
}

const SEEN: Readonly<Record<NonNullable<MeasureRecord['lastSeen']>['seen'], string>> = {
  'in-force': 'in force',
  absent: 'gone',
  changed: 'changed by another hand',
  slipped: 'let go by the server itself; held again within a minute',
  unknown: 'not known',
};

function standingButtons(record: MeasureRecord): readonly Button[] {
  if (!isStanding(record)) return [];
  const undo = {
    ...button(`Undo ${record.number}`, `undo ${record.number}`),
    confirm: `Take measure ${record.number} back?`,
  };
  const leased = record.until !== undefined && record.state === 'in-force';
  const ours = {
    ...button('Only ours', `undo ${record.number} --ours-only`),
    confirm: `Take back only what is ours of measure ${record.number}, and leave their change?`,
  };
  return [...(leased ? [button('Extend', `extend ${record.number}`)] : []), undo, ...(record.refused ? [ours] : [])];
}

/** Asked about a measure that has no end of its own. */
export function sayStillNeeded(record: MeasureRecord, now: number): Message {
  const hours = Math.max(1, Math.round((now - (record.since ?? now)) / 3_600_000));
  const words = say`Measure ${record.number}: ${orderInWords(record.order)}: in force for ${hours} h. Is it still needed? It never ends by itself.`;
  return message(
    'warning',
    words,
    notice('warning', words),
    actions(button('Keep it', `keep ${record.number} still needed`), {
      ...button('Undo', `undo ${record.number}`),
      confirm: `Take measure ${record.number} back?`,
    }),
  );
}

/** The server had let go by itself, and holds again. */
export function sayHeldAgain(record: MeasureRecord, gap: readonly Phrase[]): Message {
  const words = say`Measure ${record.number}: ${orderInWords(record.order)}: held again. ${[...(gap[0] ?? [])]}; what left in between is not known.`;
  return message('warning', words, notice('warning', words));
}

/** A request of a hand that is gone has arrived after the measure's end. */
export function sayCameLate(record: MeasureRecord, target: Phrase, found: readonly Phrase[]): Message {
  const words = say`Measure ${record.number}: ${orderInWords(record.order)}: ended, and then a request arrived on ${target} that had been on its way; what it did was taken away again.`;
  return message('warning', words, notice('warning', words), {
    kind: 'evidence',
    title: 'what it did',
    items: found.map((line) => ({ side: 'neutral', text: line })),
  });
}

/** What the question has come to. */
export function sayNoLongerAsked(record: MeasureRecord): Message {
  const how = record.kept === undefined ? [stateInWords(record)] : say`kept by ${record.kept.by.shown}`;
  return message('neutral', say`Measure ${record.number}: ${orderInWords(record.order)}: ${how}.`);
}

/** What is in force, and what waits. */
export function sayLedger(records: readonly MeasureRecord[]): Message {
  const standing = records.filter(isStanding);
  const waiting = records.filter((record) => !isStanding(record));
  const firm = standing.filter((record) => stateInWords(record) === 'in force').length;
  const others = standing.filter((record) => stateInWords(record) !== 'in force');
  const line = [
    ...(standing.length === 0 ? ['Nothing is in force.'] : []),
    ...(firm > 0 ? [`${firm === 1 ? 'One measure is' : `${firm} measures are`} in force.`] : []),
    ...others.slice(0, 3).map((record) => `Measure ${record.number} is ${stateInWords(record)}.`),
    ...(others.length > 3 ? [`${others.length - 3} more are not simply in force.`] : []),
  ].join(' ');
  const odd = standing.some((record) => toneOf(record) === 'critical' || toneOf(record) === 'unknown');
  return message(
    odd ? 'critical' : standing.length === 0 ? 'good' : 'warning',
    waiting.length === 0 ? line : `${line} ${waiting.length} waiting for approval.`,
    ...standing.map(measureBlock),
    ...waiting.map((record) =>
      notice('warning', say`Measure ${record.number}: ${orderInWords(record.order)}: ${stateInWords(record)}`),
    ),
    ...(standing.length > 1
      ? [actions({ ...button('Undo all', 'undo all', 'danger'), confirm: 'Take every measure back, the last first?' })]
      : []),
  );
}

export function toneOf(record: MeasureRecord): Tone {
  if (record.state === 'failed') return 'critical';
  if (!isStanding(record)) return 'neutral';
  if (!record.lastSeen) return 'warning';
  switch (record.lastSeen.seen) {
    case 'in-force':
      return record.proof?.proof === 'disproved' ? 'critical' : 'warning';
    case 'absent':
    case 'changed':
    case 'slipped':
      return 'critical';
    case 'unknown':
      return 'unknown';
    default:
      return record.lastSeen.seen satisfies never;
  }
}
