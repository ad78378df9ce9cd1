/**
 * From a conversation of the house to an address of Teams.
 *
 * A conversation that somebody spoke in carries its reference. One that the house names itself is a channel or chat id of
 * the configuration (`19:…`), or `person:TENANT/OBJECT`, with whom a private chat is begun.
 */
import { DeliveryNever } from '../../../src/ports/conversation.ts';
import type { Conversation } from '../../../src/ports/conversation.ts';
import type { Door } from './admission.ts';
import type { Connector } from './connector.ts';
import { addressOf, readReference } from './reference.ts';
import type { Reference } from './reference.ts';

export interface Place {
  readonly serviceUrl: string;
  readonly address: string;
  readonly channelId: string;
  readonly kind: Reference['place'];
  readonly bot: Reference['bot'] | undefined;
}

export interface PlaceNeeds {
  readonly door: Door;
  readonly connector: Connector;
  /** The service address that was last spoken from, or where Teams is reached worldwide. */
  readonly serviceUrl: () => string | undefined;
  /** Private chats that were begun by us. */
  readonly chats: Map<string, string>;
}

export const WORLDWIDE = 'https://smba.trafficmanager.net/teams/';

/** Throws DeliveryNever where there is no such place, ConnectorFault where it can't be had now. */
export async function placeFor(conversation: Conversation, needs: PlaceNeeds): Promise<Place> {
  const reference = readReference(conversation);
  if (reference) {
    const { serviceUrl, channelId, place, bot } = reference;
    return { serviceUrl, address: addressOf(reference), channelId, kind: place, bot };
  }
  const serviceUrl = needs.serviceUrl();
  if (serviceUrl === undefined)
    throw new DeliveryNever('No local emulator has spoken yet, so nobody can be spoken to. Say something there first.');
  const bot = needs.door.kind === 'teams' ? { id: `28:${needs.door.appId}` } : { id: 'tourniquet', name: 'Tourniquet' };
  const common = { serviceUrl, channelId: 'msteams', bot };
  const person = /^person:([^/]+)\/(.+)$/.exec(conversation.id);
  if (!person)
    return { ...common, address: conversation.id, kind: /@thread/.test(conversation.id) ? 'channel' : 'group' };
  const [, tenant = '', object = ''] = person;
  const known = needs.chats.get(conversation.id);
  const address = known ?? (await begin(needs.connector, serviceUrl, bot, tenant, object));
  needs.chats.set(conversation.id, address);
  return { ...common, address, kind: 'personal' };
}

async function begin(
  connector: Connector,
  serviceUrl: string,
  bot: object,
  tenant: string,
  object: string,
): Promise<string> {
  const parameters = {
    bot,
    isGroup: false,
    members: [{ id: object }],
    tenantId: tenant,
    channelData: { tenant: { id: tenant } },
  };
  return (await connector.create(serviceUrl, parameters)).id;
}
