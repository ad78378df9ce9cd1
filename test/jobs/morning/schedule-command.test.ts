import { describe, expect, it } from 'vitest';
import { makeMornings } from '../../../adapters/simulated/mornings.ts';
import { runScheduleCommand } from '../../../jobs/morning/schedule-command.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { Message } from '../../../src/messages/message.ts';
import type { World } from '../../../src/ports/world.ts';

const PLAN = { site: 'hq', timezone: 'Europe/Berlin', times: ['07:30'], days: [1, 2, 3, 4, 5] };
const NOON = Date.parse('2026-11-25T11:00:00Z');

async function schedule(mornings: World['mornings']): Promise<Message> {
  const world: Partial<World> = { mornings, clock: { now: () => NOON } as World['clock'] };
  const request = { command: { name: 'schedule', words: [], options: {} } } as unknown as Parameters<
    typeof runScheduleCommand
  >[0];
  return (await runScheduleCommand(request, world as World, () => {})).message;
}

function rows(said: Message): readonly string[] {
  return said.blocks.flatMap((block) =>
    block.kind === 'table' ? block.rows.map((row) => row.map(plain).join(' | ')) : [],
  );
}

describe('the schedule', () => {
  it('shows when each site is looked at next, and that it never was', async () => {
    expect(rows(await schedule(makeMornings(() => NOON, [PLAN])))).toEqual([
      'morning of hq | 2026-11-26 07:30 Europe/Berlin | not yet',
    ]);
  });

  it('shows the last look, whether it was due or somebody wanted it', async () => {
    const mornings = makeMornings(() => NOON, [PLAN]);
    await mornings.done({ site: 'hq', date: '2026-11-25', time: '07:30' }, NOON - 4 * 3_600_000);
    expect(rows(await schedule(mornings))[0]).toContain('2026-11-25 08:00 (for 07:30)');
    await mornings.byHand('hq', NOON - 60_000);
    expect(rows(await schedule(mornings))[0]).toContain('2026-11-25 11:59 (by hand)');
  });

  it('has no empty table where nothing is planned', async () => {
    const said = await schedule(makeMornings(() => NOON));
    expect(plain(said.summary)).toContain('write morning into tourniquet.yaml');
    expect(said.blocks).toEqual([]);
  });
});
