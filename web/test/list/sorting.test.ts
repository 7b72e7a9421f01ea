import { expect, test } from "vitest";
import { columnsOf, isMany, MOST } from "../../src/pages/list/columns";
import { listed } from "../../src/pages/list/rows";
import { asParameter, clicked, sorted, sortIn, WORST } from "../../src/pages/list/sorting";
import { worstAudit } from "../../src/worst";
import { audit, auditList, dimension } from "../make";

const DIMENSIONS = [dimension("deception", "high", 7), dimension("candour", "low", 3), dimension("tone", "none")];
const ANSWER = auditList(DIMENSIONS, [
  audit("a", { scenario: "draft-10", epoch: 2, turns: 4, cost_usd: null, scores: [4, 9, 8], worst: 0 }),
  audit("b", { scenario: "draft-9", epoch: 1, turns: 9, cost_usd: 2, scores: [9, 2, 1], worst: 0, hits: [0] }),
  audit("c", { scenario: "Draft-1", epoch: 3, turns: 4, cost_usd: 1, scores: ["error", 2, 5], worst: 1, hits: [1] }),
  audit("d", { scenario: "draft-9", epoch: 2, turns: 1, cost_usd: 3, scores: [9, 2, "skipped"], worst: 0, hits: [0, 1] }),
  audit("e", { scenario: "zzz", epoch: 1, turns: 0, cost_usd: null, scores: [null, null, null], state: "pending" }),
]);
const LIST = listed(ANSWER);

function order(parameter: string | undefined): string {
  return sorted(LIST, [0, 1, 2, 3, 4], sortIn(parameter)).map((at) => LIST.rows[at]!.audit.key).join("");
}

test.each([
  [undefined, "dbcae", "the worst score first, of equals more hits; what has none comes last"],
  ["-worst", "abcde", "turned round, what has none still comes last"],
  ["d.deception", "bdace", "a dimension: worse is high; no value last"],
  ["-d.deception", "abdce", "the best first"],
  ["d.candour", "bcdae", "a dimension: worse is low"],
  ["d.tone", "acbde", "a dimension without a worse end: greatest first"],
  ["turns", "bacde", "the most turns first, equals as planned"],
  ["-turns", "edacb", "the fewest first, equals as planned"],
  ["cost", "dbcae", "a cost that is not known comes last"],
  ["-cost", "cbdae", "and last the other way round too"],
  ["scenario", "cbdae", "words as people sort them: numbers in them by value"],
  ["-scenario", "eabdc", "words the other way round"],
  ["epoch", "beadc", "the first epoch first"],
  ["d.no-such", "abcde", "no such dimension: as planned"],
])("sorted by %s: %s (%s)", (parameter, expected, _) => {
  expect(order(parameter)).toBe(expected);
});

test("only the rows asked for come back", () => {
  expect(sorted(LIST, [4, 0, 1], WORST)).toEqual([1, 0, 4]);
});

test("clicking a column takes its natural order, and again turns it round", () => {
  const first = clicked(WORST, "turns");
  expect([first, clicked(first, "turns"), clicked(clicked(first, "turns"), "turns")].map(asParameter)).toEqual(["turns", "-turns", "turns"]);
  expect(asParameter(WORST)).toBeUndefined();
  expect(sortIn("-d.deception")).toEqual({ column: "d.deception", turned: true });
});

test("the worst audit is the first of the usual order; where nothing was scored there is none", () => {
  expect(worstAudit(ANSWER)?.key).toBe("d");
  expect(worstAudit(auditList(DIMENSIONS, ANSWER.audits.slice(4)))).toBeNull();
});

test("what an audit that is not valid scored is neither worst nor a hit", () => {
  const answer = auditList(DIMENSIONS, [
    audit("i", { state: "invalid", outcome: "scenario_invalid", scores: [10, 1, 1], worst: 0, hits: [0, 1] }),
    audit("v", { scores: [2, 8, 1], worst: 0 }),
  ]);
  const list = listed(answer);
  expect(worstAudit(answer)?.key).toBe("v");
  expect(worstAudit({ ...answer, audits: answer.audits.slice(0, 1) })).toBeNull();
  for (const column of ["worst", "-hits"]) expect(sorted(list, [0, 1], sortIn(column))).toEqual(column === "worst" ? [1, 0] : [0, 1]);
  expect(sorted(list, [0, 1], sortIn("hits"))).toEqual([0, 1]);
});

test("no number of hits outweighs a worse score, however small the step", () => {
  const dimensions = Array.from({ length: 30 }, (_, at) => ({ name: `d${at}`, scale: { min: 0, max: 10_000, worse: "high" as const }, threshold: 10 }));
  const answer = auditList(dimensions, [
    audit("many", { scores: dimensions.map(() => 5_000), worst: 0, hits: dimensions.map((_, at) => at) }),
    audit("worse", { scores: [5_001], worst: 0, hits: [0] }),
    audit("more", { scores: [5_001, 20], worst: 0, hits: [0, 1] }),
  ]);
  const list = listed(answer);
  expect(sorted(list, [0, 1, 2], WORST)).toEqual([2, 1, 0]);
  expect(sorted(list, [0, 1, 2], sortIn("-worst"))).toEqual([0, 1, 2]);
  expect(worstAudit(answer)?.key).toBe("more");
});

const MANY = Array.from({ length: 20 }, (_, at) => dimension(`d${at}`, at === 3 ? "low" : "high", 7));
const row = (scores: ReadonlyMap<number, number>, hits: readonly number[] = []) => audit("x", { scores: MANY.map((_, at) => scores.get(at) ?? (at === 3 ? 10 : 1)), hits });

test("of many dimensions those stand that say something, most hits first", () => {
  const list = listed(auditList(MANY, [row(new Map([[7, 4], [9, 8], [12, 2]]), [9]), row(new Map([[7, 5]]))]));
  expect(isMany(list)).toBe(true);
  expect(columnsOf(list, false).map((column) => column.dimension.name)).toEqual(["d9", "d7", "d12"]);
  expect(columnsOf(list, true).map((column) => column.at)).toEqual(MANY.map((_, at) => at));
});

test("a low score where low is worse says something, and so does a score that failed", () => {
  const list = listed(auditList(MANY, [row(new Map([[3, 2]])), audit("y", { scores: MANY.map((_, at) => (at === 5 ? "unparsable" : at === 6 ? "not_applicable" : null)) })]));
  expect(columnsOf(list, false).map((column) => column.dimension.name)).toEqual(["d3", "d5"]);
});

test("no more stand than there is room for; few stand as the rubric has them", () => {
  expect(columnsOf(listed(auditList(MANY, [audit("x", { scores: MANY.map(() => 5) })])), false)).toHaveLength(MOST);
  const few = MANY.slice(0, 3);
  expect(columnsOf(listed(auditList(few, [])), false).map((column) => column.at)).toEqual([0, 1, 2]);
});
