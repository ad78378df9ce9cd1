/**
 * Which drill something belongs to.
 *
 * Rules:
 * 1. A drill is named by the conversation it was begun in. All that is said in it has a key that carries this name, so
 *    that no message of a drill ever edits a real one, nor a real one a drill's.
 * 2. What is pressed on such a message, or said in the thread beneath it, belongs to that drill, wherever the platform
 *    puts threads; and once the drill is over, to nothing real.
 */
interface Where {
  readonly surface: string;
  readonly id: string;
  /** The key of the message of ours that the thread hangs beneath. */
  readonly beneath?: string;
}

/** The name of the drill that is begun here. */
export function placeOf({ surface, id }: Where): string {
  return `${surface}/${id}`;
}

export function keyInDrill(place: string, key: string): string {
  return `drill:${place}|${key}`;
}

/** What is said, under the drill's name. */
export function inDrill<T extends { readonly key: string; readonly as?: string }>(place: string, said: T): T {
  const { as } = said;
  return { ...said, key: keyInDrill(place, said.key), ...(as !== undefined && { as: keyInDrill(place, as) }) };
}

export interface DrillKey {
  readonly place: string;
  /** As the drill itself knows it. */
  readonly key: string;
}

export function readDrillKey(key: string | undefined): DrillKey | undefined {
  const read = /^drill:([^|]*)\|(.*)$/s.exec(key ?? '');
  return read ? { place: read[1] ?? '', key: read[2] ?? '' } : undefined;
}

/** The key without its drill: an answer's is the event that it answers. */
export function keyItself(key: string): string {
  return readDrillKey(key)?.key ?? key;
}

/** The names under which a drill may be played that this conversation belongs to, the nearest first. */
export function placesOf(where: Where): readonly string[] {
  const above = readDrillKey(where.beneath);
  return [placeOf(where), ...(above ? [above.place] : [])];
}
