/**
 * Everything that is known when a verdict is sought.
 *
 * A field that is left out is a look that was not taken, never a "no". The form is tourniquet.evidence/1 with the
 * blocklists' (tourniquet.check/1) and the queue's (tourniquet.queue/1) answers beside it.
 */
import type { Snapshot } from '../queues/snapshot.ts';

export interface ListingEvidence {
  readonly subject: string;
  readonly state: 'listed' | 'clear' | 'unknown';
  readonly warning?: boolean;
  readonly lists: readonly {
    readonly zone: string;
    readonly state: 'listed' | 'clear' | 'unknown' | 'not-covered';
    readonly nature?: 'abuse' | 'policy' | 'informational';
    readonly causes?: readonly string[];
    readonly why?: string;
  }[];
}

/** Of a queue's snapshot, what the diagnosis looks at; the rest may be left out. */
export type QueueEvidence = Pick<Snapshot, 'messages'> & Partial<Snapshot>;

export interface LoginEvidence {
  readonly account: string;
  readonly messages: number;
  readonly recipientDomains?: number;
  readonly addresses?: readonly string[];
  readonly usualPerHour?: number;
  readonly failuresBefore?: number;
}

export interface LocalSenderEvidence {
  readonly uid: string;
  readonly messages: number;
  readonly recipientDomains?: number;
  readonly usualPerHour?: number;
}

/** A machine inside that hands mail to the server without a login (its network is trusted). */
export interface InsideClientEvidence {
  readonly address: string;
  readonly messages: number;
  readonly recipientDomains?: number;
  readonly usualPerHour?: number;
}

export interface BlockedAttempts {
  readonly watchedSeconds: number;
  readonly outboundFrozen?: boolean;
  /** The mail servers are let through, and what they try isn't counted: their silence says nothing. */
  readonly serversLetThrough?: boolean;
  readonly sources: readonly {
    readonly address: string;
    readonly attempts: number;
    readonly destinations?: number;
    readonly mailServer?: boolean;
  }[];
}

export interface Evidence {
  readonly listings?: readonly ListingEvidence[];
  readonly queue?: QueueEvidence;
  readonly site?: { readonly sharedAddress?: boolean; readonly smartHost?: boolean };
  readonly logins?: readonly LoginEvidence[];
  readonly localSenders?: readonly LocalSenderEvidence[];
  readonly insideClients?: readonly InsideClientEvidence[];
  readonly unknownRecipientsPerMinute?: number;
  readonly bouncesPerMinute?: number;
  readonly relayedForStrangers?: number;
  readonly openRelayTest?: 'accepted' | 'refused';
  readonly smartHost?: { readonly configured?: boolean; readonly answer?: string };
  readonly changes?: readonly { readonly what: string; readonly ageHours: number }[];
  readonly certificates?: readonly { readonly name: string; readonly daysLeft: number }[];
  readonly resolver?: 'ok' | 'failing';
  readonly diskFreePercent?: number;
  readonly blockedAttempts?: BlockedAttempts;
  /** Outbound mail is held by a freeze: what waits and why says nothing about the cause any more. */
  readonly outboundFrozen?: boolean;
  readonly dns?: DnsEvidence;
  /** How far the server's clock is off, seconds; positive: it is ahead. */
  readonly clockSkewSeconds?: number;
}

/** The records of the site; a field that is left out was not looked up, or could not be. */
export interface DnsEvidence {
  /** Per public address: its reverse name leads back to it, leads elsewhere, or isn't there. */
  readonly reverse?: readonly { readonly address: string; readonly state: 'ok' | 'missing' | 'mismatch' }[];
  /** The name by which the server greets leads to one of the site's addresses. */
  readonly helo?: { readonly name: string; readonly state: 'ok' | 'missing' | 'mismatch' };
  readonly domains?: readonly {
    readonly domain: string;
    readonly mx?: 'ok' | 'missing';
    readonly spf?: 'ok' | 'missing' | 'several' | 'too-many-lookups' | 'lacks-address';
    readonly dmarc?: 'ok' | 'missing';
    /** Of the site's own selectors (RFC 6376): a key, one that was taken back (`p=` empty), or none. */
    readonly dkim?: 'ok' | 'revoked' | 'missing';
  }[];
}
