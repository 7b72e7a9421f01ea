// A score in a table: its number on a colour that says how bad, or a word for why there is none.
import { score as written } from "../numbers";
import { FAILED, heat, isHit, statusMeaning, statusWord, type Score } from "../scores";
import type { ListDimension } from "../wire";

/** What a cell says aloud and on hover. */
export function spoken(value: Score, dimension: ListDimension): string {
  const { name, scale, threshold } = dimension;
  if (value === null) return `${name}: not asked for`;
  if (typeof value !== "number") return `${name}: ${statusMeaning(value)}`;
  const end = scale.worse === "none" ? "neither end is worse" : `${scale.worse} is worse`;
  const hit = isHit(value, scale, threshold) ? `, at or past the threshold ${threshold}` : "";
  return `${name}: ${written(value)} on ${scale.min} to ${scale.max}, ${end}${hit}`;
}

/** The class of a cell's colour. */
export function heatClass(value: Score, dimension: ListDimension): string {
  if (value === null) return "heat heat-none";
  if (typeof value !== "number") return FAILED.has(value) ? "heat heat-failed" : "heat heat-none";
  const step = heat(value, dimension.scale);
  const hit = isHit(value, dimension.scale, dimension.threshold) ? " heat-hit" : "";
  return `heat heat-${step ?? "neutral"}${hit}`;
}

/** The short text of a cell. */
export function heatText(value: Score): string {
  if (value === null) return "·";
  return typeof value === "number" ? written(value) : statusWord(value);
}

export function HeatCell({ value, dimension }: { value: Score; dimension: ListDimension }) {
  const text = spoken(value, dimension);
  return (
    <span class={heatClass(value, dimension)} title={text} aria-label={text} role="img">
      {heatText(value)}
    </span>
  );
}
