// Rows keep their places while data change under a reader: what is new waits until it is asked for.

export interface Order {
  /** What the order was made for; with another it is made anew. */
  readonly made: string;
  /** Keys of rows, in order. */
  readonly keys: readonly string[];
  /** By key, in which state the row was. */
  readonly states: ReadonlyMap<string, string>;
}

export interface Standing {
  readonly order: Order;
  /** Rows that are not in the order yet, and rows in it that came to an end since. */
  readonly waiting: number;
}

interface Item {
  readonly key: string;
  readonly state: string;
}

/** An order of these items as they are. */
export function taken(made: string, items: readonly Item[]): Order {
  return { made, keys: items.map((item) => item.key), states: new Map(items.map((item) => [item.key, item.state])) };
}

/** The order to show: the one before, less what is gone, while it was made for the same; else a new one. */
export function standing(before: Order | null, made: string, items: readonly Item[]): Standing {
  if (before?.made !== made || before.keys.length === 0) return { order: taken(made, items), waiting: 0 };
  const now = new Map(items.map((item) => [item.key, item.state]));
  const keys = before.keys.filter((key) => now.has(key));
  let waiting = 0;
  for (const [key, state] of now) if (before.states.get(key) !== state) waiting += 1;
  return { order: { ...before, keys }, waiting };
}
