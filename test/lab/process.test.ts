import { expect, it } from 'vitest';
import { freePort } from './process.ts';

it('gives no two who ask at once the same port', async () => {
  const ports = await Promise.all(Array.from({ length: 8 }, () => freePort()));
  expect(new Set(ports).size).toBe(8);
});
