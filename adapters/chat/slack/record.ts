/** Payloads from Slack are read field by field; what isn't what it should be is as if it weren't there. */
export type Field = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Field {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Field) : {};
}

/** The text at a path of names, or undefined. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const name of path) at = fieldsOf(at)[name];
  return typeof at === 'string' && at !== '' ? at : undefined;
}

export function listAt(value: unknown, name: string): readonly unknown[] {
  const list = fieldsOf(value)[name];
  return Array.isArray(list) ? list : [];
}
