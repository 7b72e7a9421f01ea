// The blocks of a markdown text, with the place of every letter.
import type { Token, Tokens } from "marked";
import { type Hidden, type Inline, inlines } from "./inlines";
import { type Leaf, Mapped, Untraceable } from "./mapped";

export interface Item {
  /** Its number as it is written; null in a list without numbers. */
  readonly number: number | null;
  readonly inside: readonly Block[];
}

export type Block =
  | { readonly kind: "paragraph"; readonly inside: readonly Inline[] }
  | { readonly kind: "heading"; readonly depth: number; readonly inside: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly leaves: readonly Leaf[] }
  | { readonly kind: "literal"; readonly leaves: readonly Leaf[] }
  | { readonly kind: "quote"; readonly inside: readonly Block[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly Item[] }
  | {
      readonly kind: "table";
      readonly align: readonly ("left" | "center" | "right" | null)[];
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: "rule" };

const DEEPEST = 16;
const MARKER = /^[ \t]*(?:[*+-]|(\d{1,9})[.)])/;
const TASK = /^\[[ xX]\] +/;

/** Give the blocks of a text that the lexer made these tokens of. */
export function blocks(tokens: readonly Token[], text: Mapped, hidden: Hidden, depth = 0): Block[] {
  if (depth > DEEPEST) throw new Untraceable("too deeply nested");
  let at = 0;
  const made: Block[] = [];
  for (const token of tokens) {
    while (!text.text.startsWith(token.raw, at)) {
      if (!/\s/.test(text.text[at] ?? "x")) throw new Untraceable("a block that is not in the text");
      at += 1;
    }
    made.push(...block(token, text.slice(at, at + token.raw.length), hidden, depth));
    at += token.raw.length;
  }
  return made;
}

function block(token: Token, piece: Mapped, hidden: Hidden, depth: number): Block[] {
  switch (token.type) {
    case "space":
      return [];
    case "paragraph":
    case "text": {
      const paragraph = token as Tokens.Paragraph | Tokens.Text;
      const inner = piece.within(paragraph.text);
      return [{ kind: "paragraph", inside: inlines(paragraph.tokens ?? [], inner, hidden) }];
    }
    case "heading":
      return [heading(token as Tokens.Heading, piece, hidden)];
    case "code":
      return [code(token as Tokens.Code, piece, hidden)];
    case "html":
    case "def":
    case "checkbox":
      return [{ kind: "literal", leaves: piece.leaves() }];
    case "hr":
      return [{ kind: "rule" }];
    case "blockquote": {
      const quote = token as Tokens.Blockquote;
      return [{ kind: "quote", inside: blocks(quote.tokens, piece.within(quote.text), hidden, depth + 1) }];
    }
    case "list":
      return [list(token as Tokens.List, piece, hidden, depth)];
    case "table":
      return [table(token as Tokens.Table, piece, hidden)];
    default:
      throw new Untraceable(`a block of the kind ${token.type}`);
  }
}

function heading(token: Tokens.Heading, piece: Mapped, hidden: Hidden): Block {
  const start = /^ {0,3}#{1,6}[ \t]*|^\s*/.exec(piece.text)?.[0].length ?? 0;
  const inner = piece.slice(start, start + token.text.length);
  if (inner.text !== token.text) throw new Untraceable("a heading with other words");
  return { kind: "heading", depth: token.depth, inside: inlines(token.tokens, inner, hidden) };
}

function code(token: Tokens.Code, piece: Mapped, hidden: Hidden): Block {
  const language = token.lang ?? "";
  if (token.codeBlockStyle === "indented") {
    return { kind: "code", language, leaves: piece.within(token.text).leaves() };
  }
  const stop = piece.text.indexOf("\n");
  const first = stop < 0 ? piece.text.length : stop;
  if (/^[ -~]+$/.test(piece.text.slice(0, first))) hidden.push(piece.span(0, first));
  const leaves = token.text === "" ? [] : piece.within(token.text.replace(/\n$/, ""), first + 1).leaves();
  return { kind: "code", language, leaves };
}

function list(token: Tokens.List, piece: Mapped, hidden: Hidden, depth: number): Block {
  let at = 0;
  const items = token.items.map((each): Item => {
    if (!piece.text.startsWith(each.raw, at)) throw new Untraceable("an item that is not in its list");
    const own = piece.slice(at, at + each.raw.length);
    at += each.raw.length;
    const marker = MARKER.exec(own.text);
    if (marker === null) throw new Untraceable("an item without a mark");
    hidden.push(own.span(0, marker[0].length));
    const number = marker[1] === undefined ? null : Number(marker[1]);
    return { number, inside: item(each, own, hidden, depth) };
  });
  return { kind: "list", ordered: token.ordered, items };
}

/** The lexer takes the box of a task out of the item's text, and puts it before its tokens or into the first of them. */
function item(each: Tokens.ListItem, own: Mapped, hidden: Hidden, depth: number): Block[] {
  const inner = own.within(each.text);
  if (!each.task) return blocks(each.tokens, inner, hidden, depth + 1);
  const tokens = each.tokens.filter((token) => token.type !== "checkbox").map(unboxed);
  const box = own.text.search(/\[[ xX]\]/);
  const leaves = own.leaves(box, box + (TASK.exec(own.text.slice(box))?.[0].length ?? 3));
  const rest = blocks(tokens, inner, hidden, depth + 1);
  const first = rest[0];
  if (first?.kind !== "paragraph") return [{ kind: "paragraph", inside: [{ kind: "text", leaves }] }, ...rest];
  return [{ kind: "paragraph", inside: [{ kind: "text", leaves }, ...first.inside] }, ...rest.slice(1)];
}

function unboxed(token: Token): Token {
  if (token.type !== "paragraph" && token.type !== "text") return token;
  const own = token as Tokens.Paragraph | Tokens.Text;
  const [box, ...rest] = own.tokens ?? [];
  if (box?.type !== "checkbox") return token;
  const cut = (text: string): string => (text.startsWith(box.raw) ? text.slice(box.raw.length) : text);
  return { ...own, raw: cut(own.raw), text: cut(own.text), tokens: rest };
}

function table(token: Tokens.Table, piece: Mapped, hidden: Hidden): Block {
  const lines = linesOf(piece);
  const [head, , ...rows] = lines;
  if (head === undefined || rows.length < token.rows.length) throw new Untraceable("a table with other rows");
  return {
    kind: "table",
    align: token.align,
    head: cells(token.header, head, hidden),
    rows: token.rows.map((row, index) => cells(row, rows[index] ?? head, hidden)),
  };
}

function linesOf(piece: Mapped): Mapped[] {
  const lines: Mapped[] = [];
  for (let start = 0; start <= piece.text.length; ) {
    const stop = piece.text.indexOf("\n", start);
    const end = stop < 0 ? piece.text.length : stop;
    lines.push(piece.slice(start, end));
    start = end + 1;
  }
  return lines;
}

/** Find each cell's text in its row; a bar within a cell is written with a backslash before it. */
function cells(row: readonly Tokens.TableCell[], line: Mapped, hidden: Hidden): Inline[][] {
  let at = /^[ \t]*\|?/.exec(line.text)?.[0].length ?? 0;
  const skip = (pattern: RegExp): void => {
    pattern.lastIndex = at;
    at += pattern.exec(line.text)?.[0].length ?? 0;
  };
  return row.map((cell) => {
    skip(/[ \t]*/y);
    const parts: Mapped[] = [];
    let start = at;
    for (const char of cell.text) {
      if (char === "|" && line.text[at] === "\\") {
        parts.push(line.slice(start, at));
        at += 1;
        start = at;
      }
      if (!line.text.startsWith(char, at)) throw new Untraceable("a cell with other words");
      at += char.length;
    }
    parts.push(line.slice(start, at));
    skip(/[ \t]*\|?/y);
    return inlines(cell.tokens, Mapped.joined(parts), hidden);
  });
}
