/** Microsoft's own schema of the app manifest, as published, applied by zod (its `$ref`s put in place first). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const PUBLISHED = join(import.meta.dirname, '../../fixtures/teams/manifest-1.19.schema.json');

/** What is wrong with the manifest, each with its place; empty where nothing is. */
export function faultsOfManifest(manifest: unknown): readonly string[] {
  const read = published().safeParse(manifest);
  return read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

let schema: z.ZodType | undefined;

function published(): z.ZodType {
  const whole: unknown = JSON.parse(readFileSync(PUBLISHED, 'utf8'));
  schema ??= z.fromJSONSchema(inPlace(whole, whole) as Parameters<typeof z.fromJSONSchema>[0]);
  return schema;
}

function inPlace(part: unknown, whole: unknown): unknown {
  if (Array.isArray(part)) return part.map((each) => inPlace(each, whole));
  if (typeof part !== 'object' || part === null) return part;
  const fields = new Map(Object.entries(part));
  const ref: unknown = fields.get('$ref');
  if (typeof ref === 'string') return inPlace(pointed(ref, whole), whole);
  return Object.fromEntries([...fields].map(([name, value]) => [name, inPlace(value, whole)]));
}

function pointed(ref: string, whole: unknown): unknown {
  let at = whole;
  for (const name of ref.replace('#/', '').split('/')) {
    if (typeof at !== 'object' || at === null || !(name in at)) throw new Error(`The schema has no ${ref}.`);
    at = Object.entries(at).find(([each]) => each === name)?.[1];
  }
  return at;
}
