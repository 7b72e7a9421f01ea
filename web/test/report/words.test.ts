import { expect, it } from "vitest";
import { commonAxis, drawable } from "../../src/charts/differences";
import { title } from "../../src/pages/report/headline";
import { namesOf } from "../../src/pages/report/told";
import { atMost, chance, interval, mean, rate } from "../../src/pages/report/words";

it.each([
  [0, "0%"],
  [1, "100%"],
  [0.0001, "<0.1%"],
  [0.9999, ">99.9%"],
  [0.1234, "12.3%"],
  [-0.021, "−2.1%"],
  [1.2, "120.0%"],
])("a rate of %d is %s", (value, written) => {
  expect(rate(value)).toBe(written);
});

it.each([
  [0.0186, "at most 1.9%"],
  [0.018, "at most 1.8%"],
  [0.0181, "at most 1.9%"],
  [0.95, "at most 95.0%"],
])("a bound of %d is rounded up: %s", (value, written) => {
  expect(atMost(value)).toBe(written);
});

it.each([
  [null, "—"],
  [0.0009, "<0.001"],
  [0.001, "0.001"],
  [0.25, "0.250"],
])("a p-value of %s is %s", (value, written) => {
  expect(chance(value)).toBe(written);
});

it("an interval that is not there is none", () => {
  expect(interval(null, mean)).toBeNull();
  expect(interval([-1, 2.345], mean)).toBe("[−1.00, 2.35]");
});

it.each([
  ["20260101T000000Z-night-0a1b", "Report on night"],
  ["20260101T000000Z-night-0a1b/20260102T000000Z-strict-0c1d", "Report on night, strict"],
  ["some folder", "Report on some folder"],
])("%s is called %s", (id, called) => {
  expect(title(id)).toBe(called);
});

it("an interval is drawn within its scale, however wide it is", () => {
  const wide = drawable(3, [-40, 50], 9);
  expect(wide).toEqual({ value: 3, interval: [-9, 9], span: 9 });
  expect(commonAxis([wide], 100).high).toBe(10);
});

it.each([
  [["lab/one", "lab/two"], ["one", "two"]],
  [["lab/one (a=1)", "lab/two (a=1)"], ["one", "two"]],
  [["lab/one (a=1)", "lab/one (a=2)", "lab/one"], ["one (a=1)", "one (a=2)", "one"]],
  [["lab/one", "other/one"], ["lab/one", "other/one"]],
  [[], []],
])("targets %j are called %j", (targets, names) => {
  expect([...namesOf(targets).values()]).toEqual(names);
});
