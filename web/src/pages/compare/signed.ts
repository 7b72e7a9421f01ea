import { score } from "../../numbers";

/** A difference with its sign: `+1.5`, `−2`, `0`. */
export function signed(value: number, digits = 1): string {
  const size = score(Math.abs(value), digits);
  return Number(size) === 0 ? "0" : `${value > 0 ? "+" : "−"}${size}`;
}
