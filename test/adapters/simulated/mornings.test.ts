import { describe } from 'vitest';
import { makeMornings } from '../../../adapters/simulated/mornings.ts';
import { keepsTheMorningsContract } from '../../contracts/mornings.ts';

describe('the mornings of a drill', () => {
  keepsTheMorningsContract(async () => makeMornings(() => 1_800_000_000_000));
});
