/**
 * Which words of a transcript are selected on the page: from places in the document to places in the texts that were
 * sent. What is drawn may leave signs of markdown out and put badges in; where the two do not fit, nothing is given.
 */
import { shown } from "../../text/unseen";
import type { EvidenceSpan, TextPiece } from "../../wire";

/** A place in what is drawn of a text: in the part that begins at `at` in it, in its `child`th node, after `offset` letters. */
export interface Point {
  readonly at: number;
  readonly child: number;
  readonly offset: number;
}

/** What is selected within one message. */
export interface Selected {
  readonly message: string;
  readonly start: Point;
  readonly end: Point;
  /** As the page shows them. */
  readonly words: string;
}

/** Marks the element that holds a message. */
export const MESSAGE = "data-message";
const LEAF = "[data-at]";

/** The selection, if it is of words of one message; otherwise why it is not. */
export function selectedIn(selection: Selection | null): Selected | "nothing" | "several messages" {
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return "nothing";
  const range = selection.getRangeAt(0);
  const held = [...document.querySelectorAll<HTMLElement>(`[${MESSAGE}]`)]
    .filter((holder) => range.intersectsNode(holder))
    .map((holder) => ({ holder, leaves: [...holder.querySelectorAll<HTMLElement>(LEAF)].filter((leaf) => wordsIn(range, leaf) !== "") }))
    .filter(({ leaves }) => leaves.length > 0);
  const [only] = held;
  if (only === undefined) return "nothing";
  if (held.length > 1) return "several messages";
  const [first, last] = [only.leaves[0], only.leaves.at(-1)];
  if (first === undefined || last === undefined) return "nothing";
  return {
    message: only.holder.getAttribute(MESSAGE) ?? "",
    start: first.contains(range.startContainer) ? pointIn(first, range.startContainer, range.startOffset) : beginning(first),
    end: last.contains(range.endContainer) ? pointIn(last, range.endContainer, range.endOffset) : ending(last),
    words: only.leaves.map((leaf) => wordsIn(range, leaf)).join(""),
  };
}

/** The letters of a leaf that are in the range; badges are not letters of the text. */
function wordsIn(range: Range, leaf: HTMLElement): string {
  if (!range.intersectsNode(leaf)) return "";
  const within = document.createRange();
  within.selectNodeContents(leaf);
  if (range.compareBoundaryPoints(Range.START_TO_START, within) > 0) within.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, within) < 0) within.setEnd(range.endContainer, range.endOffset);
  const part = within.cloneContents();
  for (const badge of part.querySelectorAll("[data-unseen]")) badge.remove();
  return part.textContent;
}

function pointIn(leaf: HTMLElement, node: Node, offset: number): Point {
  const at = Number(leaf.dataset["at"]);
  if (node === leaf) return { at, child: offset, offset: 0 };
  const child = [...leaf.childNodes].findIndex((each) => each.contains(node));
  // A badge is chosen as a whole: its letters are not those of the text.
  return { at, child, offset: node.nodeType === Node.TEXT_NODE && node.parentNode === leaf ? offset : 0 };
}

function beginning(leaf: HTMLElement): Point {
  return { at: Number(leaf.dataset["at"]), child: 0, offset: 0 };
}

function ending(leaf: HTMLElement): Point {
  return { at: Number(leaf.dataset["at"]), child: leaf.childNodes.length, offset: 0 };
}

/** The place of a point in the text that is drawn; the leaf's nodes are its parts as `shown` gives them. */
export function placeOf(point: Point, text: string): number {
  const part = shown(text, point.at)[point.child];
  if (part !== undefined) return part.at + (part.kind === "seen" ? Math.min(point.offset, part.text.length) : 0);
  return text.length;
}

/** Evidence from a selection; null where the words cannot be traced to one text of the message. */
export function evidenceOf(selected: Selected, pieces: readonly TextPiece[]): EvidenceSpan | null {
  const wanted = letters(selected.words);
  if (wanted === "") return null;
  for (const [piece, { text }] of pieces.entries()) {
    const start = placeOf(selected.start, text);
    const end = endOf(text, start, placeOf(selected.end, text), wanted, selected.words);
    if (end !== null) return trimmed(selected.message, piece, text, start, end);
  }
  // Words from a tree of JSON, whose texts are not those of a piece: only where they stand once, letter by letter.
  const words = selected.words.trim();
  const found = pieces.flatMap(({ text }, piece) => (text.includes(words) ? [{ text, piece }] : []));
  const [only] = found;
  if (only === undefined || found.length > 1 || only.text.indexOf(words) !== only.text.lastIndexOf(words)) return null;
  const start = only.text.indexOf(words);
  return { message: selected.message, place: { piece: only.piece, start, end: start + words.length }, quote: words };
}

/**
 * Where the selected words end: at `most`, or before, where it is only known that they end with a part that is drawn.
 * Null where from `start` on there stand other letters.
 */
function endOf(text: string, start: number, most: number, wanted: string, words: string): number | null {
  if (letters(text.slice(start, most)) === wanted) return most;
  let taken = 0;
  let at = start;
  for (const character of text.slice(start, most)) {
    const letter = letters(character);
    if (letter !== wanted.slice(taken, taken + letter.length)) return null;
    taken += letter.length;
    at += character.length;
    if (taken < wanted.length) continue;
    const signs = /[^\p{L}\p{N}]*$/u.exec(words)?.[0] ?? "";
    return text.startsWith(signs, at) ? at + signs.length : at;
  }
  return null;
}

/** What of a text every way of drawing it shows: no signs, no white space. */
function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}

const WORDS = new Intl.Segmenter(undefined, { granularity: "word" });

/** Whole words without the white space around them: a hand that selects is seldom exact to the letter. */
function trimmed(message: string, piece: number, text: string, from: number, to: number): EvidenceSpan {
  const quote = text.slice(from, to);
  const near = from + quote.length - quote.trimStart().length;
  const far = to - (quote.length - quote.trimEnd().length);
  const segments = WORDS.segment(text);
  const [first, last] = [segments.containing(near), segments.containing(far - 1)];
  const start = first?.isWordLike === true ? first.index : near;
  const end = last?.isWordLike === true ? last.index + last.segment.length : far;
  return { message, place: { piece, start, end }, quote: text.slice(start, end) };
}
