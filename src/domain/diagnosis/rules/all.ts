/** The rules of the playbook by their names; docs/triage.md says what each is for, and each has a test by its name. */
import type { Rule } from '../rule.ts';
import {
  attempts,
  insideClient,
  listedButClear,
  localProgram,
  notListed,
  queuesAreFull,
  refusedForTheListing,
} from './machine.ts';
import { brokenParts, nothingWrong, onlyPolicyLists, oneReason, smartHostSaysNo } from './no-attack.ts';
import { heldByFreeze, wrongClock, wrongRecords } from './setup.ts';
import { bounces, fullAndListed, queuesAreClear, relaysForAnybody, stolenLogin } from './through.ts';

export const RULES = {
  'listed though the queues are clear': listedButClear,
  'full queues acquit a workstation': queuesAreFull,
  'refused for the listing': refusedForTheListing,
  'not listed': notListed,
  'attempts at port 25': attempts,
  'a program on the server sends': localProgram,
  'a machine inside sends through the server': insideClient,
  'a stolen login': stolenLogin,
  'full and listed': fullAndListed,
  'bounces to forged senders': bounces,
  'the server relays for anybody': relaysForAnybody,
  'clear queues acquit what goes through the server': queuesAreClear,
  'only policy lists': onlyPolicyLists,
  'the smart host says no': smartHostSaysNo,
  'one reason for everything': oneReason,
  'broken parts': brokenParts,
  'nothing wrong that can be seen': nothingWrong,
  'wrong records': wrongRecords,
  'a wrong clock': wrongClock,
  'held by a freeze': heldByFreeze,
} as const satisfies Readonly<Record<string, Rule>>;
