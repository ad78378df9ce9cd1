/** Reading a card as a person does: its words, its buttons. */
export interface CardButton {
  readonly title: string;
  readonly data: unknown;
  readonly style: string | undefined;
}

/** Every button that acts, wherever it stands; what clients fall back to is left out. */
export function buttonsOf(value: unknown): readonly CardButton[] {
  if (Array.isArray(value)) return value.flatMap(buttonsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { fallback: _fallback, ...object } = value as Record<string, unknown>;
  const style = typeof object['style'] === 'string' ? object['style'] : undefined;
  const own =
    object['type'] === 'Action.Execute' ? [{ title: String(object['title']), data: object['data'], style }] : [];
  return [...own, ...Object.values(object).flatMap(buttonsOf)];
}
