import { Text } from "../../text/text";
import type { Span } from "../../text/highlight";
import type { Message, TranscriptView } from "../../wire";

export function PaneMessage({ message, marks }: { message: Message; transcript: TranscriptView; marks?: ReadonlyMap<number, readonly Span[]> | undefined }) {
  return (
    <div class="pane-message">
      <p class="muted">
        {message.label} {message.origin}
      </p>
      {message.pieces.map((piece, index) => (
        <Text key={index} text={piece.text} spans={marks?.get(index) ?? []} />
      ))}
    </div>
  );
}
