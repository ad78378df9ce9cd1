/** How a mail server is set up, as far as it bears on a verdict. Looking changes nothing. */
export interface SetupLook {
  /** Of the file system that holds the queue; the lower of octets and inodes, 0 to 100. */
  readonly diskFreePercent?: number;
  /** Files of its configuration that were changed in the last 48 hours, the newest first. */
  readonly changes: readonly { readonly what: string; readonly ageHours: number }[];
  /** Where all mail is handed to; empty: it is delivered directly. */
  readonly relayHost?: string;
  /** The name by which it greets. */
  readonly heloName?: string;
  /** Whom it relays for without a login, as it is configured: addresses, ranges, and what only the server can read. */
  readonly trusted?: readonly string[];
}

export interface MailSetups {
  /** Throws HostUnknown. Undefined: this server is not configured. */
  look(server: string, deadlineMs: number): Promise<SetupLook> | undefined;
}
