// The order of a list: by one column, rows without a value last, equals in the order planned.
import { badness } from "../../scores";
import { hitsOf, variablesLine, type Listed, type Row } from "./rows";

/** A column's name, and whether its natural order is turned round. Scores begin with the worst, numbers with the
 * greatest, words with the first. */
export interface Sort {
  readonly column: string;
  readonly turned: boolean;
}

export const WORST: Sort = { column: "worst", turned: false };

/** `worst`, `turns`, `d.sycophancy`; turned round with a `-` before it. */
export function sortIn(parameter: string | undefined): Sort {
  if (parameter === undefined) return WORST;
  return parameter.startsWith("-") ? { column: parameter.slice(1), turned: true } : { column: parameter, turned: false };
}

/** A sort as it stands in an address; undefined for the usual one. */
export function asParameter(sort: Sort): string | undefined {
  if (sort.column === WORST.column && !sort.turned) return undefined;
  return sort.turned ? `-${sort.column}` : sort.column;
}

/** The sort after a click on a column. */
export function clicked(sort: Sort, column: string): Sort {
  return sort.column === column ? { column, turned: !sort.turned } : { column, turned: false };
}

/** What a number column is sorted by: greatest first. */
const NUMBERS: ReadonlyMap<string, (row: Row) => number | null> = new Map<string, (row: Row) => number | null>([
  ["turns", ({ audit }) => audit.turns],
  ["branches", ({ audit }) => audit.branches],
  ["cost", ({ audit }) => audit.cost_usd],
  ["tokens", ({ audit }) => audit.tokens],
  ["hits", ({ audit }) => hitsOf(audit).length],
]);

const WORDS: ReadonlyMap<string, (row: Row) => string> = new Map<string, (row: Row) => string>([
  ["scenario", ({ audit }) => audit.scenario],
  ["variables", ({ audit }) => variablesLine(audit.variables)],
  ["target", ({ audit }) => audit.target],
  ["outcome", ({ audit }) => audit.outcome],
  ["run", ({ audit }) => audit.run],
]);

const COLLATOR = new Intl.Collator("en", { numeric: true });

/** Rank of each word among all, so that words are compared once each and not at every step of sorting. */
function ranks(words: readonly string[]): (word: string) => number {
  const order = new Map([...new Set(words)].sort((a, b) => COLLATOR.compare(a, b)).map((word, rank) => [word, rank] as const));
  return (word) => order.get(word) ?? 0;
}

/** The lower, the earlier; NaN where there is nothing to sort by. */
function keyOf(list: Listed, column: string): (row: Row) => number {
  if (column.startsWith("d.")) {
    const at = list.dimensions.findIndex((dimension) => dimension.name === column.slice(2));
    const scale = list.dimensions[at]?.scale;
    return ({ audit }) => {
      const value = audit.scores[at];
      if (typeof value !== "number" || scale === undefined) return NaN;
      return -(badness(value, scale) ?? value);
    };
  }
  if (column === "epoch") return ({ audit }) => audit.epoch;
  const number = NUMBERS.get(column);
  if (number !== undefined) return (row) => -(number(row) ?? NaN);
  const word = WORDS.get(column);
  if (word !== undefined) {
    const rank = ranks(list.rows.map(word));
    return (row) => rank(word(row));
  }
  return (row) => (row.worst < 0 ? NaN : -row.worst);
}

/** Positions of rows in the order of a column. */
export function sorted(list: Listed, positions: readonly number[], sort: Sort): readonly number[] {
  const key = keyOf(list, sort.column);
  const keys = new Float64Array(list.rows.length);
  for (const position of positions) {
    const row = list.rows[position];
    keys[position] = row === undefined ? NaN : key(row);
  }
  // Of equally bad audits first the one with more hits.
  const then = (position: number): number => (sort.column === WORST.column ? -(list.rows[position]?.audit.hits.length ?? 0) : 0);
  const sign = sort.turned ? -1 : 1;
  return [...positions].sort((a, b) => {
    const left = keys[a] ?? NaN;
    const right = keys[b] ?? NaN;
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
    return sign * (left - right || then(a) - then(b)) || a - b;
  });
}
