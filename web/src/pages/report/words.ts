/** Numbers of a report as they are printed. Pure. */
import { percent } from "../../numbers";

/** A number that is not there. */
export const NONE = "—";

/** `12.3%`, `−2.1%`; a part that is there never shows as none of it, nor nearly all as all. */
export function rate(part: number): string {
  if (part === 0 || part === 1) return percent(part);
  if (part > 0 && part < 0.0005) return "<0.1%";
  if (part < 1 && part > 0.9995) return ">99.9%";
  return `${minus(part)}${(Math.abs(part) * 100).toFixed(1)}%`;
}

/** A rate that is at most so much: rounded up, so that it is no promise too good. */
export function atMost(part: number): string {
  return `at most ${(Math.ceil(part * 1000 - 1e-9) / 10).toFixed(1)}%`;
}

/** `[1.20, 3.40]`; null where there is no interval. */
export function interval(pair: readonly [number, number] | null, written: (value: number) => string): string | null {
  return pair === null ? null : `[${written(pair[0])}, ${written(pair[1])}]`;
}

export function mean(value: number): string {
  return `${minus(value)}${Math.abs(value).toFixed(2)}`;
}

/** A p-value: `0.012`, `<0.001`; none where it was not tested. */
export function chance(p: number | null): string {
  if (p === null) return NONE;
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** A setting of a variable. */
export function setting(value: string | number | boolean): string {
  return String(value);
}

function minus(value: number): string {
  return value < 0 ? "−" : "";
}
