// Words that are looked for in one transcript, on all its branches.
import { found } from "../../text/highlight";
import type { Span } from "../../text/highlight";
import type { Message } from "../../wire";
import type { Focus } from "./citations";

const MOST = 2_000;

/** Give every place of some words, in order of appearance. */
export function findsIn(messages: readonly Message[], words: string): Focus[] {
  const all: Focus[] = [];
  if (words.trim() === "") return all;
  for (const message of messages) {
    const calls = new Set<string>();
    for (const [piece, { text, call }] of message.pieces.entries()) {
      // A call as one line says again what its texts say, escaped; it counts for the rest of it only.
      const isLine = call !== null && !calls.has(call);
      if (call !== null) calls.add(call);
      if (isLine && message.pieces.some((other, index) => index > piece && other.call === call && found(other.text, words, "", 1).length > 0)) continue;
      for (const { start, end } of found(text, words, "", MOST)) all.push({ message: message.label, piece, start, end });
      if (all.length >= MOST) return all.slice(0, MOST);
    }
  }
  return all;
}

/** Give the finds as what is marked, by message and piece. */
export function marksOf(finds: readonly Focus[], words: string): ReadonlyMap<string, ReadonlyMap<number, readonly Span[]>> {
  const marked = new Map<string, Map<number, Span[]>>();
  for (const { message, piece, start, end } of finds) {
    const pieces = marked.get(message) ?? new Map<number, Span[]>();
    marked.set(message, pieces);
    pieces.set(piece, [...(pieces.get(piece) ?? []), { start, end, label: `found: ${words}`, tone: "found" }]);
  }
  return marked;
}
