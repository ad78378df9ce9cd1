/** What free words mean: the first rule that fits wins. Each line is a command that only looks. */

export interface PhraseRule {
  readonly pattern: RegExp;
  /** A command; `SUBJECTS` stands for the addresses and domains that were named. */
  readonly line: string;
}

/** Questions that hold a word about changing something, and still only ask. */
export const ASKING: readonly PhraseRule[] = [
  { pattern: /^(?:who|who's|which|what|whose|show|is anybody)\b.*\bport 25\b/, line: 'hunt' },
  {
    pattern: /^(?:did|have|has) (?:we|i|you|anybody|somebody)\b.*\b(?:freeze|block|unplug|undo|change)/,
    line: 'ledger',
  },
  {
    pattern:
      /\bdelist\w*|\b(?:off|from) (?:the |that |this |all |any )?(?:(?:black|block)(?:list)?s?|lists?|spamhaus|rbls?)\b/,
    line: 'check SUBJECTS',
  },
];

export const LOOKING: readonly PhraseRule[] = [
  {
    pattern:
      /^(?:help|hilfe|aide)\b|^(?:hello|hi|hey|hallo|servus|moin|bonjour|salut)[ !.,]*$|\bwhat can (?:you|i|we)\b(?!.* do (?:now|next|about))|\bhow do (?:i|we)\b/,
    line: 'help',
  },
  {
    pattern:
      /^(?:so |and |ok |okay )*(?:now what|what now|what next|what's next|where are we|where do we stand)\b|\bwhat (?:do|should|shall|must|can) (?:i|we) do\b|\bnext step\b/,
    line: 'next',
  },
  {
    pattern: /\b(?:is|has|did|does)\b.*\b(?:leak\w*|stop(?:ped)?|still (?:sending|leaking))\b|\bis (?:it|this) over\b/,
    line: 'leak',
  },
  {
    pattern:
      /\bin force\b|\bwhat (?:did|have) we (?:do|done|change|changed)\b|\b(?:list|show|which|what)\b.*\b(?:measures?|ledger)\b|\bwhat(?:'s| is) (?:still )?(?:blocked|frozen|unplugged|quarantined)\b|\bis\b.*\b(?:frozen|unplugged|quarantined)\b/,
    line: 'ledger',
  },
  { pattern: /\b(?:show|send|give|get|write|need|want)\b.*\breport\b/, line: 'report' },
  {
    pattern: /\b(?:any|which|what|list|show|how many|open)\b.*\bincidents?\b|^who has (?:it|this|the incident)\b/,
    line: 'incidents',
  },
  {
    pattern:
      /\bon[ -]?(?:call|duty)\b|\bwho has duty\b|\bwhat (?:has )?changed\b|\bwhat happened (?:over ?night|last night|since|while)\b/,
    line: 'handover',
  },
  {
    pattern:
      /\b(?:blacklist\w*|blocklist\w*|listed|dnsbls?|rbls?|spamhaus)\b|\bon (?:any|a|some) (?:black|block)?lists?\b/,
    line: 'check SUBJECTS',
  },
  {
    pattern: /\b(?:find|which|what|who|whose|hunt)\b.*\b(?:machine|computer|workstation|pc|device|laptop)\b/,
    line: 'hunt',
  },
];

/** After what is known of queues. */
export const WONDERING: readonly PhraseRule[] = [
  {
    pattern:
      /\bwhat(?:'s| is| has)? (?:going on|happened|happening|wrong|up|broken)\b|\b(?:are|were|have) we (?:been )?(?:hacked|attacked|compromised|broken into|under attack)\b|\b(?:diagnose|diagnosis|verdict|why)\b/,
    line: 'triage',
  },
  {
    pattern:
      /\bwhich account\b|\b(?:account|password|login|mailbox)\b.*\b(?:hacked|stolen|compromised|broken|cracked|guessed|leaked|abused)\b|\bopen relay\b/,
    line: 'triage',
  },
  {
    pattern:
      /\bbounc\w*|\bndrs?\b|\breject\w*|\brefus\w*|\bundeliver\w*|\bmails?\b.*\b(?:doesn't|don't|does not|do not|isn't|aren't|won't|can't|cannot|not|no longer|nothing)\b|\b(?:nothing|no mails?)\b.*\b(?:goes|gets|comes|leaves|arrives)\b|\bends? up in (?:the )?(?:spam|junk)\b|\bmail is (?:down|broken|dead)\b/,
    line: 'triage',
  },
  {
    pattern: /\bhow are you\b|\bare you (?:there|ok|okay|alive|up|well)\b|\b(?:ping|hello|hi|good morning)\b/,
    line: 'status',
  },
];
