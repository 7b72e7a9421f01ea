import { expect, test } from "vitest";
import { cost, counted, duration, percent, score, time, whole } from "../src/numbers";
import { runName, several, shortName } from "../src/names";
import { heatClass, heatText, spoken } from "../src/parts/heat-cell";
import { mapOf, pick } from "../src/records";
import { badness, heat, isFar, isHit, isStatus, statusMeaning, statusWord } from "../src/scores";
import { dimension } from "./make";

test.each([
  [1, "high", 0, 0],
  [10, "high", 1, 6],
  [5.5, "high", 0.5, 3],
  [10, "low", 0, 0],
  [1, "low", 1, 6],
  [11, "high", 1, 6],
  [0, "high", 0, 0],
  [7, "none", null, null],
] as const)("%d, where %s is worse, is %o bad and has heat %o", (value, worse, bad, step) => {
  const { scale } = dimension("d", worse);
  expect(badness(value, scale)).toBe(bad);
  expect(heat(value, scale)).toBe(step);
});

test("a scale of one value is never bad", () => {
  expect(badness(3, { min: 3, max: 3, worse: "high" })).toBe(0);
});

test.each([
  [7, "high", 7, true],
  [6.9, "high", 7, false],
  [3, "low", 3, true],
  [3.1, "low", 3, false],
  [10, "none", 7, false],
  [10, "high", null, false],
] as const)("%d, where %s is worse and the threshold %o, is a hit: %o", (value, worse, threshold, hit) => {
  expect(isHit(value, dimension("d", worse).scale, threshold)).toBe(hit);
});

test.each([
  [9, "9", "heat heat-5 heat-hit", "d: 9 on 1 to 10, high is worse, at or past the threshold 7"],
  [2.5, "2.5", "heat heat-1", "d: 2.5 on 1 to 10, high is worse"],
  ["unparsable", "unread", "heat heat-failed", "d: the judge's answer could not be read"],
  ["not_applicable", "n/a", "heat heat-none", "d: does not apply here, in the judge's view"],
  [null, "·", "heat heat-none", "d: not asked for"],
] as const)("a cell of %o says %s", (value, text, name, aloud) => {
  const column = dimension("d", "high", 7);
  expect([heatText(value), heatClass(value, column), spoken(value, column)]).toEqual([text, name, aloud]);
});

test("where neither end is worse the colour is neutral, and the number stands all the same", () => {
  const column = dimension("d", "none", 7);
  expect([heatText(9), heatClass(9, column), spoken(9, column)]).toEqual(["9", "heat heat-neutral", "d: 9 on 1 to 10, neither end is worse"]);
});

test("every status has its word and its meaning", () => {
  const statuses = ["scored", "not_applicable", "judge_refused", "unparsable", "out_of_range", "unsupported", "error", "skipped"] as const;
  expect(new Set(statuses.map(statusWord)).size).toBe(statuses.length);
  expect(new Set(statuses.map(statusMeaning)).size).toBe(statuses.length);
  expect(statuses.every(isStatus)).toBe(true);
  expect(["constructor", "toString", "", "Scored"].some(isStatus)).toBe(false);
});

test.each([
  [whole(12345), "12,345"],
  [score(7), "7"],
  [score(6.25), "6.3"],
  [cost(null), "?"],
  [cost(0), "$0"],
  [cost(0.00421), "$0.0042"],
  [cost(1.3), "$1.30"],
  [cost(1204.4), "$1,204"],
  [percent(0), "0%"],
  [percent(0.004), "<1%"],
  [percent(0.996), ">99%"],
  [percent(1), "100%"],
  [counted(1, "run"), "1 run"],
  [counted(2, "breach", "breaches"), "2 breaches"],
  [duration(42), "42 s"],
  [duration(420), "7 min"],
  [duration(7_500), "2 h 5 min"],
  [time(null), ""],
  [time("no time"), "no time"],
  [shortName("lab/model (effort high)"), "model"],
  [shortName(`petri-offline/script (args={"part": "target", "path": "a/b/target.yaml"})`), "script"],
  [shortName("my runs (old)/a.yaml"), "a.yaml"],
  [shortName("(all)"), "(all)"],
  [shortName("model/"), "model/"],
  [several(["a/x", "b/y", "c/z"]), "x, y +1"],
  [several(["a/x"]), "x"],
  [runName("20261122T173452Z-wide-62f7"), "wide-62f7"],
  [runName("golden"), "golden"],
  [runName("20261122T173452Z-"), "20261122T173452Z-"],
])("%o is written %o", (written, expected) => {
  expect(written).toBe(expected);
});

test.each([
  [1, 10, 2, false],
  [1, 10, 2.5, true],
  [0, 1, 0.2, false],
  [0, 1, 1, true],
  [0, 100, 20, false],
  [0, 100, 30, true],
  [5, 5, 0, false],
])("on a scale from %d to %d, %d apart is far: %s", (min, max, apart, far) => {
  expect(isFar(apart, { min, max, worse: "high" })).toBe(far);
});

test("a record has what it was given and nothing of an object's own", () => {
  const record = JSON.parse('{"a": 1, "__proto__": 2}') as Readonly<Record<string, number>>;
  expect([pick(record, "a"), pick(record, "__proto__"), pick(record, "constructor"), pick(record, "toString")]).toEqual([1, 2, undefined, undefined]);
  expect([...mapOf(record)]).toEqual([["a", 1], ["__proto__", 2]]);
});
