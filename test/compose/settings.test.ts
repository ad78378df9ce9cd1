import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { PROJECT_ROOT, readSettings } from '../../src/compose/settings.ts';

afterEach(() => vi.unstubAllEnvs());

it('takes a variable that is set to nothing as not set, as compose files and templates leave them', () => {
  const home = mkdtempSync(join(tmpdir(), 'tourniquet-settings-'));
  vi.stubEnv('XDG_STATE_HOME', home);
  for (const name of ['TOURNIQUET_CONFIG', 'TOURNIQUET_DATA', 'REDIS_URL', 'PORT', 'TOURNIQUET_OPERATIONS_PORT'])
    vi.stubEnv(name, '');
  const settings = readSettings(undefined);
  expect(settings.dataFolder).toBe(join(home, 'tourniquet'));
  expect(settings.redisUrl).toBeUndefined();
  expect(settings.env).not.toHaveProperty('PORT');
  expect(process.env).not.toHaveProperty('TOURNIQUET_OPERATIONS_PORT');
});

it('starts by the variables of docker-compose.yml as they are where nobody has set any', () => {
  const compose: { services: { tourniquet: { environment: Record<string, string> } } } = parse(
    readFileSync(join(PROJECT_ROOT, 'docker-compose.yml'), 'utf8'),
  );
  for (const [name, value] of Object.entries(compose.services.tourniquet.environment))
    vi.stubEnv(name, value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'));
  expect(readSettings(undefined).redisUrl).toBe('redis://redis:6379');
});
