// Arguments, results and records as a tree that can be folded.
import { useMemo, useState } from "preact/hooks";
import type { Span } from "./highlight";
import { Leaves, Seen } from "./leaf";
import { Plain } from "./text";
import { type Entries, type Tree, treeIn, type Value, valueOf } from "./values";

/** So many entries are shown before a press shows more. */
const MOST = 50;
const SHORT = 80;

interface Shown {
  /** What is marked in a text, by its order among the texts that are not empty. */
  spans?: ReadonlyMap<number, readonly Span[]>;
  /** How many levels are open at first. */
  open?: number;
}

const NO_SPANS: ReadonlyMap<number, readonly Span[]> = new Map();

/** Data of our own. */
export function Json({ data, ...shown }: Shown & { data: unknown }) {
  const tree = useMemo(() => valueOf(data), [data]);
  return <Drawn tree={tree} {...shown} />;
}

/** What others wrote as JSON, digit by digit; as it is where it is none. */
export function JsonText({ text, ...shown }: Shown & { text: string }) {
  const tree = useMemo(() => treeIn(text), [text]);
  return tree === null ? <Plain text={text} /> : <Drawn tree={tree} {...shown} />;
}

/** A tree that was read before. */
export function Drawn({ tree: { value }, spans = NO_SPANS, open = 3 }: Shown & { tree: Tree }) {
  return (
    <div class="json">
      {value.kind === "record" && value.entries.length > 0 && value.entries.length <= MOST ? (
        <Lines entries={value.entries} spans={spans} open={open - 1} />
      ) : (
        <Node value={value} spans={spans} open={open} />
      )}
    </div>
  );
}

interface NodeProps {
  value: Value;
  spans: ReadonlyMap<number, readonly Span[]>;
  open: number;
}

function Node({ value, spans, open }: NodeProps) {
  switch (value.kind) {
    case "word":
      return <span class="json-word">{value.text}</span>;
    case "text":
      return <Words text={value.text} spans={spans.get(value.order) ?? []} />;
    case "deep":
      return <Plain text={value.text} why="nested too deeply" />;
    case "list":
    case "record":
      return <Branch value={value} spans={spans} open={open} />;
  }
}

function Words({ text, spans }: { text: string; spans: readonly Span[] }) {
  if (text.length > SHORT || text.includes("\n")) return <Plain text={text} spans={spans} />;
  return (
    <span class="json-text" dir="auto">
      <Leaves leaves={[{ kind: "exact", text, start: 0, end: text.length }]} spans={spans} />
    </span>
  );
}

function Branch({ value, spans, open }: { value: Extract<Value, { kind: "list" | "record" }> } & Omit<NodeProps, "value">) {
  const [chosen, choose] = useState<boolean | null>(null);
  const [most, show] = useState(MOST);
  const sought = holdsCurrent(value, spans);
  const isOpen = sought || (chosen ?? open > 0);
  const count = value.entries.length;
  const what = value.kind === "list" ? `${String(count)} item${count === 1 ? "" : "s"}` : `${String(count)} field${count === 1 ? "" : "s"}`;
  if (count === 0) return <span class="json-word">{value.kind === "list" ? "empty list" : "empty"}</span>;
  const last = sought ? count : most;
  return (
    <div class="json-branch">
      <button type="button" class="json-fold" aria-expanded={isOpen} onClick={() => choose(!isOpen)}>
        {what}
      </button>
      {isOpen && <Lines entries={value.entries.slice(0, last)} spans={spans} open={open - 1} />}
      {isOpen && count > last && (
        <button type="button" class="more" onClick={() => show(most + 500)}>
          show {count - last} more
        </button>
      )}
    </div>
  );
}

function Lines({ entries, spans, open }: { entries: Entries } & Omit<NodeProps, "value">) {
  return (
    <dl>
      {entries.map(([key, value], index) => (
        <div key={index} class={"entries" in value && value.entries.length > 0 ? "json-entry json-deep" : "json-entry"}>
          <dt dir="auto">
            <Seen text={key} />
          </dt>
          <dd>
            <Node value={value} spans={spans} open={open} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function holdsCurrent(value: Value, spans: ReadonlyMap<number, readonly Span[]>): boolean {
  if (value.kind === "text") return spans.get(value.order)?.some((span) => span.current === true) ?? false;
  if (spans.size === 0 || value.kind === "word" || value.kind === "deep") return false;
  return value.entries.some(([, inner]) => holdsCurrent(inner, spans));
}
