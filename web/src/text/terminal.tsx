// Terminal output with its colours; sequences that set them are not shown, all others are badges.
import { classes, styled } from "./ansi";
import { foldAt } from "./folding";
import type { Span } from "./highlight";
import { Leaves } from "./leaf";
import { Plain } from "./text";

/** Beyond this, terminal output is shown as it is, so that drawing it takes no longer than reading it. */
const LONGEST = 100_000;

export function Terminal({ text, spans = [] }: { text: string; spans?: readonly Span[] }) {
  const parts = styled(text);
  const hidden = spans.some((span) => parts.every((part) => part.kind === "code" || part.end <= span.start || part.start >= span.end));
  if (text.length > LONGEST || hidden || foldAt(text) !== null) return <Plain text={text} spans={spans} />;
  return (
    <div class="text text-plain text-terminal" dir="ltr">
      {parts
        .filter((part) => part.kind === "text")
        .map((part) => (
          <span key={part.start} class={classes(part.style)}>
            <Leaves leaves={[{ kind: "exact", text: text.slice(part.start, part.end), start: part.start, end: part.end }]} spans={spans} />
          </span>
        ))}
    </div>
  );
}
