// The smallest texts of a page: every character of a model's text goes through here.
import type { Leaf } from "./mapped";
import { type Part, type Span, split } from "./highlight";
import { shown } from "./unseen";

/** Give a text with badges for what is not seen in it. */
export function Seen({ text }: { text: string }) {
  return <>{shown(text).map((part) => (part.kind === "seen" ? part.text : <Unseen key={part.at} badge={part.badge} name={part.name} />))}</>;
}

function Unseen({ badge, name }: { badge: string; name: string }) {
  return (
    <span class="unseen" title={name} data-unseen="">
      {badge}
    </span>
  );
}

function Marked({ text, part }: { text: string; part: Part }) {
  if (part.spans.length === 0)
    return (
      <span data-at={part.start}>
        <Seen text={text} />
      </span>
    );
  const current = part.spans.some((span) => span.current === true);
  const tone = part.spans.find((span) => span.tone !== undefined)?.tone ?? "quote";
  const overlapping = part.spans.length > 1 ? " mark-over" : "";
  return (
    <mark
      class={`mark mark-${tone}${current ? " mark-current" : ""}${overlapping}`}
      title={part.spans.map((span) => span.label).join("; ")}
      data-at={part.start}
      data-current={current ? "" : undefined}
    >
      <Seen text={text} />
    </mark>
  );
}

/** Give leaves with the spans over them marked. */
export function Leaves({ leaves, spans }: { leaves: readonly Leaf[]; spans: readonly Span[] }) {
  return (
    <>
      {leaves.flatMap((leaf) => {
        if (leaf.kind === "exact")
          return split(leaf.start, leaf.end, spans).map((part) => (
            <Marked key={part.start} text={leaf.text.slice(part.start - leaf.start, part.end - leaf.start)} part={part} />
          ));
        const over = spans.filter((span) => span.start < leaf.end && span.end > leaf.start);
        return [<Marked key={`${String(leaf.start)} ${leaf.kind}`} text={leaf.text} part={{ start: leaf.start, end: leaf.end, spans: over }} />];
      })}
    </>
  );
}
