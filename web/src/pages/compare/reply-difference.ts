/** Where two replies differ, word by word, as places in the pieces of their messages. Pure. */
import { difference, type Change } from "../../text/diff";
import type { Span } from "../../text/highlight";
import type { Message } from "../../wire";
import { isReply } from "./align";

/** Places to mark, by message and piece. */
export type Marks = ReadonlyMap<string, ReadonlyMap<number, readonly Span[]>>;

export interface Marked {
  readonly left: Marks;
  readonly right: Marks;
}

export const NOTHING: Marks = new Map();

const JOIN = "\n";

/** What the left replies say and the right ones do not, and the other way; nothing where one side is silent. */
export function differing(left: readonly Message[], right: readonly Message[]): Marked {
  const [one, other] = [pieces(left), pieces(right)];
  if (one.length === 0 || other.length === 0) return { left: NOTHING, right: NOTHING };
  const { changes } = difference(textOf(one), textOf(other));
  return {
    left: placed(one, ranges(changes, "taken"), "not on the right"),
    right: placed(other, ranges(changes, "added"), "not on the left"),
  };
}

interface Piece {
  readonly label: string;
  readonly index: number;
  readonly text: string;
}

function pieces(messages: readonly Message[]): readonly Piece[] {
  return messages
    .filter(isReply)
    .flatMap(({ label, pieces: all }) => all.flatMap(({ kind, text }, index) => (kind === "text" ? [{ label, index, text }] : [])));
}

function textOf(all: readonly Piece[]): string {
  return all.map(({ text }) => text).join(JOIN);
}

/** Where the words of one kind stand in the text of their side. */
function ranges(changes: readonly Change[], kind: "taken" | "added"): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let at = 0;
  for (const change of changes) {
    if (change.kind !== "same" && change.kind !== kind) continue;
    const end = at + change.text.length;
    if (change.kind === kind) found.push([at, end]);
    at = end;
  }
  return found;
}

function placed(all: readonly Piece[], found: readonly (readonly [number, number])[], label: string): Marks {
  const marks = new Map<string, Map<number, readonly Span[]>>();
  let at = 0;
  for (const piece of all) {
    const end = at + piece.text.length;
    const spans = found
      .map(([from, to]): Span => ({ start: Math.max(from, at) - at, end: Math.min(to, end) - at, label, tone: "changed" }))
      // White space alone is no difference that anybody could see.
      .filter(({ start, end: stop }) => stop > start && piece.text.slice(start, stop).trim() !== "");
    const of = marks.get(piece.label) ?? new Map<number, readonly Span[]>();
    marks.set(piece.label, of.set(piece.index, spans));
    at = end + JOIN.length;
  }
  return marks;
}
