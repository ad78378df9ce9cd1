/** Handovers and weeks on a clock that is set by hand. */
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMornings } from '../../../adapters/simulated/mornings.ts';
import { postShift } from '../../../jobs/shift/tick.ts';
import { instantOf } from '../../../src/domain/calendar/zone.ts';
import type { Rota } from '../../../src/domain/escalation/rota.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MorningPlan } from '../../../src/domain/morning/plan.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

const ZONE = 'Europe/Berlin';
const MINUTE = 60_000;
const ROTA: Rota = {
  name: 'mail',
  timezone: ZONE,
  people: ['anna', 'ben'],
  start: '2026-11-02',
  handover: '09:00',
  days: 7,
  overrides: [],
};
const DIGEST: MorningPlan = { site: 'the digest', timezone: ZONE, times: ['08:00'], days: [1] };

describe('the change of a shift', () => {
  let chat: IncidentChat;
  const at = (date: string, time: string): number => instantOf(date, time, ZONE);
  const open = (rotas: readonly Rota[] = [ROTA], digest?: MorningPlan): IncidentChat =>
    makeIncidentChat({
      mornings: makeMornings(() => chat.stage.now, [{ ...DIGEST, site: 'hq', times: ['07:30'] }], [], digest),
      onCall: {
        rotas,
        rooms: [{ surface: 'slack', id: 'room' }],
        directTo: (person) => [{ surface: 'slack', id: `to-${person}` }],
      },
    });
  beforeEach(() => {
    chat = open();
  });
  const texts = (place: string): readonly string[] => chat.shown(place).map((each) => plain(each.message.summary));

  it('tells the room and whoever comes on duty, once, whoever ticks', async () => {
    chat.stage.now = at('2026-11-23', '08:59');
    expect(await postShift(chat.stage.world)).toBe(0);
    chat.stage.now = at('2026-11-23', '09:00');
    const posted = await Promise.all([postShift(chat.stage.world), postShift(chat.stage.world)]);
    chat.stage.now += 5 * MINUTE;
    posted.push(await postShift(chat.stage.world));
    expect(posted.reduce((sum, each) => sum + each)).toBe(1);
    expect(texts('room')).toEqual(['Handover: nothing is open, nothing is in force.']);
    expect(texts('to-ben')).toEqual(texts('room'));
    expect(texts('to-anna')).toEqual([]);
  });

  it('says nothing where the same person goes on, and nothing of a change that is long past', async () => {
    chat = open([{ ...ROTA, people: ['anna'] }]);
    chat.stage.now = at('2026-11-23', '09:00');
    expect(await postShift(chat.stage.world)).toBe(0);
    chat = open();
    chat.stage.now = at('2026-11-23', '09:20');
    expect(await postShift(chat.stage.world)).toBe(0);
  });

  it('hands over at an exception too', async () => {
    const from = at('2026-11-25', '18:00');
    chat = open([{ ...ROTA, overrides: [{ from, to: from + 60 * MINUTE, person: 'carl' }] }]);
    chat.stage.now = from + MINUTE;
    expect(await postShift(chat.stage.world)).toBe(1);
    expect(texts('to-carl')).toHaveLength(1);
  });

  it('names what is open, in force and expected, and who is on duty until when', async () => {
    chat.stage.now = at('2026-11-23', '06:00');
    await chat.say('ana', 'open hq mail is refused everywhere');
    await chat.say('ana', 'freeze mx1');
    await chat.say('ben', 'approve 1');
    const said = await chat.say('ana', 'handover');
    expect(plain(said.summary)).toBe('Handover: 1 incident open, 1 measure in force.');
    const whole = JSON.stringify(said.blocks);
    expect(whole).toContain('anna');
    expect(whole).toContain('until 2026-11-23 09:00 Europe/Berlin, then ben');
    expect(whole).toContain('mail is refused everywhere');
    expect(said.blocks.filter((block) => block.kind === 'measure')).toMatchObject([{ number: 1 }]);
    expect(whole).toContain('the look at hq');
  });

  it('posts the week once, on its day, late where nothing ran', async () => {
    chat = open([], DIGEST);
    chat.stage.now = at('2026-11-23', '07:59');
    expect(await postShift(chat.stage.world)).toBe(0);
    chat.stage.now = at('2026-11-23', '14:00');
    expect(await postShift(chat.stage.world)).toBe(1);
    chat.stage.now += 60 * MINUTE;
    expect(await postShift(chat.stage.world)).toBe(0);
    chat.stage.now = at('2026-11-24', '08:00');
    expect(await postShift(chat.stage.world)).toBe(0);
    expect(texts('room')).toEqual(['2026-11-16 to 2026-11-23: no incident; no new listings, 0 gone; nothing drifted.']);
  });

  it('counts in the week how long it took to contain', async () => {
    chat.stage.now = at('2026-11-24', '07:30');
    await chat.say('ana', 'open hq mail is refused everywhere');
    chat.stage.now = at('2026-11-24', '07:40');
    await chat.say('ana', 'ack 1');
    await chat.say('ana', 'freeze mx1 --incident 1');
    chat.stage.now = at('2026-11-24', '07:44');
    await chat.say('ben', 'approve 1');
    const said = await chat.say('ana', 'digest');
    expect(plain(said.summary)).toContain('1 incident; contained after 14 min (median)');
  });
});
