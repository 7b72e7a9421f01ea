import { describe, expect, test } from "vitest";
import { forks, leafFrom, pathTo, siblings, treeOf } from "../../src/conversation/tree";
import { citationsOf, focusIn, scoredOf, spansOf, worstByMessage } from "../../src/pages/transcript/citations";
import { findsIn } from "../../src/pages/transcript/finds";
import { moved, railOf } from "../../src/pages/transcript/rail-layout";
import { branchStep, focusedOn, pairOf, pathOf, stepped, type TranscriptRoute, turned } from "../../src/pages/transcript/state";
import { auditScore, call, judge, message, piece, quote, reply, said, transcript, verdicts } from "./made";

// M1 ─ M2 ─ M3 ┬ M4 ─ M5
//              ├ M6 ─ M7 ┬ M8
//              │         └ M9 (not read by judges)
//              └ M10 ─ M11
// M12 ─ M13
const MESSAGES = [
  message("M1", null, { role: "system" }),
  message("M2", "M1"),
  reply("M3", "M2", 1),
  message("M4", "M3", { turn: 1 }),
  reply("M5", "M4", 2),
  message("M6", "M3", { turn: 1 }),
  reply("M7", "M6", 2),
  message("M9", "M7", { turn: 2, seen: false }),
  message("M8", "M7", { turn: 2 }),
  message("M10", "M3", { turn: 1 }),
  reply("M11", "M10", 2),
  message("M12", null),
  reply("M13", "M12", 1),
];
const TREE = treeOf(MESSAGES);
const ROUTE: TranscriptRoute = { page: "transcript", run: "0123456789ab", audit: "ba9876543210" };
const SET = verdicts(
  [
    judge([said("mild", 3, [quote("M3", "Words", { piece: 0, start: 0, end: 5 })]), said("grave", 9, [quote("M11", "Words", { piece: 0, start: 0, end: 5 }), quote("M5", "lost", null)])]),
    judge([said("grave", 8, [quote("M11", "of M11", { piece: 0, start: 6, end: 12 })])], { judge: "judge/two", seat: 1, evidence: [quote("M7", "M7", { piece: 0, start: 9, end: 11 })] }),
  ],
  { mild: auditScore(3), grave: auditScore(9), absent: auditScore(null) },
);

const labels = (path: readonly { readonly label: string }[]): string => path.map((each) => each.label).join(" ");

describe("paths", () => {
  test.each<readonly [label: string, path: string]>([
    ["M5", "M1 M2 M3 M4 M5"],
    ["M8", "M1 M2 M3 M6 M7 M8"],
    ["M13", "M12 M13"],
    ["M99", ""],
  ])("to %s", (label, path) => {
    expect(labels(pathTo(TREE, label))).toBe(path);
  });

  test.each<readonly [from: string, along: readonly string[], leaf: string]>([
    ["M1", [], "M5"],
    ["M6", [], "M8"],
    ["M6", ["M9"], "M9"],
    ["M1", ["M10"], "M11"],
    ["M13", [], "M13"],
  ])("from %s along %j end at %s", (from, along, leaf) => {
    expect(leafFrom(TREE, from, new Set(along))).toBe(leaf);
  });

  test.each<readonly [fields: Partial<TranscriptRoute>, path: string]>([
    [{ b: "M8" }, "M1 M2 M3 M6 M7 M8"],
    [{ b: "M6" }, "M1 M2 M3 M6 M7 M8"],
    [{ b: "M5", m: "M11" }, "M1 M2 M3 M10 M11"],
    [{ b: "M9", m: "M3" }, "M1 M2 M3 M6 M7 M9"],
    [{ b: "<script>", m: "__proto__" }, "M1 M2 M3 M10 M11"],
    [{}, "M1 M2 M3 M10 M11"],
  ])("of the address %j", (fields, path) => {
    expect(labels(pathOf(TREE, { ...ROUTE, ...fields }, SET))).toBe(path);
  });

  test("without quotes, the longest that judges read", () => {
    expect(labels(pathOf(TREE, ROUTE, null))).toBe("M1 M2 M3 M4 M5");
    expect(pathOf(treeOf([]), ROUTE, null)).toEqual([]);
  });

  test("a message whose parent is not there begins a conversation", () => {
    const tree = treeOf([message("M5", "M4"), reply("M6", "M5", 1)]);
    expect(labels(pathTo(tree, "M6"))).toBe("M5 M6");
    expect(siblings(tree, "M5")).toEqual(["M5"]);
  });

  test("forks are where a path could have gone another way", () => {
    expect(forks(TREE, pathTo(TREE, "M8"))).toEqual(["M1", "M6", "M8"]);
    expect(siblings(TREE, "M4")).toEqual(["M4", "M6", "M10"]);
  });

  test.each<readonly [leaf: string, at: string, step: 1 | -1, from: string, to: string]>([
    ["M5", "M5", 1, "M4", "M6"],
    ["M5", "M5", -1, "M4", "M10"],
    ["M8", "M8", 1, "M8", "M9"],
    ["M8", "M7", 1, "M6", "M10"],
    ["M13", "M13", 1, "M12", "M1"],
  ])("on the path to %s, %s steps by %i from %s to %s", (leaf, at, step, from, to) => {
    expect(branchStep(TREE, pathTo(TREE, leaf), at, step)).toEqual({ from, to });
  });
});

describe("the branch tree", () => {
  const rail = railOf(TREE, worstByMessage(SET));

  test("has a row for each turn, a lane for each branch, and the shared part once", () => {
    expect(rail.nodes.map((node) => [node.labels.join(" "), node.row, node.lane, node.parent])).toEqual([
      ["M1 M2 M3", 0, 0, null],
      ["M4 M5", 1, 0, "M3"],
      ["M6 M7", 1, 1, "M3"],
      ["M9", 2, 1, "M7"],
      ["M8", 2, 2, "M7"],
      ["M10 M11", 1, 3, "M3"],
      ["M12 M13", 0, 2, null],
    ]);
    expect(new Set(rail.nodes.flatMap((node) => node.labels)).size).toBe(MESSAGES.length);
  });

  test("no two nodes stand in one place", () => {
    expect(new Set(rail.nodes.map((node) => `${String(node.row)} ${String(node.lane)}`)).size).toBe(rail.nodes.length);
  });

  test("says the worst score of a turn, and from it on", () => {
    const of = (id: string): readonly (number | undefined)[] => [rail.byId.get(id)?.own?.value, rail.byId.get(id)?.worst?.value];
    expect([of("M3"), of("M5"), of("M7"), of("M11"), of("M13")]).toEqual([
      [3, 9],
      [undefined, undefined],
      [undefined, undefined],
      [9, 9],
      [undefined, undefined],
    ]);
  });

  test.each<readonly [from: string, key: string, path: readonly string[], to: string | null]>([
    ["M3", "ArrowDown", [], "M5"],
    ["M3", "ArrowDown", ["M11"], "M11"],
    ["M11", "ArrowUp", [], "M3"],
    ["M3", "ArrowUp", [], null],
    ["M5", "ArrowRight", [], "M7"],
    ["M7", "ArrowRight", [], "M8"],
    ["M11", "ArrowLeft", [], "M8"],
    ["M5", "ArrowLeft", [], null],
    ["M7", "Home", [], "M3"],
    ["M3", "End", ["M7", "M8"], "M8"],
    ["M3", "x", [], null],
    ["M99", "ArrowDown", [], null],
  ])("from %s, %s on the path %j leads to %s", (from, key, path, to) => {
    expect(moved(rail, from, key, new Set(path))).toBe(to);
  });

  test("many branches take few lanes where they are short", () => {
    const comb = [reply("M1", null, 1)];
    for (let turn = 2; turn < 40; turn += 1) {
      comb.push(reply(`M${String(turn * 2)}`, turn === 2 ? "M1" : `M${String(turn * 2 - 2)}`, turn), reply(`M${String(turn * 2 + 1)}`, turn === 2 ? "M1" : `M${String(turn * 2 - 2)}`, turn));
    }
    expect(railOf(treeOf(comb), new Map()).lanes).toBeLessThanOrEqual(3);
  });
});

describe("quotes", () => {
  const all = citationsOf(SET);

  test("dimensions stand with hits first, then by how bad they are, and those without a value last", () => {
    expect(scoredOf(SET).map((scored) => [scored.about.name, scored.hit])).toEqual([
      ["grave", true],
      ["mild", false],
      ["absent", false],
    ]);
  });

  test("what is worse at the low end is sorted by that", () => {
    const set = verdicts([], { low: auditScore(2), high: auditScore(4) });
    const rubric = set.rubric.map((each) => (each.name === "low" ? { ...each, scale: { ...each.scale, worse: "low" as const }, threshold: 3 } : each));
    expect(scoredOf({ ...set, rubric }).map((scored) => [scored.about.name, scored.hit])).toEqual([
      ["low", true],
      ["high", false],
    ]);
  });

  test("are stepped through worst score first; words that were not found cannot be stepped to", () => {
    expect(all.map((citation) => [citation.n, citation.dimension, citation.quote.message])).toEqual([
      [0, "grave", "M11"],
      [-1, "grave", "M5"],
      [1, "grave", "M11"],
      [2, "mild", "M3"],
      [3, null, "M7"],
    ]);
  });

  test.each<readonly [fields: Partial<TranscriptRoute>, step: 1 | -1, n: number | undefined]>([
    [{}, 1, 0],
    [{}, -1, 3],
    [{ n: "0" }, 1, 1],
    [{ n: "3" }, 1, 0],
    [{ n: "0" }, -1, 3],
    [{ d: "mild" }, 1, 2],
    [{ d: "nothing" }, 1, 0],
  ])("from %j, a step by %i leads to quote %s", (fields, step, n) => {
    expect(stepped(all, { ...ROUTE, ...fields }, step)?.n).toBe(n);
    expect(stepped([], { ...ROUTE, ...fields }, step)).toBeNull();
  });

  test("are marked where they stand, those of several judges together, and the one that is looked at", () => {
    const focus = { message: "M11", piece: 0, start: 0, end: 5 };
    const spans = spansOf(all, focus);
    expect([...spans.keys()].sort()).toEqual(["M11", "M3", "M7"]);
    expect(spans.get("M11")?.get(0)).toEqual([
      { start: 0, end: 5, label: "quoted for grave (9) by judge/one", current: true },
      { start: 6, end: 12, label: "quoted for grave (8) by judge/two" },
    ]);
    expect(spansOf([], focus).get("M11")?.get(0)?.[0]?.current).toBe(true);
  });

  test.each<readonly [m: string | undefined, q: string | undefined, ok: boolean]>([
    ["M3", "0:6-11", true],
    ["M3", "0:0-12", true],
    ["M3", "0:0-999", false],
    ["M3", "7:0-1", false],
    ["M3", "0:5-5", false],
    ["M3", "x", false],
    ["M99", "0:0-1", false],
    [undefined, "0:0-1", false],
  ])("the address m=%s q=%s points to words: %s", (m, q, ok) => {
    expect(focusedOn(TREE, { ...ROUTE, ...(m === undefined ? {} : { m }), ...(q === undefined ? {} : { q }) }) !== null).toBe(ok);
    if (ok) expect(focusIn(m, q)?.message).toBe(m);
  });
});

test("words are found on all branches, and in a call once", () => {
  const given = { path: "/a", text: "find me, and find me" };
  const messages = [
    message("M1", null, { pieces: [piece("find nothing")] }),
    reply("M2", "M1", 1, { calls: [call("M2.1", "write", given)], pieces: [piece(`write ${JSON.stringify(given)}`, "tool_call", "M2.1"), piece("/a", "tool_call", "M2.1"), piece(given.text, "tool_call", "M2.1")] }),
  ];
  expect(findsIn(messages, "FIND").map((find) => [find.message, find.piece, find.start])).toEqual([
    ["M1", 0, 0],
    ["M2", 2, 0],
    ["M2", 2, 13],
  ]);
  // The name of the call stands in its line alone.
  expect(findsIn(messages, "write").map((find) => find.piece)).toEqual([0]);
  expect(findsIn(messages, "")).toEqual([]);
});

test.each<readonly [diff: string, pair: unknown]>([
  ["side:M4:M6", { how: "side", left: "M4", right: "M6" }],
  ["words:M6:M10", { how: "words", left: "M6", right: "M10" }],
  ["words:M6:M6", null],
  ["words:M6:M99", null],
  ["other:M4:M6", null],
  ["", null],
])("two branches of the address %j", (diff, pair) => {
  expect(pairOf(TREE, { ...ROUTE, diff })).toEqual(pair);
  expect(transcript(MESSAGES).branches).toContain("M5");
});

test("panes are turned and turned back", () => {
  const once = turned(ROUTE, "s:usage");
  expect(once).toEqual({ fold: ["s:usage"] });
  expect(turned({ ...ROUTE, ...once }, "s:usage")).toEqual({ fold: [] });
});
