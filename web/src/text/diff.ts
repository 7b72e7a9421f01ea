// What two texts have in common, word by word; where that would take too long, line by line.

export interface Change {
  readonly kind: "same" | "taken" | "added";
  readonly text: string;
}

/** How the texts were compared: by `whole`, nothing was found in common within the limit. */
export interface Difference {
  readonly by: "words" | "lines" | "whole";
  readonly changes: readonly Change[];
}

const MOST_TOKENS = 40_000;
/** Edits that are looked for in one stretch; beyond, the stretch counts as replaced. */
const MOST_EDITS = 1_200;
/** What is the same and shorter than this may count as edited. */
const SHORT = 24;

/** Compare two texts. Memory is in proportion to them, and time to their length and the number of edits, up to a limit. */
export function difference(before: string, after: string): Difference {
  const words = tokens(before, /\p{L}[\p{L}\p{M}\p{N}'’_-]*|\p{N}+|\s+|./gsu);
  const others = tokens(after, /\p{L}[\p{L}\p{M}\p{N}'’_-]*|\p{N}+|\s+|./gsu);
  if (words.length + others.length <= MOST_TOKENS) return { by: "words", changes: compared(words, others) };
  const lines = tokens(before, /[^\n]*\n|[^\n]+/g);
  const otherLines = tokens(after, /[^\n]*\n|[^\n]+/g);
  if (lines.length + otherLines.length <= MOST_TOKENS) return { by: "lines", changes: compared(lines, otherLines) };
  return { by: "whole", changes: joined([["taken", before], ["added", after]]) };
}

function tokens(text: string, pattern: RegExp): string[] {
  return text.match(pattern) ?? [];
}

type Step = readonly [Change["kind"], string];

function compared(before: readonly string[], after: readonly string[]): Change[] {
  const ids = new Map<string, number>();
  const numbered = (words: readonly string[]): Int32Array =>
    Int32Array.from(words, (word) => {
      const known = ids.get(word) ?? ids.size;
      ids.set(word, known);
      return known;
    });
  const one = numbered(before);
  const other = numbered(after);
  const steps: Step[] = [];
  for (const [kind, start, end] of edits(one, other)) {
    const words = kind === "added" ? after : before;
    steps.push([kind, words.slice(start, end).join("")]);
  }
  return tidied(joined(steps));
}

/** Join neighbours of a kind, so that between two that are the same what was taken stands before what was added. */
function joined(steps: readonly Step[]): Change[] {
  const changes: Change[] = [];
  let taken = "";
  let added = "";
  const flush = (): void => {
    if (taken !== "") changes.push({ kind: "taken", text: taken });
    if (added !== "") changes.push({ kind: "added", text: added });
    taken = "";
    added = "";
  };
  for (const [kind, text] of steps) {
    if (kind === "taken") taken += text;
    else if (kind === "added") added += text;
    else if (text !== "") {
      flush();
      const last = changes[changes.length - 1];
      if (last?.kind === "same") changes[changes.length - 1] = { kind, text: last.text + text };
      else changes.push({ kind, text });
    }
  }
  flush();
  return changes;
}

/** Take what little is the same between two larger edits as edited: single words in common say nothing. */
function tidied(changes: readonly Change[]): Change[] {
  const steps: Step[] = [];
  for (const [index, change] of changes.entries()) {
    const near = Math.min(edited(changes, index, -1), edited(changes, index, 1));
    if (change.kind === "same" && change.text.trim().length < near && change.text.length < SHORT) steps.push(["taken", change.text], ["added", change.text]);
    else steps.push([change.kind, change.text]);
  }
  return joined(steps);
}

/** Give how much was edited right beside a change, before or after it. */
function edited(changes: readonly Change[], index: number, step: 1 | -1): number {
  let most = 0;
  for (let place = index + step; ; place += step) {
    const change = changes[place];
    if (change === undefined || change.kind === "same") return most;
    most = Math.max(most, change.text.trim().length);
  }
}

/** Give which part of two texts is the same, from 0 to 1. */
export function likeness(changes: readonly Change[]): number {
  const length = (kind: Change["kind"]): number => changes.filter((change) => change.kind === kind).reduce((sum, change) => sum + change.text.length, 0);
  const same = length("same");
  const larger = same + Math.max(length("taken"), length("added"));
  return larger === 0 ? 1 : same / larger;
}

/** An edit of `[start, end)`, counted in the first sequence, or of what was added in the second. */
type Edit = readonly [Change["kind"], number, number];

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Myers' algorithm in linear space: find the middle of a shortest path, and go on with both halves. */
function edits(one: Int32Array, other: Int32Array): Edit[] {
  const made: Edit[] = [];
  const todo: (Box | Edit)[] = [{ left: 0, right: one.length, top: 0, bottom: other.length }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (!("left" in next)) {
      made.push(next);
      continue;
    }
    let { left, right, top, bottom } = next;
    const start = left;
    while (left < right && top < bottom && one[left] === other[top]) [left, top] = [left + 1, top + 1];
    if (left > start) made.push(["same", start, left]);
    const end = right;
    while (left < right && top < bottom && one[right - 1] === other[bottom - 1]) [right, bottom] = [right - 1, bottom - 1];
    if (end > right) todo.push(["same", right, end]);
    const box = { left, right, top, bottom };
    const middle = left < right && top < bottom ? middleOf(one, other, box) : null;
    if (middle === null) {
      if (top < bottom) todo.push(["added", top, bottom]);
      if (left < right) todo.push(["taken", left, right]);
    } else {
      const [x, y] = middle;
      todo.push({ left: x, right, top: y, bottom }, { left, right: x, top, bottom: y });
    }
  }
  return made;
}

/** Give a point on a shortest path through a box; null where there is no path but round its edge, or the limit was reached. */
function middleOf(one: Int32Array, other: Int32Array, box: Box): readonly [number, number] | null {
  const wide = box.right - box.left;
  const high = box.bottom - box.top;
  const delta = wide - high;
  const most = Math.min(MOST_EDITS, (wide + high + 1) >> 1);
  const forth = new Int32Array(2 * most + 3);
  const back = new Int32Array(2 * most + 3).fill(0);
  const middle = most + 1;
  for (let depth = 0; depth <= most; depth += 1) {
    for (let k = -depth; k <= depth; k += 2) {
      let x = k === -depth || (k !== depth && at(forth, middle + k - 1) < at(forth, middle + k + 1)) ? at(forth, middle + k + 1) : at(forth, middle + k - 1) + 1;
      while (x < wide && x - k < high && x - k >= 0 && one[box.left + x] === other[box.top + x - k]) x += 1;
      forth[middle + k] = x;
      const reverse = delta - k;
      if (delta % 2 !== 0 && Math.abs(reverse) < depth && x + at(back, middle + reverse) >= wide) return inside(box, x, x - k);
    }
    for (let k = -depth; k <= depth; k += 2) {
      let x = k === -depth || (k !== depth && at(back, middle + k - 1) < at(back, middle + k + 1)) ? at(back, middle + k + 1) : at(back, middle + k - 1) + 1;
      while (x < wide && x - k < high && x - k >= 0 && one[box.right - 1 - x] === other[box.bottom - 1 - x + k]) x += 1;
      back[middle + k] = x;
      const forward = delta - k;
      if (delta % 2 === 0 && Math.abs(forward) <= depth && x + at(forth, middle + forward) >= wide) return inside(box, wide - x, high - x + k);
    }
  }
  return null;
}

function at(values: Int32Array, place: number): number {
  return values[place] ?? 0;
}

/** A point at a corner would leave the box as it is. */
function inside(box: Box, x: number, y: number): readonly [number, number] | null {
  const corner = (x <= 0 && y <= 0) || (x >= box.right - box.left && y >= box.bottom - box.top);
  const within = x >= 0 && y >= 0 && x <= box.right - box.left && y <= box.bottom - box.top;
  return corner || !within ? null : [box.left + x, box.top + y];
}
