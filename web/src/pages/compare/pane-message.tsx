/** A message in a pane: as the transcript shows it, drawn in full once it is near. */
import { useRef } from "preact/hooks";
import { MessageView, type PieceSpans } from "../../conversation/message";
import { useNear } from "../../conversation/near";
import type { Message } from "../../wire";

export function PaneMessage({ message, spans }: { message: Message; spans?: PieceSpans | undefined }) {
  const frame = useRef<HTMLElement | null>(null);
  const near = useNear(frame, false);
  return (
    <article class={`said said-${message.origin}`} ref={frame} aria-label={`${message.label}, ${message.role}`}>
      <MessageView message={message} manner={near ? "rendered" : "quick"} {...(spans === undefined ? {} : { spans })} />
    </article>
  );
}
