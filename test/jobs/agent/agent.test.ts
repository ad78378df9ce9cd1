import { beforeEach, describe, expect, it } from 'vitest';
import { readReply, runErrand } from '../../../jobs/agent/agent.ts';
import { makePlanSeal } from '../../../jobs/agent/plan-seal.ts';
import type { AgentNeeds } from '../../../jobs/agent/agent.ts';
import { begunMeasures, everBegun } from '../../../jobs/measures/rescue.ts';
import type { ErrandReply } from '../../../src/domain/measures/errand.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { Plain } from '../../../src/domain/measures/plan.ts';
import { AuditUnavailable } from '../../../src/ports/audit-log.ts';
import type { AuditEntry } from '../../../src/ports/audit-log.ts';
import { makeFakeDevice } from '../../support/fake-device.ts';
import type { FakeDevice } from '../../support/fake-device.ts';

const BLOCK: MeasureOrder = { kind: 'block-port-25', firewall: 'gateway', who: 'everyone', submissionToo: false };
const SEAL = makePlanSeal(Buffer.alloc(32, 7));
const task = (order: MeasureOrder, prior: Plain = {}) => {
  const planned = { tag: 'tq7', order, prior };
  return { ...planned, seal: SEAL.of(planned) };
};

const quarantining = (address: string) => ({
  verb: 'engage',
  task: task({ kind: 'quarantine-host', firewall: 'gateway', address }),
  fence: 1,
  who: 'bot',
});
const disabling = (account: string) => ({
  verb: 'engage',
  task: task({ kind: 'disable-account', server: 'gateway', account }),
  fence: 1,
  who: 'bot',
});

describe('the agent', () => {
  let device: FakeDevice;
  let audit: AuditEntry[];
  let auditIsAway: boolean;
  let needs: AgentNeeds;
  beforeEach(() => {
    device = makeFakeDevice();
    audit = [];
    auditIsAway = false;
    needs = {
      target: 'gateway',
      drivers: device.drivers,
      seal: SEAL,
      limits: {
        measures: ['block-port-25', 'unplug', 'quarantine-host', 'disable-account'],
        longestLeaseMinutes: 30,
        isProtected: (address) => address === '10.77.0.5',
      },
      looks: { answer: async () => ({ kind: 'looked', value: null }) },
      auditLog: {
        write: async (entry) => {
          if (auditIsAway) throw new AuditUnavailable('the disk is full');
          audit.push(entry);
        },
        verify: async () => ({ kind: 'whole', entries: 0, head: '' }),
      },
    };
  });
  const engage = (order: MeasureOrder, fence = 5) =>
    runErrand({ verb: 'engage', task: task(order), fence, who: 'bot' }, needs);

  it('carries out what it permits, after writing down that it will', async () => {
    expect(await engage(BLOCK)).toEqual({ kind: 'done' });
    expect(device.effects).toEqual(['engage tq7']);
    expect(audit.map((entry) => entry.what)).toEqual(['engage block-port-25']);
  });

  it.each<[string, MeasureOrder, RegExp]>([
    [
      'a measure that it does not permit',
      { kind: 'freeze-outbound', server: 'gateway' },
      /does not carry out freeze-outbound.*admin/,
    ],
    ['a lease that is too long', { kind: 'unplug', firewall: 'gateway', leaseMinutes: 60 }, /30 min at most/],
    ['a protected address', { kind: 'quarantine-host', firewall: 'gateway', address: '10.77.0.5' }, /protected/],
    [
      'a measure of another host',
      { kind: 'unplug', firewall: 'other', leaseMinutes: 5 },
      /the agent of gateway, not of other/,
    ],
  ])('refuses %s, whatever the bot asks', async (_what, order, why) => {
    const reply = await engage(order);
    expect(reply).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
    expect(device.effects).toEqual([]);
    expect(audit).toEqual([]);
  });

  it.each([
    [{ verb: 'run', argv: ['rm', '-rf', '/'] }],
    [{ verb: 'engage', task: { ...task(BLOCK), tag: 'tq7; reboot' }, fence: 1, who: 'bot' }],
    [{ verb: 'engage', task: task(BLOCK), fence: -1, who: 'bot' }],
    [quarantining('10.77.0.9 counter drop\n}\nflush ruleset')],
    [quarantining('::ffff:10.77.0.5')],
    [disabling('--all')],
    [disabling('alice\nmynetworks = 0.0.0.0/0')],
    [{ verb: 'engage', task: task(BLOCK), fence: 1, who: 'bot', force: true }],
    ['freeze'],
    [null],
  ])('refuses %j, which is no errand', async (question) => {
    expect(await runErrand(question, needs)).toMatchObject({ kind: 'refused' });
    expect(device.effects).toEqual([]);
  });

  it('engages nothing while its own audit log can’t be written, and still takes back', async () => {
    await engage(BLOCK);
    auditIsAway = true;
    expect(await engage({ kind: 'unplug', firewall: 'gateway', leaseMinutes: 5 })).toMatchObject({ kind: 'refused' });
    const back = await runErrand({ verb: 'release', task: task(BLOCK), fence: 6, way: 'exact', who: 'bot' }, needs);
    expect(back).toEqual({ kind: 'released', released: { kind: 'released', notes: [] } });
    expect(device.effects).toEqual(['engage tq7', 'release tq7']);
  });

  it('leaves in its log what tq rescue on this host needs: order, prior state, and what has ended', async () => {
    await engage(BLOCK);
    const lines = (): string[] => audit.map((entry) => JSON.stringify(entry));
    expect(begunMeasures(lines())).toMatchObject([
      { number: 7, about: 'agent/gateway/tq7', task: { tag: 'tq7', order: BLOCK, prior: {} }, lastFence: 5 },
    ]);
    await runErrand({ verb: 'release', task: task(BLOCK), fence: 6, way: 'exact', who: 'bot' }, needs);
    expect(begunMeasures(lines())).toEqual([]);
    expect([...everBegun(lines())]).toEqual(['gateway/7']);
  });

  const engageTask = (errand: unknown) => runErrand({ verb: 'engage', task: errand, fence: 5, who: 'bot' }, needs);

  it('knows its own plan again, though the line has put its names in another order', async () => {
    const reply = await runErrand({ verb: 'plan', order: BLOCK, tag: 'tq7' }, needs);
    const { plan } = reply as Extract<ErrandReply, { readonly kind: 'planned' }>;
    device.state = 'as it is now';
    const { prior, seal } = plan;
    const order = Object.fromEntries(Object.entries(BLOCK).toReversed());
    expect(await engageTask({ seal, prior, order, tag: 'tq7' })).toEqual({ kind: 'done' });
  });

  it.each([
    ['a prior state that it did not plan', { ...task(BLOCK), prior: { path: '/etc/shadow' } }],
    ['a plan of another measure', { ...task(BLOCK), tag: 'tq8' }],
    ['a plan for another order', { ...task(BLOCK), order: { ...BLOCK, who: 'all-but-mail-servers' } }],
    ['the seal of another host', { ...task(BLOCK), seal: makePlanSeal(Buffer.alloc(32, 8)).of(task(BLOCK)) }],
    ['no seal at all', { tag: 'tq7', order: BLOCK, prior: {} }],
    ['half a seal', { ...task(BLOCK), seal: task(BLOCK).seal.slice(0, 20) }],
  ])('goes by nothing in strange hands: %s', async (_what, strange) => {
    const asked = [
      { verb: 'engage', task: strange, fence: 5, who: 'bot' },
      { verb: 'renew', task: strange, fence: 5, who: 'bot' },
      { verb: 'release', task: strange, fence: 6, way: 'exact', who: 'bot' },
      { verb: 'observe', task: strange },
      { verb: 'verify', task: strange },
      { verb: 'look', look: 'attempts', task: strange },
    ];
    for (const question of asked)
      expect(await runErrand(question, needs)).toMatchObject({
        kind: 'refused',
        why: expect.stringMatching(/not planned by this agent.*tq rescue/),
      });
    expect([device.effects, audit]).toEqual([[], []]);
  });

  it('carries out what it would plan the same now, though its key was lost', async () => {
    const planned = { tag: 'tq7', order: BLOCK, prior: { state: 'as it was' } };
    expect(await engageTask(planned)).toEqual({ kind: 'done' });
  });

  it('makes no lease longer than it permits by renewing it', async () => {
    await engage({ kind: 'unplug', firewall: 'gateway', leaseMinutes: 30 });
    const renew = (leaseMinutes: number) =>
      runErrand(
        {
          verb: 'renew',
          task: task({ kind: 'unplug', firewall: 'gateway', leaseMinutes }),
          fence: 6,
          who: 'bot',
        },
        needs,
      );
    expect(await renew(100)).toMatchObject({ kind: 'refused', why: expect.stringMatching(/30 min at most/) });
    expect(audit.map((entry) => entry.what)).toEqual(['engage unplug']);
    expect(await renew(30)).toEqual({ kind: 'done' });
  });

  it('takes back also what its limits no longer permit', async () => {
    await engage(BLOCK);
    const strict = { ...needs, limits: { ...needs.limits, measures: [] } };
    const back = await runErrand({ verb: 'release', task: task(BLOCK), fence: 6, way: 'exact', who: 'bot' }, strict);
    expect(back).toMatchObject({ kind: 'released' });
  });

  it('says fenced to a hand that is too late, and unknown where it does not know', async () => {
    await engage(BLOCK, 9);
    expect(await engage(BLOCK, 5)).toEqual({ kind: 'fenced' });
    device.fate.push('reply-lost');
    expect(await engage(BLOCK, 10)).toMatchObject({ kind: 'unknown' });
  });

  it('is not believed where its answer has no form', () => {
    expect(() => readReply('fine')).toThrow(/does not know/);
    expect(readReply({ kind: 'done' })).toEqual({ kind: 'done' });
  });
});
