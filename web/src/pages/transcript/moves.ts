// How one gets about in a transcript: steps, jumps and switches, as changes of the address.
import { useEffect, useRef, useState } from "preact/hooks";
import { before, leafFrom } from "../../conversation/tree";
import { amend, go } from "../../place";
import type { TranscriptView } from "../../wire";
import type { Citation, Focus } from "./citations";
import type { Model } from "./model";
import type { Places } from "./places";
import { bring, keep } from "./scrolling";
import { branchStep, fieldsOf, type Pair, stepped, type TranscriptRoute, type View } from "./state";

/** Where a message counts as the one that is read, from the top of the window. */
const READ_AT = 180;
const NOTHING = { m: undefined, q: undefined, n: undefined } as const;

export interface Moves {
  /** The message that is read. */
  readonly here: string | null;
  step: (by: 1 | -1) => void;
  turn: (by: 1 | -1) => void;
  branch: (by: 1 | -1) => void;
  citation: (by: 1 | -1) => void;
  find: (by: 1 | -1) => void;
  toMessage: (label: string) => void;
  toCitation: (citation: Citation) => void;
  switchTo: (from: string, to: string) => void;
  pair: (pair: Pair | null) => void;
  pairHere: (how: Pair["how"]) => void;
  beside: (which: "previous" | "following") => void;
  view: (view: View) => void;
}

export function useMoves(view: TranscriptView, route: TranscriptRoute, model: Model, places: Places): Moves {
  const { tree, path, labels, citations, finds, focus } = model;
  const { here, pin } = useReading(labels, route, places);
  const change = (fields: Parameters<typeof amend<TranscriptRoute>>[1], how: "push" | "replace" = "replace"): void => amend(route, fields, how);
  const along = new Set(labels);
  const to = (label: string, more: Partial<TranscriptRoute> = {}): void => {
    pin(label);
    change({ ...NOTHING, view: route.view === "judge" && more.q === undefined ? "judge" : undefined, diff: undefined, ...more, m: label, b: leafFrom(tree, label, along) });
    // The same message again is brought back into view as well.
    if (route.m === label && route.q === more.q) reveal(places, label, more.q !== undefined);
  };
  const at = Math.max(0, labels.indexOf(here ?? ""));
  const switchTo = (from: string, next: string): void => {
    const fork = (): Element | null => places.get(`fork ${before(tree, from) ?? ""}`);
    const top = fork()?.getBoundingClientRect().top;
    pin(next);
    change({ ...NOTHING, diff: undefined, b: leafFrom(tree, next, along) });
    if (top !== undefined) keep(fork, top);
  };
  return {
    here,
    step: (by) => {
      const next = labels[at + by];
      if (next !== undefined) to(next);
    },
    turn: (by) => {
      for (let index = at + by; index >= 0 && index < path.length; index += by)
        if (path[index]?.role === "assistant") {
          to(path[index]?.label ?? "");
          return;
        }
    },
    branch: (by) => {
      const step = branchStep(tree, path, here ?? "", by);
      if (step !== null) switchTo(step.from, step.to);
    },
    citation: (by) => {
      const next = stepped(citations, route, by);
      if (next !== null) to(next.quote.message, fieldsOf(next));
    },
    find: (by) => {
      const next = nextFind(finds, focus, by);
      if (next !== null) to(next.message, { q: `${next.piece}:${next.start}-${next.end}` });
    },
    toMessage: (label) => to(label),
    toCitation: (citation) => to(citation.quote.message, fieldsOf(citation)),
    switchTo,
    pair: (pair) => change({ diff: pair === null ? undefined : `${pair.how}:${pair.left}:${pair.right}` }, "push"),
    pairHere: (how) => {
      const step = branchStep(tree, path, here ?? "", 1);
      if (step !== null) change({ diff: route.diff?.startsWith(how) === true ? undefined : `${how}:${step.to}:${step.from}` }, "push");
    },
    beside: (which) => {
      const there = view[which];
      if (there !== null) go({ page: "transcript", run: there[0], audit: there[1], ...(route.view === undefined ? {} : { view: route.view }) });
    },
    view: (next) => change({ view: next === "target" ? undefined : next, diff: undefined }, "push"),
  };
}

function nextFind(finds: readonly Focus[], focus: Focus | null, by: 1 | -1): Focus | null {
  const at = finds.findIndex((find) => focus !== null && find.message === focus.message && find.piece === focus.piece && find.start === focus.start);
  return finds[(at + by + finds.length) % finds.length] ?? null;
}

/** Brings a message into view, or the words in it that are looked at. */
export function reveal(places: Places, label: string, words: boolean): void {
  if (words) bring(() => places.get(label)?.querySelector("[data-current]") ?? null);
  else bring(() => places.get(label), READ_AT / Math.max(innerHeight, 1) - 0.02);
}

/** Which message is read: the one that was gone to, until a person scrolls; then the one at a height of the window. */
function useReading(labels: readonly string[], route: TranscriptRoute, places: Places): { here: string | null; pin: (label: string) => void } {
  const [here, setHere] = useState<string | null>(route.m ?? null);
  const scrolled = useRef(false);
  useEffect(() => {
    const person = (): void => {
      scrolled.current = true;
    };
    let asked = false;
    const look = (): void => {
      if (!scrolled.current || asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        if (scrolled.current) setHere(places.at(labels, READ_AT));
      });
    };
    const events = ["wheel", "touchmove", "pointerdown", "keydown"];
    for (const event of events) addEventListener(event, person, { passive: true });
    addEventListener("scroll", look, { passive: true });
    return () => {
      for (const event of events) removeEventListener(event, person);
      removeEventListener("scroll", look);
    };
  }, [labels, places]);
  useEffect(() => {
    if (route.m === undefined) return;
    scrolled.current = false;
    setHere(route.m);
    reveal(places, route.m, route.q !== undefined);
  }, [route.m, route.q, route.n, places]);
  const pin = (label: string): void => {
    scrolled.current = false;
    setHere(label);
  };
  const known = here !== null && labels.includes(here) ? here : (labels[0] ?? null);
  return { here: known, pin };
}
