// What the address says of a transcript, made out: which branch, which message, which words.
import { forks, leafFrom, pathTo, siblings, type Tree } from "../../conversation/tree";
import { useExported } from "../../data";
import type { RouteOf } from "../../route";
import type { Message, SetVerdicts, TranscriptView } from "../../wire";
import { type Citation, citationsOf, type Focus, focusIn, focusOf } from "./citations";

export type TranscriptRoute = RouteOf<"transcript">;
export type View = "target" | "auditor" | "judge" | "raw";

const VIEWS: readonly View[] = ["target", "auditor", "judge", "raw"];

/** The views there are: an exported file does not hold the stored record. */
export function useViews(): readonly View[] {
  return useExported() ? VIEWS.slice(0, -1) : VIEWS;
}

export function viewOf(route: TranscriptRoute): View {
  return VIEWS.find((view) => view === route.view) ?? "target";
}

/** Give the set of verdicts that is shown; null where nothing was judged. */
export function setOf(view: TranscriptView, route: TranscriptRoute): SetVerdicts | null {
  return view.verdicts.find((set) => set.key === route.set) ?? view.verdicts[0] ?? null;
}

/** Give the path that is read: through the message that the address names, along the branch that it names. */
export function pathOf(tree: Tree, route: TranscriptRoute, set: SetVerdicts | null): Message[] {
  const wanted = route.b !== undefined && tree.byLabel.has(route.b) ? route.b : null;
  const along = new Set((wanted === null ? [] : pathTo(tree, wanted)).map((message) => message.label));
  const through = route.m !== undefined && tree.byLabel.has(route.m) && !along.has(route.m) ? route.m : wanted;
  const start = through ?? firstQuoted(tree, set) ?? longest(tree);
  return start === null ? [] : pathTo(tree, leafFrom(tree, start, along));
}

/** The message of the first quote: where a person who opens a transcript wants to be. */
function firstQuoted(tree: Tree, set: SetVerdicts | null): string | null {
  const found = set === null ? undefined : citationsOf(set).find((citation) => citation.n === 0);
  return found !== undefined && tree.byLabel.has(found.quote.message) ? found.quote.message : null;
}

function longest(tree: Tree): string | null {
  return tree.messages.reduce<Message | null>((one, other) => (one === null || (other.seen && other.turn > one.turn) ? other : one), null)?.label ?? null;
}

/** Give the words that the address points to. */
export function focusedOn(tree: Tree, route: TranscriptRoute): Focus | null {
  const focus = focusIn(route.m, route.q);
  const length = focus === null ? undefined : tree.byLabel.get(focus.message)?.pieces[focus.piece]?.text.length;
  return focus !== null && length !== undefined && focus.end <= length ? focus : null;
}

/** Give the quote that a step leads to from the one in the address; null where there is none. */
export function stepped(citations: readonly Citation[], route: TranscriptRoute, step: 1 | -1): Citation | null {
  const found = citations.filter((citation) => citation.n >= 0);
  const named = found.findIndex((citation) => citation.dimension === route.d);
  const first = route.n === undefined ? named : found.findIndex((citation) => String(citation.n) === route.n) + step;
  const at = route.n === undefined && (step === -1 || named < 0) ? (step === 1 ? 0 : -1) : first;
  return found[(at + found.length) % found.length] ?? null;
}

/** The fields of the address for a quote: where it stands, and which quote it is. */
export function fieldsOf(citation: Citation): Partial<TranscriptRoute> & { readonly m: string } {
  const focus = focusOf(citation.quote);
  const shared = citation.dimension === null ? {} : { d: citation.dimension };
  if (focus === null) return { m: citation.quote.message, ...shared };
  return { m: focus.message, q: `${focus.piece}:${focus.start}-${focus.end}`, n: String(citation.n), ...shared };
}

/** Give the quote whose first words the address has; null where no such quote was found. */
export function namedQuote(citations: readonly Citation[], route: TranscriptRoute): Citation | null {
  const words = route.quote;
  if (words === undefined) return null;
  const fits = citations.filter(({ n, quote }) => n >= 0 && quote.quote.startsWith(words) && (route.m === undefined || quote.message === route.m));
  return fits.find(({ dimension }) => dimension === (route.d ?? null)) ?? fits[0] ?? null;
}

/** Give the message beside the nearest fork at or above a message that a step leads to; null where there is no fork. */
export function branchStep(tree: Tree, path: readonly Message[], at: string, step: 1 | -1): { readonly from: string; readonly to: string } | null {
  const turning = forks(tree, path);
  const place = path.findIndex((message) => message.label === at);
  const above = turning.filter((label) => path.findIndex((message) => message.label === label) <= place);
  const from = above[above.length - 1] ?? turning[0];
  if (from === undefined) return null;
  const beside = siblings(tree, from);
  const to = beside[(beside.indexOf(from) + step + beside.length) % beside.length];
  return to === undefined ? null : { from, to };
}

/** Two continuations that are looked at together, from `side:M4:M7` or `words:M4:M7` of an address. */
export interface Pair {
  readonly how: "side" | "words";
  readonly left: string;
  readonly right: string;
}

export function pairOf(tree: Tree, route: TranscriptRoute): Pair | null {
  const [how, left, right] = (route.diff ?? "").split(":");
  if ((how !== "side" && how !== "words") || left === undefined || right === undefined) return null;
  return tree.byLabel.has(left) && tree.byLabel.has(right) && left !== right ? { how, left, right } : null;
}

/** Whether a pane is not as it is at first: the address names those that were folded or opened. */
export function isTurned(route: TranscriptRoute, pane: string): boolean {
  return route.fold?.includes(pane) ?? false;
}

export function turned(route: TranscriptRoute, pane: string): Pick<TranscriptRoute, "fold"> {
  const fold = route.fold ?? [];
  return { fold: fold.includes(pane) ? fold.filter((each) => each !== pane) : [...fold, pane] };
}
