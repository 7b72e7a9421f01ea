import { describe, expect, it } from "vitest";
import { amountBins, median, scoreBins, total, turnBins } from "../src/charts/bins";
import { commonAxis, forestMark } from "../src/charts/differences";
import { niceStep, place, ticks, wholeTicks } from "../src/charts/scale";

describe("axes", () => {
  it.each([
    [0, 0],
    [10, 200],
    [5, 100],
    [-5, -100],
  ])("puts %d at %d", (value, expected) => {
    expect(place({ low: 0, high: 10, from: 0, to: 200 }, value)).toBe(expected);
  });

  it("puts everything in the middle of an axis without length", () => {
    expect(place({ low: 3, high: 3, from: 0, to: 200 }, 3)).toBe(100);
  });

  it.each([
    [0.9, 1],
    [1, 1],
    [1.01, 2],
    [3, 5],
    [7, 10],
    [0.03, 0.05],
    [0.3, 0.5],
    [1200, 2000],
    [0, 1],
    [Number.NaN, 1],
  ])("takes for a step of at least %d: %d", (least, expected) => {
    expect(niceStep(least)).toBe(expected);
  });

  it.each([
    [0, 10, 6, [0, 2, 4, 6, 8, 10]],
    [-1, 1, 5, [-1, -0.5, 0, 0.5, 1]],
    [0, 0.3, 4, [0, 0.1, 0.2, 0.3]],
    [4, 4, 5, [4]],
  ])("writes from %d to %d, %d at most: %j", (low, high, most, expected) => {
    expect(ticks(low, high, most)).toEqual(expected);
  });

  it.each([
    [1, 10, 10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [1, 10, 5, [1, 6]],
    [1, 30, 7, [1, 6, 11, 16, 21, 26]],
    [0, 0, 5, [0]],
  ])("writes whole numbers from %d to %d, %d at most: %j", (min, max, most, expected) => {
    expect(wholeTicks(min, max, most)).toEqual(expected);
  });
});

const shown = (bins: readonly { from: number; to: number; count: number }[]) =>
  bins.map(({ from, to, count }) => (from === to ? `${from}: ${count}` : `${from}-${to}: ${count}`));

describe("columns", () => {
  it("has one for every whole score, also for those that nobody got", () => {
    expect(shown(scoreBins([1, 1, 3], 1, 4))).toEqual(["1: 2", "2: 0", "3: 1", "4: 0"]);
  });

  it("has one for every half where a median of two judges is one", () => {
    expect(shown(scoreBins([1, 1.5], 1, 2))).toEqual(["1: 1", "1.5: 1", "2: 0"]);
  });

  it("moves no value to a neighbour where values are neither", () => {
    expect(shown(scoreBins([0, 0.25, 1], 0, 1)).filter((bin) => !bin.endsWith(": 0"))).toEqual([
      "0-0.05: 1",
      "0.25-0.3: 1",
      "0.95-1: 1",
    ]);
  });

  it("takes in values outside of the scale rather than dropping them", () => {
    expect(shown(scoreBins([12], 9, 11))).toEqual(["9: 0", "10: 0", "11: 0", "12: 1"]);
  });

  it.each([
    [[], 1, 10],
    [[1, 2.5, 7], 1, 10],
    [[0.1, 0.7, 0.3], 0, 1],
    [[3, 88, 100], 0, 100],
  ])("counts every value of %j once", (values, min, max) => {
    expect(total(scoreBins(values, min, max).map((bin) => bin.count))).toBe(values.length);
  });

  it("of amounts start at 0 and hold the largest", () => {
    const bins = amountBins([0.02, 0.11, 0.3], 6);
    expect(shown(bins)).toEqual(["0-0.05: 1", "0.05-0.1: 0", "0.1-0.15: 1", "0.15-0.2: 0", "0.2-0.25: 0", "0.25-0.3: 1"]);
    expect(amountBins([], 6)).toEqual([]);
    expect(total(amountBins([0, 0], 6).map((bin) => bin.count))).toBe(2);
  });

  it("of turns are whole, and wider in long audits", () => {
    expect(shown(turnBins([1, 3, 3], 4, 30))).toEqual(["1: 1", "2: 0", "3: 2", "4: 0"]);
    expect(shown(turnBins([1, 5, 6], 10, 2))).toEqual(["1-5: 2", "6-10: 1"]);
    expect(turnBins([], 0, 30)).toEqual([]);
  });
});

describe("middles and sums", () => {
  it.each([
    [[], null],
    [[3], 3],
    [[3, 1], 2],
    [[9, 1, 2], 2],
  ])("of %j: %s", (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it("gives no sum of nothing", () => {
    expect(total([])).toBeNull();
    expect(total([1, 2])).toBe(3);
  });
});

describe("differences", () => {
  const same = [
    { value: 1, interval: [0.2, 1.8] as const, span: 9 },
    { value: -0.5, interval: [-1.2, 0.2] as const, span: 9 },
  ];

  it("stand on one axis around 0, in points where all scales are as long", () => {
    const axis = commonAxis(same, 100);
    expect(axis).toMatchObject({ low: -2, high: 2, unit: "points" });
    expect(forestMark(same[0]!, axis)).toMatchObject({ at: 75, clear: true });
    expect(forestMark(same[1]!, axis)).toMatchObject({ clear: false });
  });

  it("are parts of their scales where those differ", () => {
    const mixed = [same[0]!, { value: 0.2, interval: null, span: 1 }];
    const axis = commonAxis(mixed, 100);
    expect(axis.unit).toBe("share");
    expect(forestMark(mixed[1]!, axis)).toEqual({ at: 100, line: null, clear: false });
  });

  it("are not drawn where there are none, and an axis stands even so", () => {
    const none = { value: null, interval: null, span: 9 };
    const axis = commonAxis([none], 100);
    expect(axis).toMatchObject({ low: -1, high: 1 });
    expect(forestMark(none, axis)).toBeNull();
  });
});
