/** How often values fall where: the counts behind a column chart. Pure. */
import { niceStep, tidy } from "./scale";

/** A column: values from `from` up to `to`, `to` itself only in the last one; one value where both are the same. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** More columns than this cannot be told apart. */
const MOST_COLUMNS = 40;

/**
 * One column for each value that scores of this scale have, empty ones too: whole scores, or halves where there is one
 * (the median of two judges). Values between those get columns of equal width, so that none is moved to a neighbour.
 */
export function scoreBins(values: readonly number[], min: number, max: number): readonly Bin[] {
  const low = Math.min(min, ...values.map(Math.floor));
  const high = Math.max(max, ...values.map(Math.ceil));
  const step = [1, 0.5].find((each) => values.every((value) => Number.isInteger(value / each)));
  if (step === undefined || (high - low) / step + 1 > MOST_COLUMNS) return rangeBins(values, low, high, 20);
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const length = Math.round((high - low) / step) + 1;
  return Array.from({ length }, (_, index) => {
    const value = low + index * step;
    return { from: value, to: value, count: counts.get(value) ?? 0 };
  });
}

/** At most about `most` columns of one round width that hold all values; none without values. */
export function amountBins(values: readonly number[], most: number): readonly Bin[] {
  if (values.length === 0) return [];
  return rangeBins(values, 0, Math.max(...values), most);
}

/** Columns of one or several whole numbers each, from 1 to the largest value; none without values. */
export function turnBins(turns: readonly number[], last: number, most: number): readonly Bin[] {
  const end = Math.max(last, ...turns);
  if (!Number.isFinite(end) || end < 1) return [];
  const width = Math.max(1, Math.ceil(niceStep(end / most)));
  const bins: Bin[] = [];
  for (let from = 1; from <= end; from += width) {
    const to = from + width - 1;
    bins.push({ from, to, count: turns.filter((turn) => turn >= from && turn <= to).length });
  }
  return bins;
}

function rangeBins(values: readonly number[], low: number, high: number, most: number): readonly Bin[] {
  const step = niceStep((high - low) / most);
  const start = Math.floor(tidy(low / step));
  const end = Math.max(start + 1, Math.ceil(tidy(high / step)));
  const counts = new Array<number>(end - start).fill(0);
  for (const value of values) {
    const index = Math.min(end - start - 1, Math.floor(tidy(value / step)) - start);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count, index) => ({ from: tidy((start + index) * step), to: tidy((start + index + 1) * step), count }));
}

/** The middle value; the mean of the two middle ones of an even number; null without values. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 0 && lower !== undefined ? (lower + upper) / 2 : upper;
}

/** The sum; null without values, for nothing that was counted is not 0. */
export function total(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
