/** Activities as Teams sends them, from one made-up person of one made-up tenant. */
export const TENANT = '11111111-1111-4111-8111-111111111111';
export const APP = '22222222-2222-4222-8222-222222222222';
export const ANA = { id: '29:ana', name: 'Ana', aadObjectId: '33333333-3333-4333-8333-333333333333' } as const;
export const BEN = { id: '29:ben', name: 'Ben', aadObjectId: '44444444-4444-4444-8444-444444444444' } as const;
export const BOT = { id: `28:${APP}`, name: 'Tourniquet' } as const;
export const PRIVATE = 'a:private-chat';
export const GROUP = '19:crisis@thread.v2';
export const CHANNEL = '19:mailops@thread.tacv2';

let count = 0;

export type ActivityJson = Record<string, unknown>;

export function privateWords(serviceUrl: string, text: string, more: ActivityJson = {}): ActivityJson {
  count += 1;
  return {
    type: 'message',
    id: `1${String(count).padStart(12, '0')}`,
    timestamp: '2026-11-24T07:30:00.000Z',
    channelId: 'msteams',
    serviceUrl,
    from: ANA,
    recipient: BOT,
    conversation: { id: PRIVATE, conversationType: 'personal', tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
    textFormat: 'plain',
    text,
    ...more,
  };
}

/** Said to the bot in a channel: Teams puts the mention into the text and names it in the entities. */
export function channelWords(serviceUrl: string, words: string, root: string): ActivityJson {
  return privateWords(serviceUrl, `<at>Tourniquet</at> ${words}`, {
    conversation: {
      id: `${CHANNEL};messageid=${root}`,
      conversationType: 'channel',
      isGroup: true,
      tenantId: TENANT,
    },
    channelData: { tenant: { id: TENANT }, team: { id: '19:team@thread.tacv2' }, channel: { id: CHANNEL } },
    entities: [{ type: 'mention', text: '<at>Tourniquet</at>', mentioned: BOT }],
  });
}

/** Said to the bot in a group chat: no team, no channel, no threads. */
export function groupWords(serviceUrl: string, words: string, more: ActivityJson = {}): ActivityJson {
  return privateWords(serviceUrl, `<at>Tourniquet</at> ${words}`, {
    conversation: { id: GROUP, conversationType: 'groupChat', isGroup: true, tenantId: TENANT },
    entities: [{ type: 'mention', text: '<at>Tourniquet</at>', mentioned: BOT }],
    ...more,
  });
}

export function press(serviceUrl: string, data: unknown, more: ActivityJson = {}): ActivityJson {
  const { text: _text, ...activity } = privateWords(serviceUrl, '');
  return {
    ...activity,
    type: 'invoke',
    name: 'adaptiveCard/action',
    value: { action: { type: 'Action.Execute', verb: 'tourniquet.say', data }, trigger: 'manual' },
    ...more,
  };
}

export function claimsFor(serviceUrl: string, more: ActivityJson = {}): ActivityJson {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: 'https://api.botframework.com',
    aud: APP,
    serviceurl: serviceUrl,
    nbf: now - 60,
    exp: now + 3600,
    ...more,
  };
}
