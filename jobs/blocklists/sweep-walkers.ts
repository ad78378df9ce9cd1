/**
 * Walkers through the places of a lane: a loop with many places under way at once.
 *
 * A promise and a closure for each of 50,000 places would cost as much as asking about them: what a walker does is made
 * once, and holds nothing but the place where it stands.
 */

/** Stands at one place at a time; `goOn` is called once for each, whenever it is done there. */
export interface Walker {
  place: number;
  goOn(this: void): void;
}

/** Visits the places from `from` up to `to` with `most` walkers; what each does at its place is made once, by `visitor`. */
export function sideBySide(
  from: number,
  to: number,
  most: number,
  visitor: (walker: Walker) => () => void,
): Promise<void> {
  return new Promise((resolve) => {
    let next = from;
    let walking = Math.min(to - from, most);
    if (walking < 1) return resolve();
    const begin = (): void => {
      let isVisiting = false;
      let isDone = false;
      const goOn = (): void => {
        isDone = true;
        if (isVisiting) return;
        isVisiting = true;
        while (isDone && next < to) {
          isDone = false;
          walker.place = next;
          next += 1;
          visit();
        }
        isVisiting = false;
        if (!isDone) return;
        walking -= 1;
        if (walking === 0) resolve();
      };
      const walker: Walker = { place: from, goOn };
      const visit = visitor(walker);
      goOn();
    };
    for (let count = walking; count > 0; count -= 1) begin();
  });
}
