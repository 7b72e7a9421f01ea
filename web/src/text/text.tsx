// A model's text on the page: rendered as markdown where that is exact, otherwise as it is.
import { useState } from "preact/hooks";
import type { Block } from "./blocks";
import { directionOf } from "./direction";
import { Folded } from "./folded";
import { amount, foldAt } from "./folding";
import type { Span } from "./highlight";
import type { Leaf } from "./mapped";
import { canShow, type Document, leavesOf, parse } from "./markdown";
import { Blocks } from "./rendered";

/** How a text is shown; `quick` is plain for now, because nobody looks at it yet. */
export type Manner = "rendered" | "plain" | "quick";

interface TextProps {
  text: string;
  spans?: readonly Span[];
  manner?: Manner;
}

const NO_SPANS: readonly Span[] = [];
const KEPT = 400;
const documents = new Map<string, Document>();

/** Give a text's document; the last ones are kept, since a page is drawn again and again. */
export function documentOf(text: string): Document {
  const known = documents.get(text);
  if (known !== undefined) return known;
  const made = parse(text);
  documents.set(text, made);
  if (documents.size > KEPT) for (const oldest of [...documents.keys()].slice(0, KEPT / 4)) documents.delete(oldest);
  return made;
}

export function Text({ text, spans = NO_SPANS, manner = "rendered" }: TextProps) {
  if (manner !== "rendered") return <Plain text={text} spans={spans} />;
  const document = documentOf(text);
  if (document.kind === "plain") return <Plain text={text} spans={spans} why={document.why} />;
  const leaves = spans.length === 0 ? [] : leavesOf(document.blocks);
  if (!spans.every((span) => canShow(document, leaves, span.start, span.end)))
    return <Plain text={text} spans={spans} why="the marked words stand where markdown hides some" />;
  return <Rendered text={text} blocks={document.blocks} spans={spans} />;
}

/** A text of which only the first lines are in sight, where many stand below each other; all of it can be found and printed. */
export function Brief({ text }: { text: string }) {
  const [opened, open] = useState(false);
  const long = foldAt(text, 6, 480) !== null;
  return (
    <div class={long && !opened ? "brief" : undefined}>
      <Text text={text} />
      {long && (
        <button type="button" class="more" aria-expanded={opened} onClick={() => open(!opened)}>
          {opened ? "show less" : "show all of it"}
        </button>
      )}
    </div>
  );
}

/** A text as it is, letter by letter. */
export function Plain({ text, spans = NO_SPANS, why }: { text: string; spans?: readonly Span[]; why?: string }) {
  const leaf: Leaf = { kind: "exact", text, start: 0, end: text.length };
  return (
    <div class="text text-plain" dir={directionOf(text)}>
      {why !== undefined && <p class="text-note">Shown plain: {why}.</p>}
      <Folded leaves={[leaf]} spans={spans} />
    </div>
  );
}

function Rendered({ text, blocks, spans }: { text: string; blocks: readonly Block[]; spans: readonly Span[] }) {
  const [opened, open] = useState(false);
  const fold = foldAt(text, 80, 8_000);
  const shown = opened || fold === null ? blocks : blocks.slice(0, blocksBefore(blocks, fold, spans));
  const rest = blocks[shown.length];
  return (
    <div class="text text-rendered" dir="auto">
      <Blocks blocks={shown} spans={spans} />
      {rest !== undefined && (
        <button type="button" class="more" onClick={() => open(true)}>
          show {amount(text, startOf(rest) ?? 0, text.length)}
        </button>
      )}
    </div>
  );
}

/** Count the blocks that begin before a place, and those up to the span that is looked at. */
function blocksBefore(blocks: readonly Block[], place: number, spans: readonly Span[]): number {
  const current = spans.find((span) => span.current === true);
  const until = Math.max(place, current?.end ?? 0);
  const first = blocks.findIndex((block) => (startOf(block) ?? 0) >= until);
  return first < 0 ? blocks.length : Math.max(first, 1);
}

function startOf(block: Block): number | undefined {
  return leavesOf([block])[0]?.start;
}
