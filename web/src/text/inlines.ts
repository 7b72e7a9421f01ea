// What stands within a line of markdown, with the place of every letter.
import type { Token, Tokens } from "marked";
import { REFERENCE, referenced } from "./entities";
import { type Leaf, type Mapped, Untraceable } from "./mapped";

export type Inline =
  | { readonly kind: "text" | "code" | "literal"; readonly leaves: readonly Leaf[] }
  | { readonly kind: "em" | "strong" | "del"; readonly inside: readonly Inline[] }
  | {
      readonly kind: "link" | "image";
      /** What is shown of it: of a bare address nothing else. */
      readonly inside: readonly Inline[];
      readonly url: string;
      /** The address as the source has it, where it has one. */
      readonly written: readonly Leaf[];
    };

/** Collects what the page does not show as text, because it shows it otherwise or it says nothing: `[start, end)` of the source. */
export type Hidden = (readonly [number, number])[];

const DEEPEST = 24;

/** Give the parts of a text that the lexer made these tokens of. */
export function inlines(tokens: readonly Token[], text: Mapped, hidden: Hidden, depth = 0): Inline[] {
  if (depth > DEEPEST) throw new Untraceable("too deeply nested");
  let at = 0;
  return tokens.flatMap((token) => {
    if (!text.text.startsWith(token.raw, at)) throw new Untraceable("a token that is not in the text");
    const piece = text.slice(at, at + token.raw.length);
    at += token.raw.length;
    return inline(token, piece, hidden, depth);
  });
}

function inline(token: Token, piece: Mapped, hidden: Hidden, depth: number): Inline[] {
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
      return [wrapped(token as Tokens.Strong | Tokens.Em | Tokens.Del, piece, hidden, depth)];
    case "codespan":
      return [{ kind: "code", leaves: codespan(token as Tokens.Codespan, piece) }];
    case "escape":
      return [{ kind: "text", leaves: piece.leaves(1) }];
    case "html":
      return [{ kind: "literal", leaves: piece.leaves() }];
    case "link":
    case "image":
      return [linked(token as Tokens.Link | Tokens.Image, piece, hidden, depth)];
    case "text":
    case "br":
    case "checkbox":
      return [{ kind: "text", leaves: token.type === "text" ? unescaped(piece) : piece.leaves() }];
    default:
      throw new Untraceable(`a token of the kind ${token.type}`);
  }
}

function wrapped(
  token: Tokens.Strong | Tokens.Em | Tokens.Del,
  piece: Mapped,
  hidden: Hidden,
  depth: number,
): Inline {
  const border = (token.raw.length - token.text.length) / 2;
  const inner = piece.slice(border, piece.text.length - border);
  if (inner.text !== token.text) throw new Untraceable("a border of an unknown width");
  return { kind: token.type, inside: inlines(token.tokens, inner, hidden, depth + 1) };
}

/** A code span's line breaks stand for spaces, and one space at either end is not part of it. */
function codespan(token: Tokens.Codespan, piece: Mapped): Leaf[] {
  const ticks = /^`+/.exec(piece.text)?.[0].length ?? 0;
  const inner = piece.slice(ticks, piece.text.length - ticks);
  const trim = (inner.text.length - token.text.length) / 2;
  if (trim !== 0 && trim !== 1) throw new Untraceable("a code span of another length");
  return inner.leaves(trim, inner.text.length - trim);
}

/** Give a text with its character references as what they stand for. */
export function unescaped(piece: Mapped): Leaf[] {
  const leaves: Leaf[] = [];
  let done = 0;
  for (const found of piece.text.matchAll(REFERENCE)) {
    const text = referenced(found[1], found[2], found[3]);
    if (text === null) continue;
    leaves.push(...piece.leaves(done, found.index));
    done = found.index + found[0].length;
    leaves.push(piece.decoded(found.index, done, text));
  }
  leaves.push(...piece.leaves(done));
  return leaves;
}

function linked(token: Tokens.Link | Tokens.Image, piece: Mapped, hidden: Hidden, depth: number): Inline {
  const kind = token.type;
  const url = token.href;
  const open = kind === "image" ? 2 : 1;
  if (!piece.text.startsWith(kind === "image" ? "![" : "[")) {
    const bare = piece.text.startsWith("<") ? piece.slice(1, piece.text.length - 1) : piece;
    return { kind, inside: [], url, written: bare.leaves() };
  }
  const label = piece.slice(open, open + labelLength(piece.text, open));
  const rest = piece.slice(open + label.text.length + 1, piece.text.length);
  const inside: Inline[] =
    kind === "image" || label.text !== token.text
      ? [{ kind: "text", leaves: label.leaves() }]
      : inlines(token.tokens, label, hidden, depth + 1);
  if (rest.text.startsWith("(")) return { kind, inside, url, written: rest.leaves(1, rest.text.length - 1) };
  if (rest.text !== "") hidden.push(rest.span());
  return { kind, inside, url, written: [] };
}

/** Give how long a link's label is: up to its closing bracket, over nested ones, escapes and code spans. */
function labelLength(text: string, from: number): number {
  let open = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "`") at = pastCode(text, at) - 1;
    else if (char === "[") open += 1;
    else if (char === "]" && open-- === 0) return at - from;
  }
  throw new Untraceable("a link without an end of its label");
}

function pastCode(text: string, at: number): number {
  const ticks = /^`+/.exec(text.slice(at))?.[0] ?? "`";
  const after = at + ticks.length;
  for (let close = text.indexOf(ticks, after); close >= 0; close = text.indexOf(ticks, close)) {
    let end = close;
    while (text[end] === "`") end += 1;
    if (end - close === ticks.length) return end;
    close = end;
  }
  return after;
}
