import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayAnswerTo, SERVICE_HOSTS } from '../../../adapters/chat/teams/admission.ts';
import { LIMITS } from '../../../adapters/chat/teams/limits.ts';
import { unsigned } from '../../support/teams/keys.ts';
import { APP, ANA, PRIVATE, TENANT, claimsFor, privateWords } from '../../support/teams/people.ts';
import { openTeamsStage } from '../../support/teams/stage.ts';
import type { TeamsStage } from '../../support/teams/stage.ts';

const OTHER = '99999999-9999-4999-8999-999999999999';

describe('who gets in', () => {
  let stage: TeamsStage;
  let url = '';
  beforeAll(async () => {
    stage = await openTeamsStage({ mode: 'teams' });
    url = stage.platform.url;
  });
  afterAll(() => stage.close());

  const status = async (activity: Record<string, unknown>, token?: string): Promise<number> => {
    const before = stage.heard.length;
    const { status: answered } = await stage.post(activity, token);
    expect(stage.heard.length - before).toBe(answered === 200 ? 1 : 0);
    return answered;
  };
  const signed = (more: Record<string, unknown>): string => stage.platform.keys.sign(claimsFor(url, more));
  const now = (): number => Math.floor(Date.now() / 1000);

  it('lets in a person of our tenant with a token of the Bot Framework for our app', async () => {
    expect(await status(privateWords(url, 'status'))).toBe(200);
    expect(stage.heard.at(-1)?.actor.id).toBe(`${TENANT}/${ANA.aadObjectId}`);
  });

  it.each([
    ['unsigned (algorithm none)', () => unsigned(claimsFor(url))],
    ['forged with another key', () => stage.platform.keys.forge(claimsFor(url))],
    ['expired', () => signed({ nbf: now() - 9000, exp: now() - 1800 })],
    ['not valid yet', () => signed({ nbf: now() + 1800, exp: now() + 9000 })],
    ['for another app', () => signed({ aud: OTHER })],
    ['of another issuer', () => signed({ iss: 'https://sts.windows.net/evil/' })],
    [
      'of Entra, for our own app',
      () => signed({ iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, ver: '2.0', azp: APP }),
    ],
    ['for another service address', () => signed({ serviceurl: 'https://smba.trafficmanager.net/amer/' })],
    ['without a service address', () => signed({ serviceurl: undefined })],
    ['cut short', () => signed({}).slice(0, -20)],
    ['no token at all', () => ''],
    ['not a token', () => 'hello'],
  ])('refuses a token that is %s', async (_what, token) => {
    expect(await status(privateWords(url, 'status'), token())).toBe(401);
  });

  it.each([
    ['of another tenant', { conversation: { id: PRIVATE, conversationType: 'personal', tenantId: OTHER } }],
    ['without a tenant', { conversation: { id: PRIVATE, conversationType: 'personal' } }],
    ['whose sender is of another tenant', { channelData: { tenant: { id: OTHER } } }],
    ['whose sender has no tenant', { channelData: {} }],
    ['without a directory id', { from: { id: '29:x', name: 'x' } }],
    ['with a directory id that is none', { from: { id: '29:x', aadObjectId: 'ceo' } }],
    ['of another channel', { channelId: 'webchat' }],
    ['of the channel whose tokens the SDK checks without an audience', { channelId: 'AseChannel' }],
    ['of the emulator', { channelId: 'emulator' }],
  ])('refuses an activity %s, though its token is right', async (_what, more) => {
    expect(await status(privateWords(url, 'status', more))).toBe(403);
  });

  it.each(['', undefined, 'https://evil.example/', 'http://smba.trafficmanager.net/teams/'])(
    'refuses the service address %j, though its token names it',
    async (serviceUrl) => {
      const activity = { ...privateWords(url, 'status'), serviceUrl };
      const token = stage.platform.keys.sign(claimsFor(serviceUrl ?? ''));
      expect(await status(activity, token)).toBe(403);
    },
  );

  it('refuses what is no activity, no JSON, or too large, and reads no further than its limit', async () => {
    expect(await status({ type: 'message' })).toBe(400);
    const big = { ...privateWords(url, 'x'.repeat(LIMITS.activityBytes)) };
    expect(await status(big)).toBe(413);
    const answered = await new Promise<number>((resolve, reject) => {
      const sent = request(stage.address, { method: 'GET' }, (response) => resolve(response.statusCode ?? 0));
      sent.once('error', reject);
      sent.end();
    });
    expect(answered).toBe(405);
  });

  it('says why in one line, and writes it down', async () => {
    const { body } = await stage.post(privateWords(url, 'status'), signed({ aud: OTHER }));
    expect(body).toEqual({ error: { code: 'Refused', message: 'its token is meant for another app' } });
    expect(stage.refused.at(-1)).toBe('its token is meant for another app');
  });
});

describe('guests', () => {
  let stage: TeamsStage;
  beforeAll(async () => {
    stage = await openTeamsStage({ mode: 'teams', named: (actor) => actor.endsWith('000000000006') });
    stage.platform.conversations.add(PRIVATE);
  });
  afterAll(() => stage.close());

  const says = async (object: string, member: Record<string, unknown> | undefined): Promise<string> => {
    const { platform } = stage;
    if (member) platform.members.set(`29:${object}`, member);
    const from = { id: `29:${object}`, name: object, aadObjectId: `00000000-0000-4000-8000-${object}` };
    const before = stage.heard.length;
    await stage.post(privateWords(platform.url, 'status', { from }));
    return stage.heard.length > before ? 'heard' : JSON.stringify(platform.messages.at(-1)?.activity);
  };

  it('lets members in, and asks the roster once only', async () => {
    expect(await says('000000000001', { userRole: 'user', tenantId: TENANT })).toBe('heard');
    const asked = stage.platform.requests.length;
    expect(await says('000000000001', undefined)).toBe('heard');
    expect(stage.platform.requests.length).toBe(asked);
  });

  it.each([
    ['000000000002', { userRole: 'guest', tenantId: TENANT }],
    ['000000000003', { userRole: 'user', tenantId: OTHER }],
    ['000000000004', { userPrincipalName: 'x_other.example#EXT#@ours.example', tenantId: TENANT }],
  ])('refuses %s, %j, with the way in', async (object, member) => {
    expect(await says(object, member)).toContain('chat.teams.guests');
  });

  it('lets in the guest whom tourniquet.yaml names, and asks no roster about them', async () => {
    const asked = stage.platform.requests.length;
    expect(await says('000000000006', { userRole: 'guest', tenantId: TENANT })).toBe('heard');
    expect(stage.platform.requests.length).toBe(asked);
  });

  it('does not take a roster that does not answer for a yes', async () => {
    expect(await says('000000000005', undefined)).toContain('could not say whether you are a guest');
  });
});

describe('local mode', () => {
  let stage: TeamsStage;
  let url = '';
  beforeAll(async () => {
    stage = await openTeamsStage({ mode: 'local' });
    url = stage.platform.url;
    stage.platform.conversations.add(PRIVATE);
  });
  afterAll(() => stage.close());

  it.each([{}, { channelId: 'emulator', from: { id: 'user-1', name: 'User' }, channelData: undefined }])(
    'serves emulators of this machine without a token: %j',
    async (more) => {
      const before = stage.heard.length;
      expect((await stage.post(privateWords(url, 'status', more))).status).toBe(200);
      expect(stage.heard.length).toBe(before + 1);
    },
  );

  it.each(['https://smba.trafficmanager.net/teams/', 'http://10.0.0.1/', 'http://127.0.0.1.evil.example/'])(
    'sends nothing to %s',
    async (serviceUrl) => {
      expect((await stage.post(privateWords(serviceUrl, 'status'))).status).toBe(403);
    },
  );

  it('is no way in for a web page of this machine’s browser', async () => {
    const activity = privateWords(url, 'status');
    expect((await stage.post(activity, '', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await stage.post(activity, '', { 'content-type': 'text/plain' })).status).toBe(403);
    const { port } = new URL(stage.address);
    const rebound = await new Promise<number>((resolve, reject) => {
      const headers = { host: `evil.example:${port}`, 'content-type': 'application/json' };
      const sent = request(stage.address, { method: 'POST', headers }, (response) => resolve(response.statusCode ?? 0));
      sent.once('error', reject);
      sent.end(JSON.stringify(activity));
    });
    expect(rebound).toBe(403);
  });
});

it.each([
  ['https://smba.trafficmanager.net/amer/', true],
  ['https://europe.directline.botframework.com/', true],
  ['https://smba.trafficmanager.net.evil.example/', false],
  ['https://evilbotframework.com/', false],
  ['https://user@smba.trafficmanager.net/', false],
  ['https://smba.trafficmanager.net:8443/', false],
  ['http://smba.trafficmanager.net/', false],
  ['javascript:alert(1)', false],
])('may answer to %s: %s', (address, may) => {
  expect(mayAnswerTo(address, { kind: 'teams', appId: APP, tenantId: TENANT, hosts: SERVICE_HOSTS })).toBe(may);
});
