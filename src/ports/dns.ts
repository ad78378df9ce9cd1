/**
 * Questions to the domain name system.
 *
 * Guarantees of every adapter: an answer is credited only to its own question (id, name, type, owner; CNAME chains
 * followed); a question ends within its deadline; the reply names the resolver it came from.
 */
export type RecordType = 'A' | 'AAAA' | 'TXT' | 'MX' | 'PTR' | 'NS' | 'SOA';

export interface Question {
  /** Absolute, without the trailing dot; never completed by a search domain. */
  readonly name: string;
  readonly type: RecordType;
}

export type DnsReply = DnsAnswer | DnsFailure;

export interface DnsAnswer {
  readonly kind: 'answer';
  readonly rcode: 'NOERROR' | 'NXDOMAIN';
  /** Data of the asked type at the end of the CNAME chain, as text (TXT: its strings joined; MX: "10 mail.example"). */
  readonly data: readonly string[];
  /** Seconds that it may be kept: the lowest TTL, or the SOA minimum of a negative answer (RFC 2308). */
  readonly ttl: number;
  readonly resolver: string;
  readonly ms: number;
}

export type DnsFault = 'timeout' | 'servfail' | 'refused' | 'bad-query' | 'malformed' | 'network' | 'name-too-long';

export interface DnsFailure {
  readonly kind: 'failed';
  readonly why: DnsFault;
  readonly detail: string;
  readonly resolver: string;
  readonly ms: number;
}

export interface Resolver {
  /** HOST:PORT of those that are asked, in order. */
  readonly servers: readonly string[];
  /** Asks, `deadlineMs` at most (1 to 60,000). Never throws for what the network does. */
  ask(question: Question, deadlineMs: number): Promise<DnsReply>;
  /**
   * As `ask`, for a great many at once: `heard` is called once, after this has returned. A promise for each of 50,000
   * questions costs as much as asking them. Left out where nobody asks so many.
   */
  put?(this: void, question: Question, deadlineMs: number, heard: (reply: DnsReply) => void): void;
  close(): void;
}

/** One question to one resolver, its deadline already set. */
export type Ask = (name: string, type: RecordType) => Promise<DnsReply>;
