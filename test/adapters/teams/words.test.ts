import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readActivity } from '../../../adapters/chat/teams/activity.ts';
import type { Activity } from '../../../adapters/chat/teams/activity.ts';
import { wordsOf } from '../../../adapters/chat/teams/words.ts';
import { BOT, privateWords } from '../../support/teams/people.ts';

const OURS = { type: 'mention', text: '<at>Tourniquet</at>', mentioned: BOT };
const BEN = { type: 'mention', text: '<at>Ben</at>', mentioned: { id: '29:ben', name: 'Ben' } };

function said(text: string, entities: readonly object[] = [OURS]): Activity {
  const read = readActivity(JSON.stringify(privateWords('https://smba.trafficmanager.net/', text, { entities })));
  if (read.kind === 'bad') throw new Error(read.why);
  return read.activity;
}

describe('what a person typed', () => {
  it.each([
    ['<at>Tourniquet</at> check mail.example.com', 'check mail.example.com'],
    ['<at>Tourniquet</at>&nbsp;status\n', 'status'],
    ['check <at>Tourniquet</at> 9.9.9.9', 'check 9.9.9.9'],
    [
      '<at>Tourniquet</at> note bounce for a@example.com, b@example.com',
      'note bounce for a@example.com, b@example.com',
    ],
    [
      '<at>Tourniquet</at> note &lt;a@example.com&gt; said &quot;550&quot; &amp; hung up',
      'note <a@example.com> said "550" & hung up',
    ],
    ['<at>Tourniquet</at> note &amp;lt; stays', 'note &lt; stays'],
    ['\u200bstatus\u00a0\u00a0', 'status'],
    ['check \u200e9.9.9.9\u200f', 'check 9.9.9.9'],
    ['<at>Tourniquet</at> `queue mx1`', 'queue mx1'],
    ['<at>Tourniquet</at> check 9.9.9.9\r\n\r\nqueue mx1\n', 'check 9.9.9.9\nqueue mx1'],
    ['<at>Tourniquet</at> do freeze\u2011outbound', 'do freeze-outbound'],
    ['&gt; check 9.9.9.9', 'check 9.9.9.9'],
    ['<at>Somebody</at> else', '<at>Somebody</at> else'],
  ])('%j is %j', (text, words) => {
    expect(wordsOf(said(text)).words).toBe(words);
  });

  it('leaves another’s mention as their name', () => {
    expect(wordsOf(said('<at>Tourniquet</at> ask <at>Ben</at>', [OURS, BEN]))).toEqual({
      words: 'ask Ben',
      mentioned: true,
    });
  });

  it('leaves out a message that is quoted, and no word that merely looks like one', () => {
    const text = '<quoted messageId="1700000000001"/> ack';
    expect(wordsOf(said(text, [{ type: 'quotedReply', quotedReply: { messageId: '1700000000001' } }])).words).toBe(
      'ack',
    );
    expect(wordsOf(said(text, [])).words).toBe(text);
  });

  it('is mentioned only by an entity of Teams, never by text that looks like one', () => {
    expect(wordsOf(said('<at>Tourniquet</at> status', [])).mentioned).toBe(false);
    expect(wordsOf(said('<at>Tourniquet</at> status', [{ ...OURS, mentioned: BEN.mentioned }])).mentioned).toBe(false);
    expect(wordsOf(said('@Tourniquet status', [])).mentioned).toBe(false);
  });

  it('changes no mail address, whatever stands around it', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,10}$/);
    const address = fc.tuple(label, label, label).map(([user, host, tld]) => `${user}@${host}.${tld}`);
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 6 }), (addresses) => {
        const text = addresses.join(' ');
        expect(wordsOf(said(`<at>Tourniquet</at> ${text}`)).words).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
