import { beforeEach, describe, expect, it } from 'vitest';
import { makeRotas } from '../../../adapters/simulated/rotas.ts';
import { beginEscalation } from '../../../jobs/escalation/begin.ts';
import { fetchRotas, rotasNow } from '../../../jobs/escalation/rotas.ts';
import { viewIncident } from '../../../jobs/incidents/view.ts';
import { onDuty } from '../../../src/domain/escalation/rota.ts';
import type { Rota } from '../../../src/domain/escalation/rota.ts';
import type { Shift } from '../../../src/domain/escalation/shifts.ts';
import { HOUSE } from '../../../src/domain/incidents/incident.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const ROTA: Rota = {
  name: 'mail',
  timezone: 'UTC',
  people: ['anna'],
  start: '2026-01-05',
  handover: '09:00',
  days: 7,
  overrides: [],
};
const PEOPLE = [
  { name: 'anna', names: ['anna', 'anna@example.com'] },
  { name: 'ben', names: ['ben', 'Ben Example', 'PBEN'] },
];
const RULES = {
  tiers: [{ call: ['rota:mail'], by: ['direct' as const], waitMs: 5 * MINUTE }],
  rounds: 1,
  staleMs: 30 * MINUTE,
  answerMs: 10 * MINUTE,
};

describe('a rota that is kept elsewhere', () => {
  let chat: IncidentChat;
  let shifts: readonly Shift[] | Error;
  const shift = (title: string, ids: readonly string[] = []): Shift => ({
    from: chat.stage.now - HOUR,
    to: chat.stage.now + HOUR,
    title,
    ids,
  });
  beforeEach(() => {
    shifts = [];
    const source = {
      rota: 'mail',
      shifts: async () => {
        if (shifts instanceof Error) throw shifts;
        return shifts;
      },
    };
    chat = makeIncidentChat({
      rotas: makeRotas([source], PEOPLE),
      onCall: { rules: RULES, rotas: [ROTA], rooms: [], directTo: () => [] },
    });
  });
  const now = async () => {
    const [first] = await rotasNow(chat.stage.world);
    if (!first) throw new Error('there is one rota');
    return { person: onDuty(first.rota, chat.stage.now), note: first.note };
  };

  it.each([
    ['the name as a word of the title', 'On call: BEN (mail)', []],
    ['the whole name', 'Ben Example', []],
    ['an id', 'whoever', ['pben']],
  ])('names a person by %s', async (_what, title, ids) => {
    shifts = [shift(title, ids)];
    await fetchRotas(chat.stage.world);
    expect(await now()).toEqual({ person: 'ben', note: undefined });
  });

  it('is filled by the configuration where a shift names nobody, or two, and that is told', async () => {
    shifts = [shift('bennet'), shift('anna and ben')];
    await fetchRotas(chat.stage.world);
    const seen = await now();
    expect(seen.person).toBe('anna');
    expect(seen.note).toBe('2 of its shifts name nobody of tourniquet.yaml: "bennet", "anna and ben"');
  });

  it('is as it was last known while it can’t be fetched, with its age; before that, as the configuration has it', async () => {
    shifts = new Error('the calendar answered 503');
    await fetchRotas(chat.stage.world);
    expect(await now()).toMatchObject({ person: 'anna', note: expect.stringContaining('could not be read yet') });
    shifts = [{ ...shift('ben'), to: chat.stage.now + 5 * HOUR }];
    await fetchRotas(chat.stage.world);
    chat.stage.now += 2 * HOUR;
    shifts = new Error('the calendar answered 503');
    await fetchRotas(chat.stage.world);
    expect(await now()).toEqual({ person: 'ben', note: 'as of 120 min ago: the calendar answered 503' });
  });

  it('says who is called', async () => {
    shifts = [shift('ben')];
    await fetchRotas(chat.stage.world);
    await chat.say('ana', 'open hq');
    await beginEscalation(chat.stage.world, 1, HOUSE, 'wake');
    expect((await viewIncident(chat.stage.world, 1))?.incident.chain?.tiers[0]?.people).toEqual(['ben']);
    expect(JSON.stringify(await chat.say('ana', 'handover'))).toContain('ben');
  });

  it('calls the configuration’s people though the memory is away', async () => {
    const rotas = chat.stage.world.rotas;
    const away = { ...rotas, memory: { ...rotas.memory, recall: () => Promise.reject(new Error('no Redis')) } };
    const [first] = await rotasNow({ ...chat.stage.world, rotas: away });
    expect(first && onDuty(first.rota, chat.stage.now)).toBe('anna');
  });
});
