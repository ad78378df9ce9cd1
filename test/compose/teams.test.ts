import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changes } from '../../src/messages/spent.ts';
import { describeLab } from '../lab/packages.ts';
import { freePort, quickest, until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { startService } from '../support/service.ts';
import type { Service } from '../support/service.ts';
import { buttonsOf } from '../support/teams/cards.ts';
import { ANA, CHANNEL, PRIVATE, TENANT, channelWords, press, privateWords } from '../support/teams/people.ts';
import type { ActivityJson } from '../support/teams/people.ts';
import { startPlatform } from '../support/teams/platform.ts';
import type { Platform } from '../support/teams/platform.ts';

function dataOf(value: unknown, title: string): unknown {
  return buttonsOf(value).find((each) => each.title === title)?.data;
}

function commandOf(data: unknown): string {
  return (data as { readonly tq: { readonly command: string } }).tq.command;
}

/** A morning at 120 times the speed says more than 60 things in half a minute; then Teams' own pace holds the next for that long. */
const PACED_MS = 45_000;

describeLab('npm start with TEAMS_LOCAL=1', { sets: ['redis'] }, () => {
  let bot: Bot;
  let platform: Platform;
  let service: Service;
  beforeAll(async () => {
    bot = makeBot();
    platform = await startPlatform({ tokens: false });
    platform.conversations.add(PRIVATE);
    platform.conversations.add(CHANNEL);
    platform.messages.push({ conversation: CHANNEL, id: '1690000000000', activity: {}, edits: 0 });
    const person = `{ name: ana, role: responder, teams: ${TENANT}/${ANA.aadObjectId.toUpperCase()} }`;
    service = await startService(bot, { config: `people:\n  - ${person}\n`, env: { TEAMS_LOCAL: '1' } });
  });
  afterAll(async () => {
    await service.stop();
    await platform.close();
    await bot.clean();
  });

  const post = async (activity: ActivityJson): Promise<{ status: number; body: unknown; ms: number }> => {
    const began = performance.now();
    const response = await fetch(`${service.address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), ms: performance.now() - began };
  };
  const showing = (words: string): Platform['messages'] =>
    platform.messages.filter((each) => JSON.stringify(each.activity).includes(words));

  it('says loudly that there is no authentication', () => {
    expect(service.log()).toContain('ANYBODY ON THIS MACHINE');
  });

  it('answers a word in private with a card', async () => {
    expect((await post(privateWords(platform.url, 'status'))).status).toBe(200);
    await until(() => showing('Tourniquet runs').length === 1, 10_000, 'the status card');
    const [shown] = showing('Tourniquet runs');
    expect(shown?.conversation).toBe(PRIVATE);
    expect(shown?.activity).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { version: '1.5' } }],
    });
  });

  it('answers a mention in a channel in its thread', async () => {
    await post(channelWords(platform.url, 'help status', '1690000000000'));
    await until(() => showing('only looks').length === 1, 10_000, 'the help card');
    expect(showing('only looks')[0]?.conversation).toBe(`${CHANNEL};messageid=1690000000000`);
  });

  it('answers what it does not know at once, with buttons; a press shows "working" within 2 s, and the card is edited', async () => {
    await post(privateWords(platform.url, 'statsu'));
    const [card] = showing('did you mean');
    const data = dataOf(card?.activity, 'status');
    expect(data).toBeDefined();
    const pressed = await post(press(platform.url, data, { replyToId: card?.id }));
    expect(pressed).toMatchObject({
      status: 200,
      body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: { type: 'AdaptiveCard' } },
    });
    expect(JSON.stringify(pressed.body)).toContain('working');
    expect(dataOf(pressed.body, 'status')).toBeUndefined();
    await until(() => (card?.edits ?? 0) > 0, 10_000, 'the pressed card to be edited');
    expect(JSON.stringify(card?.activity)).toContain('Tourniquet runs');
    expect(dataOf(card?.activity, 'status')).toBeDefined();
    const again = async (): Promise<number> => (await post(press(platform.url, data, { replyToId: card?.id }))).ms;
    expect(pressed.ms < 2000 || (await quickest(2000, again)) < 2000, 'it takes too long').toBe(true);
  });

  it('carries a redelivered activity once', async () => {
    const activity = privateWords(platform.url, 'windows 10.0.20348');
    await Promise.all([post(activity), post(activity), post(activity)]);
    await until(() => showing('20348').length > 0, 10_000, 'the answer');
    await post(activity);
    await post(privateWords(platform.url, 'help windows'));
    await until(() => showing('help windows').length + showing('windows VER').length > 0, 10_000, 'the next answer');
    expect(showing('20348').filter((each) => JSON.stringify(each.activity).includes('Windows'))).toHaveLength(1);
  });

  it('plays a whole bad morning, from the first look to a closed incident, by buttons alone', async () => {
    const earlier = platform.messages.length;
    await post(privateWords(platform.url, 'drill start infected-workstation --seed 1 --speed 120'));
    /** Command -> how many messages there were when it was pressed. */
    const pressed = new Map<string, number>();
    const shown = (): Platform['messages'] => platform.messages.slice(earlier);
    const closed = (): boolean => shown().some((each) => String(each.activity['summary']).endsWith('closed'));
    const offered = (): ReturnType<typeof buttonsOf> =>
      shown()
        .flatMap((each, at) => buttonsOf(each.activity).map((button) => ({ ...button, at })))
        .toReversed()
        .filter(({ style, title, data, at }) => {
          const before = pressed.get(commandOf(data));
          return style !== undefined && (before === undefined || (title === 'Look again' && at >= before));
        });
    while (!closed()) {
      await until(() => closed() || offered().length > 0, PACED_MS, 'a button to press');
      const [next] = offered();
      if (!next) continue;
      pressed.set(commandOf(next.data), shown().length);
      expect(await post(press(platform.url, next.data))).toMatchObject({ status: 200, body: { statusCode: 200 } });
      const { length } = platform.messages;
      await until(() => platform.messages.length > length || closed(), PACED_MS, `an answer to ${next.title}`);
    }
    expect(pressed.size).toBeGreaterThan(6);
    await until(
      () => shown().some((each) => /Nothing of it is in force/.test(String(each.activity['summary']))),
      PACED_MS,
      'the last word',
    );
    for (const each of shown()) expect(String(each.activity['summary'])).toMatch(/^DRILL/);
    const left = (): readonly string[] =>
      shown()
        .flatMap((each) => buttonsOf(each.activity).map(({ data }) => commandOf(data)))
        .filter((command) => changes(command) && command !== 'drill stop');
    await until(() => left().length === 0, PACED_MS, 'nothing that would change anything to be left to press');
    await post(privateWords(platform.url, 'drill stop'));
    await until(() => showing('The drill is over').length > 0, PACED_MS, 'the score');
  }, 240_000);

  it('knows people by tenant and object id, whatever the case', async () => {
    await post(privateWords(platform.url, 'help'));
    await until(() => showing('commands').length > 0, 10_000, 'the list');
    expect(service.log()).toContain(`"actor":"${TENANT}/${ANA.aadObjectId}"`);
  });
});

describe('npm start without what Teams needs', () => {
  let bot: Bot;
  beforeEach(() => {
    bot = makeBot();
  });
  afterEach(() => bot.clean());

  it.each([
    [{ MicrosoftAppPassword: 'secret' }, 'MicrosoftAppId and MicrosoftAppTenantId are not set'],
    [{ MicrosoftAppId: TENANT }, 'MicrosoftAppPassword and MicrosoftAppTenantId are not set'],
    [{ MicrosoftAppId: TENANT, MicrosoftAppTenantId: TENANT }, 'MicrosoftAppPassword is not set'],
    [{ TEAMS_LOCAL: '1', MicrosoftAppId: TENANT, MicrosoftAppTenantId: TENANT }, 'MicrosoftAppPassword is not set'],
    [
      { MicrosoftAppId: TENANT, MicrosoftAppTenantId: TENANT, MicrosoftAppCertificateThumbprint: 'AB' },
      'MicrosoftAppCertificateKeyFile is not set',
    ],
  ])('goes on without Teams with %j, and says in one line what to set', async (env, why) => {
    const words = ['--role', 'gateway'];
    const service = await startService(bot, { env, words, ready: `Teams is not started: ${why} (docs/teams.md` });
    await until(() => service.log().includes('"msg":"started"'), 15_000, 'the rest to start');
    expect(service.isRunning()).toBe(true);
    await service.stop();
  });

  it.each([
    [{ TEAMS_LOCAL: '1', HOST: '0.0.0.0' }, 'served on loopback only'],
    [{ MicrosoftAppId: 'abc', MicrosoftAppTenantId: TENANT, MicrosoftAppPassword: 'x' }, 'is not an app id'],
  ])('refuses to start with %j, which is wrong, and says what to set', async (env, why) => {
    const ports = { PORT: String(await freePort()), TOURNIQUET_OPERATIONS_PORT: String(await freePort()) };
    const said = await bot.run(['start', '--role', 'gateway'], { env: { ...ports, ...env } });
    expect(said).toMatchObject({ status: 3, err: expect.stringContaining(why) });
  });
});
