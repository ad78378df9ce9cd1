/** Which messages of a listing a selection names; who handed them in stands in the envelope, not in the listing. */
import type { QueueSelection } from '../measures/order.ts';
import { domainOfAddress } from '../address/mailbox.ts';
import type { Envelope } from './envelope.ts';
import type { QueuedMessage } from './message.ts';

/** All that the listing can tell; `account` is left to `isFromAccount`. An empty selection names nothing. */
export function isSelected(message: QueuedMessage, selection: QueueSelection): boolean {
  const { sender, recipientDomain, account } = selection;
  if (sender === undefined && recipientDomain === undefined && account === undefined) return false;
  if (sender !== undefined && message.sender.toLowerCase() !== sender.toLowerCase()) return false;
  if (recipientDomain === undefined) return true;
  return message.recipients.some(({ address }) => domainOfAddress(address) === recipientDomain.toLowerCase());
}

export function isFromAccount(envelope: Envelope, account: string): boolean {
  return envelope.origin?.kind === 'login' && envelope.origin.account.toLowerCase() === account.toLowerCase();
}
