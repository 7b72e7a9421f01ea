/** Evidence as what is marked in a transcript, and as what can be chosen by keys alone. Pure. */
import type { PieceSpans } from "../../conversation/message";
import type { Span } from "../../text/highlight";
import type { EvidenceSpan, Message } from "../../wire";
import type { Form } from "./form";
import { chosen, sentences, type Choice, type Range } from "./sentences";

/** Words that are about to be chosen in a message, sentence by sentence. */
export interface Picking {
  readonly message: string;
  readonly piece: number;
  readonly all: readonly Range[];
  readonly choice: Choice;
}

/** Begin with the first sentence of a message that has one: of what it says, else of what it thinks or calls. */
export function pickIn(message: Message): Picking | null {
  const order = [...message.pieces.keys()].sort((one, other) => rank(message, one) - rank(message, other));
  for (const piece of order) {
    const all = sentences(message.pieces[piece]?.text ?? "");
    if (all.length > 0) return { message: message.label, piece, all, choice: { anchor: 0, head: 0 } };
  }
  return null;
}

function rank(message: Message, piece: number): number {
  return message.pieces[piece]?.kind === "text" ? 0 : 1;
}

/** The next piece of the message with a sentence, going round. */
export function nextPiece(picking: Picking, message: Message): Picking {
  const count = message.pieces.length;
  for (let step = 1; step <= count; step += 1) {
    const piece = (picking.piece + step) % count;
    const all = sentences(message.pieces[piece]?.text ?? "");
    if (all.length > 0) return { ...picking, piece, all, choice: { anchor: 0, head: 0 } };
  }
  return picking;
}

/** What is chosen, as evidence. */
export function picked(picking: Picking, message: Message): EvidenceSpan | null {
  const range = chosen(picking.choice, picking.all);
  const text = message.pieces[picking.piece]?.text;
  if (range === null || text === undefined) return null;
  return { message: message.label, place: { piece: picking.piece, ...range }, quote: text.slice(range.start, range.end) };
}

/** What is marked in every message: evidence, by its dimension, and what is about to be chosen. */
export function marksOf(form: Form, picking: Picking | null, shown: string | null): ReadonlyMap<string, PieceSpans> {
  const marks = new Map<string, Map<number, Span[]>>();
  const add = (message: string, piece: number, span: Span): void => {
    const pieces = marks.get(message) ?? new Map<number, Span[]>();
    marks.set(message, pieces.set(piece, [...(pieces.get(piece) ?? []), span]));
  };
  for (const [dimension, { evidence }] of form.entries) {
    for (const { message, place } of evidence) {
      // Of another dimension than the one at hand it stays plain: what is marked is evidence for what is asked now.
      if (shown === null || dimension === shown) add(message, place.piece, { start: place.start, end: place.end, label: `evidence for ${dimension}`, tone: "quote" });
    }
  }
  const range = picking === null ? null : chosen(picking.choice, picking.all);
  if (picking !== null && range !== null) add(picking.message, picking.piece, { ...range, label: "about to be attached", tone: "found", current: true });
  return marks;
}
