import { expect, it } from 'vitest';
import { openDoublePress } from '../../jobs/double-press.ts';
import { foreign } from '../../src/domain/foreign.ts';
import type { Heard, HearResult } from '../../src/ports/conversation.ts';

const TAKEN: HearResult = { kind: 'taken' };
let count = 0;

function press(at: number, more: Partial<Heard> = {}, command = 'triage'): Heard {
  return {
    id: `event-${(count += 1)}`,
    at,
    conversation: { surface: 'slack', id: 'C0OPS/1.1' },
    actor: { surface: 'slack', id: 'T0/U0', shown: foreign('anna') },
    said: { kind: 'pressed', command, messageKey: 'm1' },
    ...more,
  };
}

async function kindsOf(heard: readonly Heard[], results: readonly HearResult[] = []): Promise<readonly string[]> {
  const presses = openDoublePress();
  const left = [...results];
  const heardAll = heard.map((each) => presses.once(each, async () => left.shift() ?? TAKEN));
  return (await Promise.all(heardAll)).map(({ kind }) => kind);
}

it('takes the same button, pressed twice in a moment by one person, once', async () => {
  expect(await kindsOf([press(0), press(5), press(1900), press(2100)])).toEqual([
    'taken',
    'duplicate',
    'duplicate',
    'taken',
  ]);
});

it('takes another person’s press, another button, another message and words for themselves', async () => {
  const ben = { surface: 'slack', id: 'T0/U1', shown: foreign('ben') } as const;
  const elsewhere = { surface: 'slack', id: 'C0OPS/2.2' } as const;
  const words = { kind: 'words', text: 'triage' } as const;
  const others = [
    press(0),
    press(1, { actor: ben }),
    press(2, {}, 'ledger'),
    press(3, { conversation: elsewhere }),
    press(4, { said: words }),
    press(5, { said: words }),
  ];
  expect(await kindsOf(others)).toEqual(others.map(() => 'taken'));
});

it('takes the second where the first came to nothing', async () => {
  const refused = { kind: 'refused', message: { summary: ['down'], tone: 'critical', blocks: [] } } as const;
  expect(await kindsOf([press(0), press(5)], [refused])).toEqual(['refused', 'taken']);
});

it('leaves a redelivery of the same press to the queue, which knows its id', async () => {
  const first = press(0);
  expect(await kindsOf([first, first])).toEqual(['taken', 'taken']);
});

it('lets a person at a keyboard say a number as often as they like', async () => {
  const conversation = { surface: 'terminal', id: '1' } as const;
  expect(await kindsOf([press(0, { conversation }), press(1, { conversation })])).toEqual(['taken', 'taken']);
});
