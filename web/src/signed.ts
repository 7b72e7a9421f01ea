// Differences with their signs.
import { score } from "./numbers";

const sign = (value: number): string => (value > 0 ? "+" : "−");

/** A difference with its sign: `+1.5`, `−2`, `0`. */
export function signed(value: number): string {
  const size = score(Math.abs(value));
  return Number(size) === 0 ? "0" : sign(value) + size;
}

/** A difference of means: always to two digits, so that one stands below the other. */
export function signedMean(value: number): string {
  const size = Math.abs(value).toFixed(2);
  return Number(size) === 0 ? size : sign(value) + size;
}
