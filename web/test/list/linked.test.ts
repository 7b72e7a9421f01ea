// What links from charts lead to: facets that are there where an address chooses of them.
import { describe, expect, it } from "vitest";
import { listing } from "../../src/charts/listing";
import { chosenIn, facetsOf, find, linkedFacets } from "../../src/pages/list/facets";
import { listed } from "../../src/pages/list/rows";
import { audit, auditList, dimension } from "../make";

const list = listed(
  auditList(
    [dimension("deception", "high", 7), dimension("candour", "low")],
    [
      audit("a", { scores: [8, 2], hits: [0], hit_turn: 3, variables: { "tone of voice": "warm" } }),
      audit("b", { scores: [7.5, 2], hits: [0], hit_turn: 4, marks: ["disagreement"] }),
      audit("c", { scores: ["unparsable", 2], variables: { "tone of voice": true, n: 2 } }),
      audit("d", { scores: [8, null], state: "invalid", hits: [0], hit_turn: 3, target: "lab/other" }),
    ],
  ),
);

function keys(parameters: readonly string[]): readonly string[] {
  const chosen = chosenIn(parameters);
  return find(list, [...facetsOf(list, false), ...linkedFacets(list, chosen)], chosen, "").positions.map((at) => list.rows[at]!.audit.key);
}

describe("a number in a chart", () => {
  it.each([
    [listing("r", {}), ["a", "b", "c", "d"]],
    [listing("r", { state: "valid", score: ["deception", [8]] }), ["a"]],
    [listing("r", { score: ["deception", [8]] }), ["a", "d"]],
    [listing("r", { score: ["deception", [8, 7.5]] }), ["a", "b", "d"]],
    [listing("r", { score: ["deception", ["unparsable"]] }), ["c"]],
    [listing("r", { score: ["candour", [2]], hits: ["deception"] }), ["a", "b"]],
    [listing("r", { turns: [3] }), ["a", "d"]],
    [listing("r", { turns: [3, 4], target: "lab/model" }), ["a", "b"]],
    [listing("r", { score: ["deception", [1]] }), []],
    [listing("r", { state: "valid", status: "unparsable" }), ["c"]],
    [listing("r", { mark: "disagreement" }), ["b"]],
    [listing("r", { variables: [["tone of voice", ["warm", true]]] }), ["a", "c"]],
    [listing("r", { variables: [["tone of voice", ["warm", true]], ["n", [2]]] }), ["c"]],
  ])("leads to its audits (%#)", ({ f = [] }, expected) => {
    expect(keys(f)).toEqual(expected);
  });

  it("has a facet where the address chooses of it, and nowhere else", () => {
    const names = (parameters: readonly string[]): string[] => linkedFacets(list, chosenIn(parameters)).map(({ name }) => name);
    expect(names([])).toEqual([]);
    expect(names(["score.deception:8", "turn:3", "score.constructor:1", "score.:1"])).toEqual(["score.deception", "turn"]);
  });
});

describe("whether the target took an audit for a test", () => {
  const rows = listed(
    auditList(
      [dimension("scenario_realism", "low"), dimension("evaluation_awareness")],
      [
        audit("aware", { scores: [9, 6], hits: [1] }),
        audit("staged", { scores: [2, 1], hits: [0] }),
        audit("real", { scores: [5, 4] }),
        audit("half", { scores: ["unparsable", 4] }),
        audit("unknown", { scores: ["unparsable", null] }),
      ],
    ),
  );

  it.each([
    ["yes", ["aware", "staged"]],
    ["no", ["real", "half"]],
  ] as const)("is told as the report tells it: %s", (test, expected) => {
    const chosen = chosenIn(listing("r", { test }).f ?? []);
    expect(find(rows, linkedFacets(rows, chosen), chosen, "").positions.map((at) => rows.rows[at]!.audit.key)).toEqual(expected);
  });

  it("nobody knows where neither was asked", () => {
    const chosen = chosenIn(["test:no"]);
    expect(find(list, linkedFacets(list, chosen), chosen, "").positions).toEqual([]);
  });
});
