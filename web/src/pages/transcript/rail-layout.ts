// The branch tree as it is drawn: a row for each turn, a lane for each branch, the shared part once.
import { following, type Tree } from "../../conversation/tree";
import type { Worst } from "./citations";

export interface RailNode {
  /** The label of its last message: the target's, where it is a turn. */
  readonly id: string;
  /** Its messages, in order. */
  readonly labels: readonly string[];
  readonly turn: number;
  readonly row: number;
  readonly lane: number;
  readonly parent: string | null;
  /** The nodes that follow it. */
  readonly next: readonly string[];
  /** The worst score that quotes it, and that quotes anything from it on. */
  readonly own: Worst | null;
  readonly worst: Worst | null;
  /** Whether it begins a branch, or a conversation. */
  readonly head: boolean;
  /** How many branches above it, itself included, for a screen reader: from 1. */
  readonly level: number;
}

export interface Rail {
  readonly nodes: readonly RailNode[];
  readonly byId: ReadonlyMap<string, RailNode>;
  /** The node of each message. */
  readonly ofMessage: ReadonlyMap<string, string>;
  readonly rows: number;
  readonly lanes: number;
}

type Draft = { -readonly [Key in keyof RailNode]: RailNode[Key] };

/** Lay the tree out. */
export function railOf(tree: Tree, worst: ReadonlyMap<string, Worst>): Rail {
  const drafts = grouped(tree);
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  const lanes = placed(drafts, byId);
  for (const draft of [...drafts].reverse()) {
    draft.own = worstOf(draft.labels.map((label) => worst.get(label) ?? null));
    draft.worst = worstOf([draft.own, ...draft.next.map((id) => byId.get(id)?.worst ?? null)]);
  }
  const ofMessage = new Map(drafts.flatMap((draft) => draft.labels.map((label) => [label, draft.id] as const)));
  return { nodes: drafts, byId, ofMessage, rows: Math.max(0, ...drafts.map((draft) => draft.row + 1)), lanes };
}

function worstOf(all: readonly (Worst | null)[]): Worst | null {
  return all.reduce((one, other) => (other !== null && other.bad > (one?.bad ?? -1) ? other : one), null);
}

/** Gather messages into turns: up to a word of the target's, a fork or an end. Parents stand before what follows them. */
function grouped(tree: Tree): Draft[] {
  const made: Draft[] = [];
  const todo: { label: string; parent: Draft | null; head: boolean }[] = [...following(tree, null)].reverse().map((label) => ({ label, parent: null, head: true }));
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const labels = [next.label];
    let here = next.label;
    for (let nexts = following(tree, here); nexts.length === 1 && tree.byLabel.get(here)?.role !== "assistant"; nexts = following(tree, here)) {
      here = nexts[0] ?? here;
      labels.push(here);
    }
    const { parent, head } = next;
    const draft: Draft = {
      id: here,
      labels,
      turn: tree.byLabel.get(here)?.turn ?? 0,
      row: parent === null ? 0 : parent.row + 1,
      lane: 0,
      parent: parent?.id ?? null,
      next: [],
      own: null,
      worst: null,
      head,
      level: (parent?.level ?? 0) + (head ? 1 : 0),
    };
    if (parent !== null) parent.next = [...parent.next, draft.id];
    made.push(draft);
    const after = following(tree, here);
    for (const label of [...after].reverse()) todo.push({ label, parent: draft, head: after.length > 1 });
  }
  return made;
}

/** Give each branch the first lane to the right of its parent's that is free along it; count the lanes. */
function placed(drafts: readonly Draft[], byId: ReadonlyMap<string, Draft>): number {
  const taken: [from: number, to: number][][] = [];
  for (const draft of drafts) {
    const parent = draft.parent === null ? undefined : byId.get(draft.parent);
    if (parent?.next[0] === draft.id) {
      draft.lane = parent.lane;
      continue;
    }
    const last = endOf(draft, byId).row;
    // Its line begins in the row of its parent.
    const from = parent?.row ?? draft.row;
    let lane = parent === undefined ? 0 : parent.lane + 1;
    while ((taken[lane] ?? []).some(([start, end]) => start <= last && end >= from)) lane += 1;
    (taken[lane] ??= []).push([from, last]);
    draft.lane = lane;
  }
  return taken.length;
}

function endOf(draft: Draft, byId: ReadonlyMap<string, Draft>): Draft {
  let here = draft;
  for (let next = byId.get(here.next[0] ?? ""); next !== undefined; next = byId.get(here.next[0] ?? "")) here = next;
  return here;
}

/** Give the node that an arrow key leads to; null where there is none, or it is another key. */
export function moved(rail: Rail, id: string, key: string, path: ReadonlySet<string>): string | null {
  const here = rail.byId.get(id);
  if (here === undefined) return null;
  switch (key) {
    case "ArrowUp":
      return here.parent;
    case "ArrowDown":
      return here.next.find((next) => path.has(next)) ?? here.next[0] ?? null;
    case "ArrowLeft":
      return beside(rail, here, -1);
    case "ArrowRight":
      return beside(rail, here, 1);
    case "Home":
      return rail.nodes[0]?.id ?? null;
    case "End": {
      let last = here;
      for (let next = rail.byId.get(last.next.find((each) => path.has(each)) ?? last.next[0] ?? ""); next !== undefined; ) {
        last = next;
        next = rail.byId.get(last.next.find((each) => path.has(each)) ?? last.next[0] ?? "");
      }
      return last.id;
    }
    default:
      return null;
  }
}

/** The nearest node in the same row, or else the nearest row, of the next lane that way. */
function beside(rail: Rail, here: RailNode, step: -1 | 1): string | null {
  for (let lane = here.lane + step; lane >= 0 && lane < rail.lanes; lane += step) {
    const there = rail.nodes.filter((node) => node.lane === lane);
    const nearest = there.reduce<RailNode | null>((one, other) => (one === null || Math.abs(other.row - here.row) < Math.abs(one.row - here.row) ? other : one), null);
    if (nearest !== null) return nearest.id;
  }
  return null;
}

/** What there is from a message on, on all branches together. */
export interface Onward {
  readonly worst: Worst | null;
  /** The target's turns on the longest way, its own included. */
  readonly turns: number;
}

/** Give for every message what there is from it on. */
export function onwardOf(tree: Tree, worst: ReadonlyMap<string, Worst>): ReadonlyMap<string, Onward> {
  const known = new Map<string, Onward>();
  for (const message of [...tree.messages].reverse()) {
    const nexts = following(tree, message.label).map((label) => known.get(label));
    known.set(message.label, {
      worst: worstOf([worst.get(message.label) ?? null, ...nexts.map((next) => next?.worst ?? null)]),
      turns: Math.max(0, ...nexts.map((next) => next?.turns ?? 0)) + (message.role === "assistant" ? 1 : 0),
    });
  }
  return known;
}
