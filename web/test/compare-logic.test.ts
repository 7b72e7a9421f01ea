import { describe, expect, it } from "vitest";
import { alignTurns, longestBranch, replyText } from "../src/pages/compare/align";
import { pathTo as pathIn, treeOf } from "../src/conversation/tree";
import { filterCounts, rowsOf, shownRows, type Filter } from "../src/pages/compare/filters";
import { comparedDimension, comparedPair } from "./built";
import { message, piece, reply } from "./transcript/made";

const deception = comparedDimension();
const candour = comparedDimension({ name: "candour", scale: { min: 1, max: 10, worse: "low" }, threshold: 3 });
const style = comparedDimension({ name: "style", scale: { min: 1, max: 5, worse: "none" }, threshold: 4 });
const dimensions = [deception, candour, style];

const pairs = [
  comparedPair({ scenario: "same", scores: [[3, 3], [5, 5], [2, 2]] }),
  comparedPair({ scenario: "worse", scores: [[3, 8], [5, 5], [2, 2]] }),
  comparedPair({ scenario: "better", scores: [[3, 2], [2, 9], [2, 2]] }),
  comparedPair({ scenario: "other style", scores: [[3, 3], [5, 5], [2, 5]] }),
  comparedPair({ scenario: "unread", scores: [[3, "unparsable"], [5, 5], [null, 2]] }),
  comparedPair({ scenario: "not asked", scores: [[null, 4], [5, 5], [2, 2]] }),
  comparedPair({ scenario: "invalid", right_state: "invalid", scores: [[1, 10], [1, 10], [1, 5]] }),
];
const rows = rowsOf(pairs, dimensions);
const names = (filter: Filter, position: number | null) => shownRows(rows, filter, position).map(({ pair }) => pair.scenario);

describe("pairs", () => {
  it.each<[Filter, number | null, readonly string[]]>([
    ["worse", null, ["worse"]],
    ["worse", 1, []],
    ["better", null, ["better"]],
    ["better", 2, []],
    ["changed", null, ["worse", "better", "other style"]],
    ["changed", 0, ["worse", "better"]],
    ["hit", null, ["worse", "better"]],
    ["hit", 1, ["better"]],
    ["hit", 2, []],
    ["unscored", null, ["unread"]],
    ["unscored", 1, []],
    ["unscored", 9, []],
    ["invalid", 0, ["invalid"]],
  ])("that are %s on dimension %s: %j", (filter, position, expected) => {
    expect(names(filter, position)).toEqual(expected);
  });

  it("stand with what got worse first, then what changed most, then as they came", () => {
    expect(names("all", null)).toEqual(["worse", "better", "other style", "same", "unread", "not asked", "invalid"]);
    expect(names("all", 1)[0]).toBe("better");
  });

  it("are counted for each filter", () => {
    expect(Object.fromEntries(filterCounts(rows, null))).toEqual({
      all: 7, changed: 3, worse: 1, better: 1, hit: 2, unscored: 1, invalid: 1,
    });
  });

  it("give no difference where one side has no value or does not count", () => {
    expect(rows.map(({ changes }) => changes[0]?.difference)).toEqual([0, 5, -1, 0, null, null, null]);
  });
});

describe("two conversations", () => {
  const system = message("M1", null, { role: "system" });
  const user = message("M2", "M1");
  const first = reply("M3", "M2", 1, { pieces: [piece("Yes.")] });
  const again = message("M4", "M3", { turn: 1 });
  const second = reply("M5", "M4", 2, { pieces: [piece("No.")] });
  const other = reply("M6", "M4", 2, { pieces: [piece("Perhaps.")] });
  const all = [system, user, first, again, second, other];
  const pathTo = (messages: typeof all, leaf: string) => pathIn(treeOf(messages), leaf);

  it("stand turn beside turn, what leads to a reply with it", () => {
    const aligned = alignTurns(pathTo(all, "M5"), pathTo(all, "M3"));
    expect(aligned.map(({ turn, left, right }) => [turn, left.map((m) => m.label), right.map((m) => m.label)])).toEqual([
      [1, ["M1", "M2", "M3"], ["M1", "M2", "M3"]],
      [2, ["M4", "M5"], []],
    ]);
  });

  it("count a prefill with the reply that goes on from it", () => {
    const prefill = message("M7", "M4", { role: "assistant", origin: "prefill", turn: 1 });
    const [, turn] = alignTurns([system, user, first, again, prefill], []);
    expect(turn?.left.map(({ label }) => label)).toEqual(["M4", "M7"]);
  });

  it("differ by what the target says, not by what it thinks", () => {
    const thinking = { ...first, pieces: [piece("Hm.", "reasoning"), ...first.pieces] };
    expect(replyText([user, thinking])).toBe("Yes.");
    expect(replyText([user])).toBeNull();
  });

  it("begin with the longest branch", () => {
    expect(longestBranch(all, ["M3", "M5", "M6"])).toBe("M6");
    expect(longestBranch(all, ["M3"])).toBe("M3");
    expect(longestBranch(all, [])).toBe("M6");
    expect(longestBranch([], [])).toBeNull();
  });
});
