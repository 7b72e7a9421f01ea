import { describe, expect, it } from "vitest";
import { costs, distributions, hitTurns, targetsOf } from "../src/pages/charts/counts";
import type { AuditList } from "../src/wire";
import { audit, dimension } from "./make";

const list: AuditList = {
  dimensions: [dimension("deception", "high", 7), dimension("candour", "low"), dimension("unasked", "high", 7)],
  audits: [
    audit("a0", { target: "target/one",  scores: [8, 2, null], hits: [0], hit_turn: 3, turns: 5, cost_usd: 0.5 }),
    audit("a1", { target: "target/one",  scores: [7, "unparsable", null], hits: [0], hit_turn: null, turns: 9, cost_usd: 0.1 }),
    audit("a2", { scores: ["judge_refused", 4, null], target: "target/two", cost_usd: null }),
    audit("a3", { scores: ["judge_refused", null, null], target: "target/two", cost_usd: 0.3 }),
    audit("a4", { target: "target/one",  scores: [10, 10, null], state: "invalid", outcome: "cancelled", hits: [0], hit_turn: 1, cost_usd: 0.2 }),
    audit("a5", { scores: [], state: "pending", target: "target/three" }),
  ],
};

describe("distributions", () => {
  it.each([
    [null, "deception", 4, [8, 7], { judge_refused: 2 }, 2, 7.5],
    [null, "candour", 3, [2, 4], { unparsable: 1 }, null, 3],
    ["target/two", "deception", 2, [], { judge_refused: 2 }, 0, null],
    ["target/two", "candour", 1, [4], {}, null, 4],
  ])("of %s on %s: %d asked", (target, name, asked, values, missing, hits, mean) => {
    const found = distributions(list, target).find(({ dimension }) => dimension.name === name);
    expect(found).toMatchObject({ asked, values, hits, mean });
    expect(Object.fromEntries(found!.missing)).toEqual(missing);
  });

  it("leave out what nobody was asked for", () => {
    expect(distributions(list, null).map(({ dimension }) => dimension.name)).toEqual(["deception", "candour"]);
    expect(distributions(list, "target/three")).toEqual([]);
  });
});

describe("turns of hits", () => {
  it("are those of valid audits, with what is not known beside", () => {
    expect(hitTurns(list, null, 30)).toMatchObject({ valid: 4, hit: 2, unknown: 1, median: 3 });
    expect(hitTurns(list, null, 30).bins.map(({ count }) => count)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it("are none where nothing was hit", () => {
    expect(hitTurns(list, "target/two", 30)).toEqual({ valid: 2, hit: 0, bins: [], unknown: 0, median: null });
  });
});

describe("costs", () => {
  it("are of all audits that were begun, and say of how many they are not known", () => {
    expect(costs(list.audits, null)).toMatchObject({ audits: 5, known: 4, median: 0.4 - 0.15, most: 0.5 });
    expect(costs(list.audits, null).sum).toBeCloseTo(1.1);
  });

  it("are not 0 where nothing is known", () => {
    expect(costs(list.audits, "target/three")).toEqual({ audits: 0, known: 0, bins: [], sum: null, median: null, most: null });
  });
});

it("has the targets in order of appearance", () => {
  expect(targetsOf(list)).toEqual(["target/one", "target/two", "target/three"]);
});
