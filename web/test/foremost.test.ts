import { expect, test } from "vitest";
import { foremost } from "../src/foremost";

test.each([
  [[1, 2, 3, 4, 5], [2, 4, 1, 3, 5]],
  [[1, 3], [1, 3]],
  [[], []],
])("of %j the even ones first are %j", (items, wanted) => {
  expect(foremost(items, (item) => item % 2 === 0)).toEqual(wanted);
});
