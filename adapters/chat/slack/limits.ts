/**
 * Slack's limits, each with its source; everything that is rendered, and the simulator of the tests, goes by this table.
 *
 * Sources: R = docs.slack.dev/reference/block-kit/… (the page of the block or element), T = the comments of @slack/types
 * 3.2.0, M = docs.slack.dev/reference/methods/…, G = docs.slack.dev/apis/web-api/rate-limits.
 */
export const LIMITS = {
  /** R blocks: 50 in a message, 100 in a modal or a Home tab. */
  blocksOfMessage: 50,
  blocksOfView: 100,
  /** M chat.postMessage: the text is best kept to 4,000 characters; it is cut at 40,000. */
  messageText: 4000,
  /** R section: text 3,000; 10 fields of 2,000. */
  sectionText: 3000,
  fields: 10,
  fieldText: 2000,
  /** R header: 150. */
  header: 150,
  /** R context: 10 elements. */
  contextElements: 10,
  /** R actions: 25 elements. */
  actionElements: 25,
  /** R any block or element. */
  blockId: 255,
  actionId: 255,
  /** R button: label 75, value 2,000. */
  buttonText: 75,
  buttonValue: 2000,
  /** R confirmation dialog. */
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** R select menu and option: 100 options; label 75; value 150; placeholder 150. */
  options: 100,
  optionText: 75,
  optionValue: 150,
  placeholder: 150,
  /** R data-table: 101 rows with the header, 20 columns, 10,000 characters in all its cells. */
  tableRows: 101,
  tableColumns: 20,
  tableCharacters: 10_000,
  /** One data table is shown natively per message, as other bots do; the others are written out. */
  tables: 1,
  /** R data-visualization: title and axis 50; 6 series; 20 categories of 20 characters; 2 charts per message. */
  chartTitle: 50,
  chartSeries: 6,
  chartPoints: 20,
  chartLabel: 20,
  charts: 2,
  /** Two clients' sources (java-slack-sdk #1624, slackblocks 2.7): 200, and promised for modals alone. */
  alert: 200,
  /** R container: title and subtitle 150; 10 blocks inside. */
  containerTitle: 150,
  containerBlocks: 10,
  /** R modal views: title, submit and close 24; private_metadata 3,000. */
  viewTitle: 24,
  viewMetadata: 3000,
  /** R plain-text input: initial value 3,000. */
  inputValue: 3000,
  /** R input: label 2,000. */
  inputLabel: 2000,
  /** M manifest: command 32, usage hint 1,000; name 35; 10 shortcuts. */
  manifestCommand: 32,
  manifestHint: 1000,
  /** G: about one message a second and channel. */
  postEveryMs: 1000,
  /** docs.slack.dev/interactivity: a trigger id is used once, within 3 s. */
  triggerMs: 3000,
} as const;
