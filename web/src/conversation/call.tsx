// A tool call: its name, and its arguments so that each text in them can be read.
import { useMemo } from "preact/hooks";
import type { Span } from "../text/highlight";
import { Drawn } from "../text/json";
import { Seen } from "../text/leaf";
import { Plain } from "../text/text";
import { treeIn } from "../text/values";
import type { Call, TextPiece } from "../wire";

/** A text that may be quoted, with what is marked in it. */
export interface SpannedPiece {
  readonly piece: TextPiece;
  readonly spans: readonly Span[];
}

interface CallProps {
  call: Call;
  /** The call as one line, and then each of its texts. */
  pieces?: readonly SpannedPiece[];
}

export function CallView({ call, pieces = [] }: CallProps) {
  const [line, ...rest] = pieces;
  const tree = useMemo(() => treeIn(call.arguments), [call.arguments]);
  const texts = tree?.texts ?? [];
  // The tree may be marked where its texts are those of the pieces, one by one; else the pieces are shown below it.
  const same = rest.length === texts.length && rest.every((each, index) => each.piece.text === texts[index]);
  const spans = new Map(same ? rest.map((each, index) => [index, each.spans] as const) : []);
  const apart = same ? [] : rest.filter((each) => each.spans.length > 0);
  return (
    <div class="call" role="group" aria-label={`Call ${call.label}`}>
      <header>
        <span class="call-label">{call.label}</span>
        <span class="call-word">calls</span>
        <code dir="auto" class="call-name">
          <Seen text={call.name} />
        </code>
      </header>
      {call.parse_error !== null && (
        <p class="fault">
          The arguments could not be read: <Seen text={call.parse_error} />
        </p>
      )}
      {tree === null ? <Plain text={call.arguments} /> : <Drawn tree={tree} spans={spans} />}
      {line !== undefined && line.spans.length > 0 && <Line title="The call as one line" each={line} />}
      {apart.map((each, index) => (
        <Line key={index} title="A text of its arguments" each={each} />
      ))}
    </div>
  );
}

function Line({ title, each }: { title: string; each: SpannedPiece }) {
  return (
    <div class="call-line">
      <span class="call-word">{title}</span>
      <Plain text={each.piece.text} spans={each.spans} />
    </div>
  );
}
