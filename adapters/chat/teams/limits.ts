/**
 * What Teams lets through, in one table.
 *
 * Sources: [size] "Format your bot messages" of the Teams platform documentation (2025-03): 100 KB per message in UTF-16,
 * refused with 413 MessageSizeTooBig; older answers name 40 KB and 28 KB, so cards are held to 25 KB. [card] Teams shows
 * Adaptive Cards up to version 1.5. [rate] "Optimize your bot with rate limiting in Teams": per bot and thread; the
 * figures are called estimates there. [invoke] invokes must be answered in 10 to 15 s, in older clients in 5 s.
 * [manifest] schema of the app manifest 1.2x.
 */
export const LIMITS = {
  /** [size] Bytes of one card as JSON in UTF-16. */
  cardBytes: 25_600,
  /** [size] Bytes of one message as JSON in UTF-16; the simulator refuses more. */
  messageBytes: 102_400,
  /** [card] */
  cardVersion: '1.5',
  /** Ours: what a reader takes in at once; more is cut visibly. */
  tableRows: 15,
  tableColumns: 6,
  /** A phone breaks the words of more columns than these. */
  phoneColumns: 4,
  /** Characters that a phone has beside each other in a table. */
  phoneCharacters: 34,
  /** Letters of a word that its column makes room for: a hardware address has 17. */
  tableWord: 18,
  facts: 24,
  /** Letters of a word that a phone has room for in the quarter of its width where a fact's name stands. */
  factWord: 10,
  steps: 24,
  /** Where the rest is folded. */
  stepsAtOnce: 12,
  evidenceItems: 16,
  commands: 24,
  blastRadius: 10,
  /** A card's blocks; further ones are counted. */
  blocks: 40,
  /** Characters of one text. */
  text: 1500,
  cell: 160,
  /** Characters of the notification. */
  summary: 250,
  /** More buttons than this in one row fold into its menu (mode `secondary`). */
  primaryButtons: 2,
  buttonsPerRow: 6,
  /** Ours: letters of the two labels that stand beside each other on a phone's width. */
  rowLetters: 44,
  sparkPoints: 60,
  /** Ours: more people than this are named in the words alone. */
  mentions: 20,
  /** [rate] Messages of this bot in one thread: at most `most` in `ms`. */
  rates: [
    { most: 7, ms: 1000 },
    { most: 8, ms: 2000 },
    { most: 60, ms: 30_000 },
    { most: 1800, ms: 3_600_000 },
  ],
  /** Bytes of an activity that are read; a real one has 2 to 20 KB, one with a long mail quoted up to 100 KB. */
  activityBytes: 262_144,
  /** [invoke] Ours: a press is answered in this time, in milliseconds. */
  answerWithinMs: 2000,
  /** Bytes of a dropped file that are fetched. */
  droppedBytes: 50_000_000,
  /** Milliseconds for it: Teams sends again what isn't answered in 15 s. */
  droppedMs: 9000,
} as const;

/** UTF-16 bytes of a value as JSON, as Teams counts them. */
export function bytesOf(value: unknown): number {
  return JSON.stringify(value).length * 2;
}
