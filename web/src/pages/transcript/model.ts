// Everything that a transcript's page computes of its data and its address, each part anew only when it has to be.
import { useMemo } from "preact/hooks";
import type { PieceSpans } from "../../conversation/message";
import { type Tree, treeOf } from "../../conversation/tree";
import type { Message, SetVerdicts, TranscriptView } from "../../wire";
import { type Citation, citationsOf, type Focus, spansOf, worstByMessage } from "./citations";
import { findsIn, marksOf } from "./finds";
import { type Onward, onwardOf, type Rail, railOf } from "./rail-layout";
import { focusedOn, pathOf, setOf, type TranscriptRoute } from "./state";

export interface Model {
  readonly tree: Tree;
  readonly set: SetVerdicts | null;
  readonly citations: readonly Citation[];
  readonly onward: ReadonlyMap<string, Onward>;
  readonly rail: Rail;
  readonly path: readonly Message[];
  /** Labels of the path's messages, in order. */
  readonly labels: readonly string[];
  readonly focus: Focus | null;
  readonly finds: readonly Focus[];
  readonly spans: ReadonlyMap<string, PieceSpans>;
}

export function useModel(view: TranscriptView, route: TranscriptRoute): Model {
  const tree = useMemo(() => treeOf(view.messages), [view]);
  const set = setOf(view, route);
  const citations = useMemo(() => (set === null ? [] : citationsOf(set)), [set]);
  const worst = useMemo(() => worstByMessage(set), [set]);
  const onward = useMemo(() => onwardOf(tree, worst), [tree, worst]);
  const rail = useMemo(() => railOf(tree, worst), [tree, worst]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- of the address, the path follows from these two
  const path = useMemo(() => pathOf(tree, route, set), [tree, set, route.b, route.m]);
  const labels = useMemo(() => path.map((message) => message.label), [path]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- and the words from these
  const focus = useMemo(() => focusedOn(tree, route), [tree, route.m, route.q]);
  const words = route.find ?? "";
  const finds = useMemo(() => findsIn(view.messages, words), [view, words]);
  const marked = useMemo(() => joined(spansOf(citations, null), marksOf(finds, words)), [citations, finds, words]);
  const spans = useMemo(() => focused(marked, citations, focus), [marked, citations, focus]);
  return { tree, set, citations, onward, rail, path, labels, focus, finds, spans };
}

type Marks = ReadonlyMap<string, PieceSpans>;

function joined(one: Marks, other: Marks): Marks {
  if (other.size === 0) return one;
  const all = new Map(one);
  for (const [label, pieces] of other) {
    const both = new Map(all.get(label) ?? []);
    for (const [piece, spans] of pieces) both.set(piece, [...(both.get(piece) ?? []), ...spans]);
    all.set(label, both);
  }
  return all;
}

/** Mark the words that are looked at; what is marked in other messages stays the same, so that they are not drawn anew. */
function focused(marked: Marks, citations: readonly Citation[], focus: Focus | null): Marks {
  if (focus === null) return marked;
  const own = spansOf(
    citations.filter((citation) => citation.quote.message === focus.message),
    focus,
  ).get(focus.message);
  const both = new Map(own ?? []);
  for (const [piece, spans] of marked.get(focus.message) ?? []) {
    const finds = spans.filter((span) => span.tone === "found");
    both.set(piece, [...(both.get(piece) ?? []), ...finds]);
  }
  return new Map(marked).set(focus.message, both);
}
