// Which dimensions of a list stand as columns.
import { badness, FAILED } from "../../scores";
import type { ListDimension } from "../../wire";
import type { Listed } from "./rows";

/** As many as are shown without asking. */
export const MOST = 12;

export interface Column {
  /** Its position in the list's dimensions. */
  readonly at: number;
  readonly dimension: ListDimension;
}

interface Weight extends Column {
  readonly hits: number;
  readonly sum: number;
}

function weigh(list: Listed): readonly Weight[] {
  return list.dimensions.map((dimension, at) => {
    let hits = 0;
    let sum = 0;
    for (const { audit } of list.rows) {
      const value = audit.scores[at];
      if (typeof value === "number") sum += badness(value, dimension.scale) ?? 0;
      else if (typeof value === "string" && FAILED.has(value)) sum += 0.01;
      if (audit.hits.includes(at)) hits += 1;
    }
    return { at, dimension, hits, sum };
  });
}

/** All columns in the rubric's order, where they are few or all are asked for; else those that say something, the ones
 * with most hits and the worst scores first. */
export function columnsOf(list: Listed, all: boolean): readonly Column[] {
  if (all || list.dimensions.length <= MOST) return list.dimensions.map((dimension, at) => ({ at, dimension }));
  const telling = weigh(list).filter((each) => each.sum > 0);
  return [...telling].sort((a, b) => b.hits - a.hits || b.sum - a.sum || a.at - b.at).slice(0, MOST);
}

/** Whether there are more dimensions than are shown without asking. */
export function isMany(list: Listed): boolean {
  return list.dimensions.length > MOST;
}
