/** Scores by digit keys. Pure. */
import type { Scale } from "../../wire";

/** How long two digits may lie apart and still be one number, in milliseconds. */
export const PAUSE = 1200;

/** A digit that may be the first of two. */
export interface Pending {
  readonly digits: string;
  readonly at: number;
}

/** What a digit means: a score, or none on this scale; and what a next digit would go on from. */
export interface Typed {
  readonly value: number | null;
  readonly pending: Pending | null;
}

/**
 * The score of a digit. Up to ten scores have one key each: the digit itself, with 0 for 10; where a scale has numbers
 * below 0, keys 1, 2 … give the scores in order. On longer scales a digit counts at once, and a second one soon after
 * it makes both one number.
 */
export function typedScore(scale: Scale, digit: string, pending: Pending | null, at: number): Typed {
  const keys = scoreKeys(scale);
  if (keys !== null) {
    const value = [...keys].find(([, key]) => key === digit)?.[0] ?? null;
    return { value, pending: null };
  }
  const joined = pending !== null && at - pending.at <= PAUSE ? pending.digits + digit : digit;
  for (const digits of new Set([joined, digit])) {
    const value = Number(digits);
    if (value >= scale.min && value <= scale.max) return { value, pending: { digits, at } };
    // Not a score itself, but the first digit of one: on a scale from 10 on.
    if (begins(digits, scale)) return { value: null, pending: { digits, at } };
  }
  return { value: null, pending: null };
}

/** The key of each score, in order; null where a scale has more scores than there are digits. */
export function scoreKeys(scale: Scale): ReadonlyMap<number, string> | null {
  const scores = scoresOf(scale);
  if (scale.min >= 0 && scale.max <= 9) return new Map(scores.map((score) => [score, String(score)]));
  if (scale.min >= 1 && scale.max === 10) return new Map(scores.map((score) => [score, String(score % 10)]));
  if (scale.min < 0 && scores.length <= 10) {
    return new Map(scores.map((score, index) => [score, String((index + 1) % 10)]));
  }
  return null;
}

/** Every score of a scale, from its lower end. */
export function scoresOf(scale: Scale): readonly number[] {
  return Array.from({ length: scale.max - scale.min + 1 }, (_, index) => scale.min + index);
}

function begins(digits: string, scale: Scale): boolean {
  return scoresOf(scale).some((score) => String(score).startsWith(digits));
}
