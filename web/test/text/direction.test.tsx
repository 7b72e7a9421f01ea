import { expect, test } from "vitest";
import { directionOf } from "../../src/text/direction";
import { Plain } from "../../src/text/text";
import { drawn } from "./drawn";

const LONG = " 12 ".repeat(2_000);

test.each([
  ["שלום", "auto"],
  [`${LONG}שלום and more`, "rtl"],
  [`(1) مرحبا${LONG}`, "rtl"],
  [`\u200f1. words שלום${LONG}`, "ltr"],
  [`漢字${LONG}`, "ltr"],
  [LONG, "ltr"],
])("a text that begins %j runs %s", (text, direction) => {
  expect(directionOf(text)).toBe(direction);
  expect(drawn(<Plain text={text} />).querySelector(".text")?.getAttribute("dir")).toBe(direction);
});
