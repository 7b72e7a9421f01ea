// Which dimensions of a list stand as columns.
import { badness, FAILED } from "../../scores";
import type { ListDimension } from "../../wire";
import { hitsOf, type Listed } from "./rows";

/** As many as are shown without asking. */
export const MOST = 12;

export interface Column {
  /** Its position in the list's dimensions. */
  readonly at: number;
  readonly dimension: ListDimension;
}

interface Weights {
  /** By position of the dimension. */
  readonly hits: Int32Array;
  readonly badness: Float64Array;
}

/** A failed score says something too, but less than any bad one. */
const FAILURE = 0.01;

function weigh({ rows, dimensions }: Listed): Weights {
  const hits = new Int32Array(dimensions.length);
  const sums = new Float64Array(dimensions.length);
  for (const { audit } of rows) {
    for (const at of hitsOf(audit)) hits[at] = (hits[at] ?? 0) + 1;
    for (const [at, { scale }] of dimensions.entries()) {
      const value = audit.scores[at];
      if (typeof value === "number") sums[at] = (sums[at] ?? 0) + (badness(value, scale) ?? 0);
      else if (typeof value === "string" && FAILED.has(value)) sums[at] = (sums[at] ?? 0) + FAILURE;
    }
  }
  return { hits, badness: sums };
}

/** All columns in the rubric's order, where they are few or all are asked for; else those that say something, the ones
 * with most hits and the worst scores first. */
export function columnsOf(list: Listed, all: boolean): readonly Column[] {
  const columns = list.dimensions.map((dimension, at) => ({ at, dimension }));
  if (all || columns.length <= MOST) return columns;
  const weights = weigh(list);
  const hits = ({ at }: Column): number => weights.hits[at] ?? 0;
  const bad = ({ at }: Column): number => weights.badness[at] ?? 0;
  return columns
    .filter((column) => bad(column) > 0)
    .sort((a, b) => hits(b) - hits(a) || bad(b) - bad(a) || a.at - b.at)
    .slice(0, MOST);
}

/** Whether there are more dimensions than are shown without asking. */
export function isMany(list: Listed): boolean {
  return list.dimensions.length > MOST;
}
