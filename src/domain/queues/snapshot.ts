/** What is in a queue, in the form of the contract (tourniquet.queue/1). */
export type Mta = 'postfix' | 'exim' | 'exchange' | 'opensmtpd' | 'sendmail';

export interface Snapshot {
  readonly server: string;
  readonly mta: Mta;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly messages: number;
  readonly recipients: number;
  readonly bytes: number;
  readonly malformed: number;
  readonly duplicates: number;
  /** Counts are approximate: the queue moved while it was read, or more names were seen than are kept. */
  readonly about: boolean;
  readonly byQueue: Readonly<Record<string, number>>;
  readonly oldestSeconds: number;
  readonly ages: readonly { readonly upToMinutes: number | null; readonly messages: number }[];
  readonly nullSender: { readonly messages: number; readonly recipientDomains: number };
  readonly topSenders: readonly { readonly sender: string; readonly messages: number }[];
  readonly topSenderDomains: readonly { readonly domain: string; readonly messages: number }[];
  readonly topRecipientDomains: readonly { readonly domain: string; readonly recipients: number }[];
  readonly topReasons: readonly { readonly reason: string; readonly recipients: number }[];
  /** The oldest first. */
  readonly oldest: readonly OldMessage[];
}

export type OldMessage = {
  readonly id: string;
  readonly queue: string;
  readonly ageSeconds: number;
  readonly sender: string;
  readonly recipients: number;
  readonly reason?: string;
};

/** Upper bounds of the age classes, in minutes (those of qshape(1)); the last class is open. */
export const AGE_CLASSES: readonly (number | null)[] = [5, 10, 20, 40, 80, 160, 320, 640, 1280, null];
