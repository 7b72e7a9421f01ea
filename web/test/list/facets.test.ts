import { describe, expect, test } from "vitest";
import { asParameters, chosenIn, facetsOf, find, toggled, toggledStatus, unscoredOf } from "../../src/pages/list/facets";
import { listed } from "../../src/pages/list/rows";
import { audit, auditList, dimension } from "../make";

const LIST = listed(
  auditList(
    [dimension("deception", "high", 7), dimension("candour", "low", 3)],
    [
      audit("a", { target: "lab/one", variables: { tone: "warm", strength: 0.4 }, scores: [9, 5], worst: 0, hits: [0] }),
      audit("b", { target: "lab/two", variables: { tone: "curt" }, scores: [1, "unparsable"], worst: 0, marks: ["unscored"] }),
      audit("c", { target: "lab/two", variables: { tone: "warm" }, scores: [8, 2], worst: 0, hits: [0, 1], marks: ["disagreement", "injection"] }),
      audit("d", { target: "lab/one", state: "invalid", outcome: "scenario_invalid", scores: [10, 1], worst: 0, hits: [0, 1] }),
      audit("e", { target: "lab/one", state: "pending", outcome: "pending", scores: [null, null], scenario: "Zweiter-Entwurf" }),
    ],
  ),
);
const FACETS = facetsOf(LIST, false);

function keys(parameters: readonly string[], query = ""): readonly string[] {
  return find(LIST, FACETS, chosenIn(parameters), query).positions.map((at) => LIST.rows[at]!.audit.key);
}

function counts(facet: string, parameters: readonly string[] = [], query = ""): readonly string[] {
  const found = find(LIST, FACETS, chosenIn(parameters), query).counts.get(facet) ?? [];
  return found.map(({ value, n, chosen }) => `${value} ${n}${chosen ? " *" : ""}`);
}

describe("which rows are left", () => {
  test.each([
    [[], "", "abcde"],
    [["state:valid"], "", "abc"],
    [["state:valid", "state:invalid"], "", "abcd"],
    [["state:valid", "target:lab/two"], "", "bc"],
    [["hit:candour"], "", "c"],
    [["hit:candour", "hit:deception"], "", "ac"],
    [["mark:injection"], "", "c"],
    [["status:unparsable"], "", "b"],
    [["var.tone:warm"], "", "ac"],
    [["var.strength:0.4"], "", "a"],
    [["var.tone:none"], "", ""],
    [["no-such-facet:x"], "", "abcde"],
    [["__proto__:x"], "", "abcde"],
    [[], "warm", "ac"],
    [[], "WARM lab/two", "c"],
    [[], "zweiter", "e"],
    [["state:valid"], "zweiter", ""],
  ] as const)("%o and %o leave %s", (parameters, query, left) => {
    expect(keys(parameters, query).join("")).toBe(left);
  });
});

describe("what a further choice would leave", () => {
  test("with nothing chosen every row counts, in the order of the states", () => {
    expect(counts("state")).toEqual(["valid 3", "invalid 1", "pending 1"]);
  });
  test("a facet does not narrow itself, the others do", () => {
    expect(counts("state", ["state:valid"])).toEqual(["valid 3 *", "invalid 1", "pending 1"]);
    expect(counts("target", ["state:valid"])).toEqual(["lab/two 2", "lab/one 1"]);
  });
  test("two facets narrow each other, and what neither lets in counts nowhere", () => {
    expect(counts("state", ["state:valid", "target:lab/two"])).toEqual(["valid 2 *"]);
    expect(counts("target", ["state:valid", "target:lab/two"])).toEqual(["lab/two 2 *", "lab/one 1"]);
    expect(counts("var.tone", ["state:valid", "target:lab/two"])).toEqual(["curt 1", "warm 1"]);
  });
  test("words narrow all of them", () => {
    expect(counts("target", [], "warm")).toEqual(["lab/one 1", "lab/two 1"]);
  });
  test("a row counts for each of its values", () => {
    expect(counts("mark")).toEqual(["disagreement 1", "unscored 1", "injection 1"]);
    expect(counts("hit")).toEqual(["deception 2", "candour 1"]);
  });
  test("what is chosen is shown though no row has it", () => {
    expect(counts("target", ["target:gone"])).toEqual(["lab/one 3", "lab/two 2", "gone 0 *"]);
    expect(counts("state", ["state:valid", "target:gone"])).toEqual(["valid 0 *"]);
  });
});

test("the run is a facet where there are several", () => {
  expect(facetsOf(LIST, true).map((facet) => facet.name)).toContain("run");
  expect(FACETS.map((facet) => facet.name)).not.toContain("run");
});

test("a variable's name may hold anything", () => {
  const list = listed(auditList([], [audit("a", { variables: { "x:y": "1:2" } }), audit("b", { variables: JSON.parse('{"__proto__": "p"}') as never })]));
  const facets = facetsOf(list, false);
  const found = (parameter: string) => find(list, facets, chosenIn([parameter]), "").positions;
  expect(found("var.x%3Ay:1:2")).toEqual([0]);
  expect(found("var.__proto__:p")).toEqual([1]);
});

test("a choice goes into the address and back, and is taken out by making it again", () => {
  const chosen = toggled(toggled(chosenIn(["state:valid"]), "outcome", "limit:turns"), "state", "error");
  expect(asParameters(chosen)).toEqual(["outcome:limit:turns", "state:valid", "state:error"]);
  expect(asParameters(chosenIn(asParameters(chosen)))).toEqual(asParameters(chosen));
  expect(asParameters(toggled(toggled(chosen, "state", "valid"), "state", "error"))).toEqual(["outcome:limit:turns"]);
});

test("scores without a value are counted of valid audits alone, without those that were not asked for", () => {
  const scores = [["unparsable", "unparsable"], ["skipped", "unparsable"], ["skipped", "skipped"], ["not_applicable", 3], [null, "error"]] as const;
  const list = listed(auditList(LIST.dimensions, [...scores.map((each, at) => audit(`v${at}`, { scores: each })), audit("i", { state: "invalid", scores: ["error", "error"] })]));
  expect([...unscoredOf(list)]).toEqual([
    ["unparsable", { scores: 3, audits: 2 }],
    ["not_applicable", { scores: 1, audits: 1 }],
    ["error", { scores: 1, audits: 1 }],
  ]);
  for (const [status, { audits }] of unscoredOf(list))
    expect(find(list, facetsOf(list, false), toggledStatus(new Map(), status), "").positions).toHaveLength(audits);
});

test.each([
  [[], ["status:error", "state:valid"]],
  [["state:invalid", "target:x"], ["target:x", "status:error", "state:valid"]],
  [["status:error", "state:valid"], []],
  [["status:error", "status:unparsable", "state:valid"], ["status:unparsable", "state:valid"]],
])("a status of the strip turns %o into %o", (before, after) => {
  expect(asParameters(toggledStatus(chosenIn(before), "error"))).toEqual(after);
});
