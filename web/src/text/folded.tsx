// Plain text with its spans, of which the end is folded where it is long.
import { useState } from "preact/hooks";
import { amount, foldAt, stepEnd, stretches } from "./folding";
import type { Span } from "./highlight";
import { Leaves } from "./leaf";
import type { Leaf } from "./mapped";

interface FoldedProps {
  leaves: readonly Leaf[];
  spans: readonly Span[];
}

/** Leaves of one text; what is folded opens where the span that is looked at stands in it. */
export function Folded({ leaves, spans }: FoldedProps) {
  const text = leaves.map((leaf) => leaf.text).join("");
  const [opened, open] = useState(() => Math.min(foldAt(text) ?? text.length, stepEnd(text, 0)));
  const current = spans.find((span) => span.current === true);
  const shown = stretches(text, opened, current === undefined ? null : placed(leaves, current));
  return (
    <>
      {shown.map((stretch) =>
        stretch.open ? (
          <Leaves key={stretch.start} leaves={cut(leaves, stretch.start, stretch.end)} spans={spans} />
        ) : (
          <button key={stretch.start} type="button" class="more" onClick={() => open(stepEnd(text, stretch.start))}>
            show {amount(text, stretch.start, stretch.end)}
          </button>
        ),
      )}
    </>
  );
}

/** Cut leaves to a part of their joined text. */
function cut(leaves: readonly Leaf[], start: number, end: number): Leaf[] {
  let at = 0;
  return leaves.flatMap((leaf) => {
    const from = Math.max(0, start - at);
    const to = Math.min(leaf.text.length, end - at);
    at += leaf.text.length;
    if (to <= from) return [];
    if (leaf.kind !== "exact") return [leaf];
    return [{ ...leaf, text: leaf.text.slice(from, to), start: leaf.start + from, end: leaf.start + to }];
  });
}

/** Give where in the joined text of leaves a span stands; null where it does not. */
function placed(leaves: readonly Leaf[], span: Span): readonly [number, number] | null {
  let at = 0;
  let first: number | null = null;
  let last = 0;
  for (const leaf of leaves) {
    if (leaf.start < span.end && leaf.end > span.start) {
      first ??= at + (leaf.kind === "exact" ? Math.max(0, span.start - leaf.start) : 0);
      last = at + (leaf.kind === "exact" ? Math.min(leaf.text.length, span.end - leaf.start) : leaf.text.length);
    }
    at += leaf.text.length;
  }
  return first === null ? null : [first, last];
}
