/** Where numbers stand on an axis, and which of them are written beside it. Pure. */

/** An axis: numbers from `low` to `high` stand between the places `from` and `to`. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly from: number;
  readonly to: number;
}

/** The place of a number; outside of the axis where the number is. */
export function place(axis: Axis, value: number): number {
  const span = axis.high - axis.low;
  return span === 0 ? (axis.from + axis.to) / 2 : axis.from + ((value - axis.low) / span) * (axis.to - axis.from);
}

/** The smallest of 1, 2, 5, 10, 20 … (and 0.5, 0.2, 0.1 …) that is at least `least`. */
export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  // A quotient such as 1.9999999999999998 is 2: binary fractions must not make the next larger step of it.
  const quotient = Number((least / power).toPrecision(12));
  const factor = [1, 2, 5, 10].find((each) => each >= quotient) ?? 10;
  return tidy(factor * power);
}

/** Round numbers from `low` to `high`, both ends within, about `most` of them at most. */
export function ticks(low: number, high: number, most: number): readonly number[] {
  if (!(high > low)) return [low];
  const step = niceStep((high - low) / Math.max(1, most - 1));
  const first = Math.ceil(tidy(low / step));
  const last = Math.floor(tidy(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => tidy((first + index) * step));
}

/** Whole numbers to write under columns, no more than `most` of them; the first always, the last where it fits. */
export function wholeTicks(min: number, max: number, most: number): readonly number[] {
  const every = Math.max(1, Math.ceil(niceStep((max - min) / Math.max(1, most - 1))));
  const found: number[] = [];
  for (let value = min; value <= max; value += every) found.push(value);
  return found;
}

/** A number without the dust of binary fractions. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
