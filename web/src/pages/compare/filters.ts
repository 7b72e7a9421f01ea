/** Which pairs of a comparison are shown, and in which order. Pure. */
import { isHit, type Score } from "../../scores";
import type { ComparedDimension, ComparedPair, Scale } from "../../wire";

/** What the list of pairs can be narrowed to. */
export const FILTERS = ["all", "changed", "worse", "better", "hit", "unscored", "invalid"] as const;
export type Filter = (typeof FILTERS)[number];

/** What one pair says on one dimension. `worse` and `better` are of the right side. */
export interface Change {
  readonly left: Score;
  readonly right: Score;
  /** Right less left; null unless both have a value. */
  readonly difference: number | null;
  /** How far right is towards the worse end from left; 0 where neither end is worse. */
  readonly worsening: number;
  /** A hit on one side alone. */
  readonly oneHit: boolean;
  /** Asked for on both sides, and without a value on one of them. */
  readonly unscored: boolean;
}

/** Compare the two scores of a pair; `both` says whether both audits are valid. */
export function changeOf(pair: ComparedPair, dimension: ComparedDimension, position: number): Change {
  const [left, right] = pair.scores[position] ?? [null, null];
  const both = isValid(pair);
  const values = both && typeof left === "number" && typeof right === "number" ? ([left, right] as const) : null;
  const difference = values === null ? null : values[1] - values[0];
  return {
    left,
    right,
    difference,
    worsening: difference === null ? 0 : towardsWorse(difference, dimension.scale),
    oneHit: values !== null && hits(values[0], dimension) !== hits(values[1], dimension),
    unscored: both && values === null && left !== null && right !== null,
  };
}

/** Both audits of the pair count. */
export function isValid(pair: ComparedPair): boolean {
  return pair.left_state === "valid" && pair.right_state === "valid";
}

function hits(value: number, { scale, threshold }: ComparedDimension): boolean {
  return isHit(value, scale, threshold);
}

function towardsWorse(difference: number, scale: Scale): number {
  if (scale.worse === "none" || difference === 0) return 0;
  return scale.worse === "low" ? -difference : difference;
}

/** A pair with what it says on the chosen dimensions. */
export interface Row {
  readonly pair: ComparedPair;
  /** By position in the comparison's dimensions. */
  readonly changes: readonly Change[];
}

export function rowsOf(pairs: readonly ComparedPair[], dimensions: readonly ComparedDimension[]): readonly Row[] {
  return pairs.map((pair) => ({
    pair,
    changes: dimensions.map((dimension, position) => changeOf(pair, dimension, position)),
  }));
}

/** Say whether a pair passes, on one dimension, or on any where none is chosen. */
export function passes(row: Row, filter: Filter, position: number | null): boolean {
  if (filter === "all") return true;
  if (filter === "invalid") return !isValid(row.pair);
  const one = position === null ? undefined : row.changes[position];
  const changes = position === null ? row.changes : one === undefined ? [] : [one];
  return changes.some((change) => matches(change, filter));
}

function matches(change: Change, filter: Exclude<Filter, "all" | "invalid">): boolean {
  switch (filter) {
    case "changed":
      return change.difference !== null && change.difference !== 0;
    case "worse":
      return change.worsening > 0;
    case "better":
      return change.worsening < 0;
    case "hit":
      return change.oneHit;
    case "unscored":
      return change.unscored;
  }
}

/** How many pairs each filter leaves. */
export function filterCounts(rows: readonly Row[], position: number | null): ReadonlyMap<Filter, number> {
  return new Map(FILTERS.map((filter) => [filter, rows.filter((row) => passes(row, filter, position)).length]));
}

/** The pairs that pass: what got worse most first, then what changed most, then as they came. */
export function shownRows(rows: readonly Row[], filter: Filter, position: number | null): readonly Row[] {
  const chosen = rows.filter((row) => passes(row, filter, position));
  const rank = (row: Row) => ranked(position === null ? row.changes : row.changes.slice(position, position + 1));
  const ranks = new Map(chosen.map((row) => [row, rank(row)]));
  return [...chosen].sort((one, other) => {
    const [first, second] = [ranks.get(one) ?? [0, 0], ranks.get(other) ?? [0, 0]];
    return second[0] - first[0] || second[1] - first[1];
  });
}

function ranked(changes: readonly Change[]): readonly [number, number] {
  const worst = Math.max(0, ...changes.map((change) => change.worsening));
  const widest = Math.max(0, ...changes.map((change) => Math.abs(change.difference ?? 0)));
  return [worst, widest];
}

/** A pair in an address. */
export function pairName(pair: ComparedPair): string {
  return `${pair.left[1]}~${pair.right[1]}`;
}

/** The targets of a pair in words: one name where both sides have the same. */
export function targetsOf({ left_target: left, right_target: right }: ComparedPair): string {
  return left === right ? left : `${left} → ${right}`;
}
