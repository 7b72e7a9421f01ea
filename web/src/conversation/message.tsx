// One message: who said it and how it came about, its texts, its calls.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { Badge } from "../parts/small";
import { isStyled } from "../text/ansi";
import type { Span } from "../text/highlight";
import { Drawn, JsonText } from "../text/json";
import { Seen } from "../text/leaf";
import { Terminal } from "../text/terminal";
import { type Manner, Plain, Text } from "../text/text";
import { type Tree, treeIn } from "../text/values";
import type { Message, TextPiece, ToolView } from "../wire";
import { CallView, type SpannedPiece } from "./call";
import { flagWords, markWords, originMeaning, originWord } from "./words";

/** What is marked in the pieces of a message, by the piece's position. */
export type PieceSpans = ReadonlyMap<number, readonly Span[]>;

export interface MessageProps {
  message: Message;
  spans?: PieceSpans;
  manner?: Manner;
  /** As it was said, or as judges read it. */
  as?: "said" | "read";
  /** The tools from here on, where they are others than before. */
  toolsNow?: readonly ToolView[] | null;
  /** What can be done with it. */
  tools?: ComponentChildren;
}

const NO_SPANS: PieceSpans = new Map();
const NONE: readonly Span[] = [];

/** The inside of a message; what stands around it is the page's. */
export function MessageView({ message, spans = NO_SPANS, manner = "rendered", as = "said", toolsNow = null, tools }: MessageProps) {
  const read = as === "read" ? message.as_read : null;
  const pieces = message.pieces.map((piece, index) => ({ piece: read === null ? piece : { ...piece, text: read[index] ?? piece.text }, spans: read === null ? (spans.get(index) ?? NONE) : NONE }));
  const own = pieces.filter((each) => each.piece.call === null);
  return (
    <>
      <MessageHead message={message} tools={tools} />
      {toolsNow !== null && <ToolsNow tools={toolsNow} first={message.parent === null} />}
      <div class="message-body">
        {own.map((each, index) => (
          <Piece key={index} each={each} message={message} manner={manner} />
        ))}
        {message.calls.map((call) => (
          <CallView key={call.label} call={call} pieces={pieces.filter((each) => each.piece.call === call.label)} />
        ))}
        {message.provider_results.map((text, index) => (
          <div class="piece" key={index}>
            <span class="piece-kind">result of a tool that the provider ran</span>
            <Result text={text} spans={NONE} />
          </div>
        ))}
        {own.length === 0 && message.calls.length === 0 && <p class="nothing">Nothing was said.</p>}
      </div>
    </>
  );
}

const MOST_DISTANT = 4_000;

/** A message that nobody looks at yet: its words, to be found and to take their room, and little else. */
export function DistantMessage({ message }: { message: Message }) {
  return (
    <>
      <header class="message-head">
        <span class="message-label">{message.label}</span> {message.role}
      </header>
      <div class="message-body">
        {message.pieces.map((piece, index) => (
          <div key={index} class="text text-plain" dir="auto">
            <Seen text={piece.text.slice(0, MOST_DISTANT)} />
          </div>
        ))}
      </div>
    </>
  );
}

function MessageHead({ message, tools }: { message: Message; tools: ComponentChildren }) {
  const result = message.answers === null ? "" : ` of ${message.answers}`;
  const role = message.role === "tool" ? `result${result}` : message.role;
  const told = originWord(message.origin);
  return (
    <header class="message-head">
      <span class="message-label">{message.label}</span>
      <span class="message-role">{role}</span>
      <span class="origin" title={originMeaning(message.origin)}>
        {told}
      </span>
      {message.role === "assistant" && <span class="message-turn">turn {message.turn}</span>}
      {message.failed && <Badge tone="bad">error</Badge>}
      {message.marks.map((mark) => (
        <Badge key={mark} tone="warn" title={markWords(mark)[1] + (message.stop === null ? "" : `; the provider says: ${message.stop}`)}>
          {markWords(mark)[0]}
        </Badge>
      ))}
      {message.flags.map((flag) => (
        <Badge key={flag} tone="warn" title={flagWords(flag)[1]}>
          {flagWords(flag)[0]}
        </Badge>
      ))}
      {!message.seen && <Badge title="it is on no branch that ends with the target's words, so no judge reads it">not judged</Badge>}
      {message.note !== null && <Note note={message.note} why={message.why} />}
      <span class="message-tools">{tools}</span>
    </header>
  );
}

function Note({ note, why }: { note: string; why: readonly string[] }) {
  if (why.length === 0) return <Badge tone="accent">{note}</Badge>;
  return (
    <details class="note">
      <summary>
        <Badge tone="accent">{note}</Badge> why
      </summary>
      {why.map((reason, index) => (
        <Plain key={index} text={reason} />
      ))}
    </details>
  );
}

function Piece({ each, message, manner }: { each: SpannedPiece; message: Message; manner: Manner }) {
  const { piece, spans } = each;
  if (piece.kind === "reasoning") return <Reasoning piece={piece} spans={spans} manner={manner} />;
  if (piece.kind === "text" && message.role === "tool") return <Result text={piece.text} spans={spans} failed={message.failed} />;
  if (piece.kind === "text") return <Text text={piece.text} spans={spans} manner={manner} />;
  return (
    <div class="piece">
      <span class="piece-kind">{piece.kind === "tool_call" ? "call of a tool that the provider ran" : "result"}</span>
      <Result text={piece.text} spans={spans} />
    </div>
  );
}

function Reasoning({ piece, spans, manner }: { piece: TextPiece; spans: readonly Span[]; manner: Manner }) {
  const words = piece.text.length < 100_000 ? piece.text.split(/\s+/).filter((word) => word !== "").length : null;
  const sought = spans.some((span) => span.current === true);
  return (
    <details class="reasoning" open={sought}>
      <summary>
        reasoning <span class="muted">{words === null ? "very long" : `${words.toLocaleString("en-GB")} words`}</span>
        {spans.length > 0 && !sought && <span class="muted"> · quoted</span>}
      </summary>
      <Text text={piece.text} spans={spans} manner={manner} />
    </details>
  );
}

/** What a tool gave back: a tree where it is JSON, colours where it is a terminal's, otherwise as it is. */
export function Result({ text, spans, failed = false }: { text: string; spans: readonly Span[]; failed?: boolean }) {
  const tree = useMemo(() => (spans.length === 0 && !failed ? structured(text) : null), [text, spans, failed]);
  if (tree !== null) return <Drawn tree={tree} />;
  if (isStyled(text)) return <Terminal text={text} spans={spans} />;
  return (
    <div class={failed ? "result fault" : "result"}>
      <Plain text={text} spans={spans} />
    </div>
  );
}

const MOST_JSON = 200_000;

/** Give the tree that a text is as JSON; null where it is none, or would be read otherwise than it was said. */
export function structured(text: string): Tree | null {
  if (text.length > MOST_JSON || !/^\s*[[{]/.test(text)) return null;
  const tree = treeIn(text);
  return tree?.plain === true ? tree : null;
}

function ToolsNow({ tools, first }: { tools: readonly ToolView[]; first: boolean }) {
  if (tools.length === 0) return first ? null : <p class="tools-now">tools now: none</p>;
  return (
    <details class="tools-now">
      <summary>
        {first ? "tools" : "tools now"}:{" "}
        {tools.map((tool, index) => (
          <span key={tool.name}>
            {index > 0 && ", "}
            <code dir="auto">
              <Seen text={tool.name} />
            </code>
          </span>
        ))}
      </summary>
      <dl>
        {tools.map((tool) => (
          <div key={tool.name}>
            <dt>
              <code dir="auto">
                <Seen text={tool.name} />
              </code>
            </dt>
            <dd>
              <Plain text={tool.description} />
              <JsonText text={tool.parameters} open={0} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
