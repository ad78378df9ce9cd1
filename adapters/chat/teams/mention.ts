/** Real mentions: the text of the element and the entity must be the same, letter by letter, or Teams shows neither. */
import type { Element, MentionEntity } from './card.ts';

export interface Mentioned {
  /** The person's AAD object id, or the id Teams gave them (`29:…`). */
  readonly id: string;
  readonly name: string;
}

export function mentionsOf(people: readonly Mentioned[]): {
  readonly element: Element | undefined;
  readonly entities: readonly MentionEntity[];
} {
  const entities = people.map(({ id, name }): MentionEntity => {
    const shown = nameOf(name);
    return { type: 'mention', text: `<at>${shown}</at>`, mentioned: { id, name: shown } };
  });
  if (entities.length === 0) return { element: undefined, entities };
  const text = entities.map((entity) => entity.text).join(' ');
  return { element: { type: 'TextBlock', text, wrap: true }, entities };
}

/** Names come from the configuration or from Teams; nothing of them may close the tag. */
function nameOf(name: string): string {
  return name.replace(/[^\p{L}\p{N} .'-]/gu, '').slice(0, 60) || 'somebody';
}
