/**
 * What one list says of each subject, by place. A list says the same few things of nearly all: each is kept once, and a
 * place takes four octets, so that a sweep's memory hardly grows with its subjects.
 */
export interface Column<Value extends object> {
  readonly places: number;
  at(place: number): Value | undefined;
  put(place: number, value: Value): void;
}

export function openColumn<Value extends object>(places: number): Column<Value> {
  const which = new Uint32Array(places);
  /** 0 stands for a place where nothing is known yet. */
  const values: (Value | undefined)[] = [undefined];
  const numbers = new Map<Value, number>();
  return {
    places,
    at: (place) => values[which[place] ?? 0],
    put(place, value) {
      let number = numbers.get(value);
      if (number === undefined) {
        number = values.push(value) - 1;
        numbers.set(value, number);
      }
      which[place] = number;
    },
  };
}
