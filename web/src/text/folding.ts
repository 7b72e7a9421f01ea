// Where a long text is cut, so that it does not push everything else out of sight.
import { badgesEnd } from "./unseen";

const LINES = 40;
const UNITS = 4_000;
/** Less than this is not worth a press. */
const SLACK = 1.5;
/** How much one press shows of what is very long. */
const STEP = 100_000;

/** Give where the first part of a text ends; null where all of it is shown. */
export function foldAt(text: string, lines = LINES, units = UNITS): number | null {
  if (text.length <= units * SLACK && !hasMore(text, lines * SLACK)) return null;
  let at = 0;
  for (let line = 0; line < lines && at < units; line += 1) {
    const stop = text.indexOf("\n", at);
    if (stop < 0) return whole(text, units);
    at = stop + 1;
  }
  return at > units * SLACK ? whole(text, units) : at;
}

/** Give where the part that a press shows ends, if it begins at `start`. */
export function stepEnd(text: string, start: number): number {
  return badgesEnd(text, start, whole(text, Math.min(text.length, start + STEP)));
}

/** Move a place so that it does not stand within a character. */
export function whole(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}

function hasMore(text: string, lines: number): boolean {
  let at = -1;
  for (let line = 0; line < lines; line += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Say how much there is in `[start, end)`, in lines, or in characters where they are few. */
export function amount(text: string, start: number, end: number): string {
  let lines = 0;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines += 1;
  const many = (count: number, noun: string): string => `${count.toLocaleString("en-GB")} more ${noun}${count === 1 ? "" : "s"}`;
  return lines >= 3 ? many(lines, "line") : many(end - start, "character");
}

/** A stretch that is shown, or one that is not yet. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly open: boolean;
}

/** Give what to show of a text of which `opened` units are open, and a stretch around what is looked at. */
export function stretches(text: string, opened: number, current: readonly [number, number] | null): Stretch[] {
  const length = text.length;
  const head = Math.min(whole(text, opened), length);
  if (head >= length) return [{ start: 0, end: length, open: true }];
  if (current === null || current[1] <= head)
    return [
      { start: 0, end: head, open: true },
      { start: head, end: length, open: false },
    ];
  const start = whole(text, Math.max(head, current[0] - 1_500));
  const end = whole(text, Math.min(length, current[1] + 1_500));
  const around: Stretch[] = [
    { start: 0, end: head, open: true },
    { start: head, end: start, open: false },
    { start, end, open: true },
    { start: end, end: length, open: false },
  ];
  return around.filter((stretch) => stretch.end > stretch.start);
}
