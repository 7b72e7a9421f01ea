/** Differences with their intervals on one common axis. Pure. */
import { niceStep, place, type Axis } from "./scale";

/** A difference in points, its interval, and how many points its scale spans. */
export interface Difference {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly span: number;
}

/** A difference as it is drawn: no difference can be larger than its scale, and an interval that is says nothing more. */
export function drawable(value: number | null, interval: readonly [number, number] | null, span: number): Difference {
  const within = (points: number): number => Math.max(-span, Math.min(span, points));
  return { value, interval: interval === null ? null : [within(interval[0]), within(interval[1])], span };
}

/** Where a difference is drawn; null where there is none. */
export interface Mark {
  readonly at: number;
  /** Null where the interval is undefined. */
  readonly line: readonly [number, number] | null;
  /** The interval leaves 0 out. */
  readonly clear: boolean;
}

/**
 * An axis around 0 that every difference and interval fits on: in points where all scales span the same, otherwise as
 * a part of each scale, since a point of one scale is not a point of another.
 */
export function commonAxis(differences: readonly Difference[], width: number): Axis & { readonly unit: "points" | "share" } {
  const unit = new Set(differences.map(({ span }) => span)).size <= 1 ? "points" : "share";
  const sizes = differences.flatMap((each) => {
    const numbers = [...(each.value === null ? [] : [each.value]), ...(each.interval ?? [])];
    return numbers.map((number) => Math.abs(unit === "share" ? number / each.span : number));
  });
  const most = Math.max(0, ...sizes);
  const half = most === 0 ? 1 : Math.ceil(most / niceStep(most / 4)) * niceStep(most / 4);
  return { low: -half, high: half, from: 0, to: width, unit };
}

export function forestMark(each: Difference, axis: ReturnType<typeof commonAxis>): Mark | null {
  if (each.value === null) return null;
  const at = (points: number) => place(axis, axis.unit === "share" ? points / each.span : points);
  const { interval } = each;
  return {
    at: at(each.value),
    line: interval === null ? null : [at(interval[0]), at(interval[1])],
    clear: interval !== null && (interval[0] > 0 || interval[1] < 0),
  };
}
