// The smallest texts of a page: every character of a model's text goes through here.
import type { Leaf } from "./mapped";
import { type Part, type Span, split } from "./highlight";
import { shown } from "./unseen";

/** Give a text, or a part of it, with badges for what is not seen in it. */
export function Seen({ text, from = 0, to = text.length }: { text: string; from?: number; to?: number }) {
  return <>{shown(text, from, to).map((part) => (part.kind === "seen" ? part.text : <Unseen key={part.at} badge={part.badge} name={part.name} />))}</>;
}

function Unseen({ badge, name }: { badge: string; name: string }) {
  return (
    <span class="unseen" title={name} data-unseen="">
      {badge}
    </span>
  );
}

interface MarkedProps {
  text: string;
  /** What of the text it is: what stands before it decides how it is drawn. */
  from: number;
  to: number;
  part: Part;
}

function Marked({ text, from, to, part }: MarkedProps) {
  const seen = <Seen text={text} from={from} to={to} />;
  if (part.spans.length === 0)
    return (
      <span data-at={part.start}>
        {seen}
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
      {seen}
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
            <Marked key={part.start} text={leaf.text} from={part.start - leaf.start} to={part.end - leaf.start} part={part} />
          ));
        const over = spans.filter((span) => span.start < leaf.end && span.end > leaf.start);
        return [<Marked key={`${String(leaf.start)} ${leaf.kind}`} text={leaf.text} from={0} to={leaf.text.length} part={{ start: leaf.start, end: leaf.end, spans: over }} />];
      })}
    </>
  );
}
