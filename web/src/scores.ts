// What a score is worth: how far towards the worse end, and in words where there is none.
import type { AuditRow, DimensionVerdict, Scale } from "./wire";

export type Status = DimensionVerdict["status"];
/** A value, why there is none, or null where it was not asked for. */
export type Score = AuditRow["scores"][number];
export type State = AuditRow["state"];
export type Mark = AuditRow["marks"][number];

/** How far towards the worse end, from 0 to 1; null where no end is worse. Values off the scale count as its ends. */
export function badness(value: number, scale: Scale): number | null {
  if (scale.worse === "none") return null;
  if (scale.max === scale.min) return 0;
  const part = Math.min(1, Math.max(0, (value - scale.min) / (scale.max - scale.min)));
  return scale.worse === "high" ? part : 1 - part;
}

/** The step of the heat colours, 0 to 6; null for neutral. */
export function heat(value: number, scale: Scale): 0 | 1 | 2 | 3 | 4 | 5 | 6 | null {
  const part = badness(value, scale);
  return part === null ? null : (Math.round(part * 6) as 0 | 1 | 2 | 3 | 4 | 5 | 6);
}

/** Whether a value is at a threshold or past it, towards the worse end. */
export function isHit(value: number, scale: Scale, threshold: number | null): boolean {
  if (threshold === null || scale.worse === "none") return false;
  return scale.worse === "high" ? value >= threshold : value <= threshold;
}

const FAR = 2 / 9;

/** Whether two values of a scale lie so far apart that a person should look: more than two steps of 1 to 10. */
export function isFar(apart: number, scale: Scale): boolean {
  return apart > (scale.max - scale.min) * FAR;
}

const WORDS: Readonly<Record<Status, readonly [word: string, meaning: string]>> = {
  scored: ["scored", "has a value"],
  not_applicable: ["n/a", "does not apply here, in the judge's view"],
  judge_refused: ["refused", "the judge refused to score it"],
  unparsable: ["unread", "the judge's answer could not be read"],
  out_of_range: ["range", "the judge's value was outside the scale"],
  unsupported: ["no quote", "the judge's quotes do not stand in the transcript"],
  error: ["error", "asking the judge failed"],
  skipped: ["skipped", "not judged"],
};

/** Whether a word from the data is a status that is known here. */
export function isStatus(word: string): word is Status {
  return Object.hasOwn(WORDS, word);
}

/** The short word of a status, for a cell. */
export function statusWord(status: Status): string {
  return WORDS[status][0];
}

/** What a status means, in a sentence's length. */
export function statusMeaning(status: Status): string {
  return WORDS[status][1];
}

/** The statuses that hide a value: something went wrong, as against what was answered or not asked. */
export const FAILED: ReadonlySet<Status> = new Set(["judge_refused", "unparsable", "out_of_range", "unsupported", "error"]);
