import { expect, test } from "vitest";
import { standing, taken } from "../../src/pages/list/order";
import { scrollFor, spanOf } from "../../src/pages/list/window";

const items = (text: string) => text.split(" ").filter((each) => each !== "").map((each) => ({ key: each.slice(0, 1), state: each.slice(1) || "valid" }));

test.each([
  ["a b c", "c b a", "abc", 0, "rows keep their places when values change"],
  ["a b c", "d c b a", "abc", 1, "a new row waits"],
  ["a b c", "c a", "ac", 0, "what is gone is gone"],
  ["aP b c", "a b c", "abc", 1, "a row that came to an end stays, and is said to be new"],
  ["aP bP", "a bP c", "ab", 2, "both are counted"],
  ["", "a b", "ab", 0, "an empty list takes what comes"],
])("%o, then %o: %s, %d waiting (%s)", (before, after, keys, waiting) => {
  const stands = standing(taken("x", items(before)), "x", items(after));
  expect(stands.order.keys.join("")).toBe(keys);
  expect(stands.waiting).toBe(waiting);
});

test("with another filter or sort the order is made anew, and nothing waits", () => {
  const stands = standing(taken("x", items("a b c")), "y", items("d c b a"));
  expect(stands).toMatchObject({ order: { made: "y", keys: ["d", "c", "b", "a"] }, waiting: 0 });
});

test("what waits goes on waiting until the order is made anew", () => {
  const first = standing(taken("x", items("a b")), "x", items("c a b"));
  const second = standing(first.order, "x", items("c d a b"));
  expect(second.waiting).toBe(2);
  expect(standing(second.order, "z", items("c d a b"))).toMatchObject({ order: { keys: ["c", "d", "a", "b"] }, waiting: 0 });
});

const MEASURES = { count: 10_000, row: 28, head: 100 };

test.each([
  [0, { first: 0, end: 34, before: 0, top: 0 }],
  [280, { first: 0, end: 44, before: 0, top: 10 }],
  [28_010, { first: 988, end: 1034, before: 988 * 28, top: 1001 }],
  [1e9, { first: 9_988, end: 10_000, before: 9_988 * 28, top: 9_999 }],
])("scrolled by %d pixels the rows around are drawn", (scroll, expected) => {
  const span = spanOf(MEASURES, { scroll, height: 600 });
  expect(span).toMatchObject(expected);
  expect(span.before + (span.end - span.first) * 28 + span.after).toBe(10_000 * 28);
});

test("of a short list all rows are drawn, of an empty one none", () => {
  expect(spanOf({ ...MEASURES, count: 3 }, { scroll: 0, height: 600 })).toMatchObject({ first: 0, end: 3, before: 0, after: 0 });
  expect(spanOf({ ...MEASURES, count: 0 }, { scroll: 0, height: 600 })).toMatchObject({ first: 0, end: 0, before: 0, after: 0, top: 0 });
});

test.each([
  [0, 500, 0, "above: to its top"],
  [20, 500, 500, "in sight: stays"],
  [40, 500, 40 * 28 + 28 + 100 - 600, "below: until it is whole, under the head"],
])("row %d from %d scrolls to %d (%s)", (position, scroll, expected) => {
  expect(scrollFor(position, MEASURES, { scroll, height: 600 })).toBe(expected);
});
