// Markdown as data: blocks of which every letter is traced to the source, or why the text is better shown plain.
import { Lexer } from "marked";
import { type Block, blocks } from "./blocks";
import type { Hidden, Inline } from "./inlines";
import { type Leaf, Mapped, Untraceable } from "./mapped";
import { badgesEnd } from "./unseen";

export type Document =
  | {
      readonly kind: "blocks";
      readonly blocks: readonly Block[];
      /** Words of the source that are not among its text, such as the language of code: what covers them is marked plain. */
      readonly hidden: readonly (readonly [start: number, end: number])[];
    }
  | { readonly kind: "plain"; readonly why: string };

const LONGEST = 200_000;
const LONGEST_LINE = 20_000;
const MOST_NESTED = 12;
/** In one paragraph: the lexer looks for the other end of each of these. */
const MOST_MARKS = 600;
const MOST_LINES = 2_000;
const CONTAINERS = /^(?:[ \t]{0,64}(?:>|[*+-](?=[ \t])|\d{1,9}[.)](?=[ \t]))){13}/;
/** In what is hidden; a list's numbers are shown beside its items. */
const WORDS = /[A-Za-z]|\[[^\]]*\w/;
/** Begins a text of its own, wherever it stands. */
const ITEM = /^ {0,3}[-*+] {1,3}\S/;
const INDENTED = /^[ \t]{65,}(?:>|[*+-][ \t]|\d{1,9}[.)][ \t])/;

/** Give the blocks of a text; in time that is in proportion to it. */
export function parse(source: string): Document {
  const why = unfit(source);
  if (why !== null) return { kind: "plain", why };
  try {
    const text = Mapped.of(source);
    const hidden: Hidden = [];
    const made = blocks(new Lexer({ gfm: true }).lex(text.text), text, hidden);
    return shows(source, made, hidden)
      ? { kind: "blocks", blocks: made, hidden: hidden.filter(([start, end]) => WORDS.test(source.slice(start, end))) }
      : { kind: "plain", why: "rendering would leave out some of it" };
  } catch (error) {
    if (error instanceof Untraceable) return { kind: "plain", why: `cannot be rendered exactly: ${error.message}` };
    throw error;
  }
}

/** Say why a text is too much for the lexer; null where it is not. */
export function unfit(source: string): string | null {
  if (source.length > LONGEST) return "too long to be rendered";
  let marks = 0;
  let lines = 0;
  for (const line of source.split(/\r\n?|\n/)) {
    if (line.length > LONGEST_LINE) return "a line is too long to be rendered";
    if (CONTAINERS.test(line) || INDENTED.test(line)) return `nested more than ${String(MOST_NESTED)} deep`;
    const blank = line.trim() === "";
    marks = (blank || ITEM.test(line) ? 0 : marks) + (line.match(/[*_~[\]`<!&(]/g)?.length ?? 0);
    lines = blank ? 0 : lines + 1;
    if (marks > MOST_MARKS) return "too many marks in one paragraph";
    if (lines > MOST_LINES) return "too many lines without a blank one";
  }
  // Rendered blocks are shown whole.
  if (badgesEnd(source) < source.length) return "too many characters that are not seen";
  return null;
}

/** Say whether everything but signs of markdown is shown: nothing that a model wrote may disappear. */
function shows(source: string, made: readonly Block[], hidden: Hidden): boolean {
  const covered = [...leavesOf(made).map(({ start, end }) => [start, end] as const), ...hidden];
  covered.sort((one, other) => one[0] - other[0]);
  let done = 0;
  for (const [start, end] of [...covered, [source.length, source.length] as const]) {
    if (start > done && !/^[\t\n\r -/:-@[-`{-~]*$/.test(source.slice(done, start))) return false;
    done = Math.max(done, end);
  }
  return true;
}

/** Give all text of blocks, in its order. */
export function leavesOf(made: readonly Block[]): Leaf[] {
  const leaves: Leaf[] = [];
  const add = (parts: readonly Inline[]): void => {
    for (const part of parts) {
      if ("leaves" in part) leaves.push(...part.leaves);
      else add(part.inside);
      if ("written" in part) leaves.push(...part.written);
    }
  };
  for (const block of made) {
    if (block.kind === "paragraph" || block.kind === "heading") add(block.inside);
    else if (block.kind === "code" || block.kind === "literal") leaves.push(...block.leaves);
    else if (block.kind === "quote") leaves.push(...leavesOf(block.inside));
    else if (block.kind === "list") for (const item of block.items) leaves.push(...leavesOf(item.inside));
    else if (block.kind === "table") for (const row of [block.head, ...block.rows]) row.forEach(add);
  }
  return leaves;
}

/** Say whether a stretch of the source can be marked in the rendered text letter by letter. */
export function canShow(document: Extract<Document, { kind: "blocks" }>, leaves: readonly Leaf[], start: number, end: number): boolean {
  if (document.hidden.some(([from, to]) => from < end && to > start)) return false;
  let seen = false;
  for (const leaf of leaves) {
    if (leaf.end <= start || leaf.start >= end) continue;
    if (leaf.kind === "decoded" && (leaf.start < start || leaf.end > end)) return false;
    seen ||= leaf.kind !== "blank";
  }
  return seen;
}
