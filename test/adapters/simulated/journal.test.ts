import { describe } from 'vitest';
import { makeFences, makeHolds, makeJournal } from '../../../adapters/simulated/journal.ts';
import { keepsTheJournalContract } from '../../contracts/journal.ts';

describe('the journal of a drill', () => {
  keepsTheJournalContract(async () => ({ journal: makeJournal(), holds: makeHolds(), fences: makeFences }));
});
