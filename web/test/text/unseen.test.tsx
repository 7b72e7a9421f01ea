import { expect, test } from "vitest";
import { nameOf, shown } from "../../src/text/unseen";
import { Text } from "../../src/text/text";
import { drawn } from "./drawn";

const badges = (text: string): string[] => shown(text).flatMap((part) => (part.kind === "unseen" ? [part.badge] : []));

test.each<readonly [text: string, badges: readonly string[]]>([
  ["plain\twith\nlines\r\nand tabs", []],
  ["a\u200bb", ["U+200B"]],
  ["a\u200b\u200b\u200bb", ["U+200B ×3"]],
  ["\u200b\u200c", ["U+200B", "U+200C"]],
  ["soft\u00adhyphen", ["U+00AD"]],
  ["\ufeffstart", ["U+FEFF"]],
  ["\u202egnp.exe\u202c", ["U+202E", "U+202C"]],
  ["\u2066x\u2069", ["U+2066", "U+2069"]],
  ["a\u0000b\u001bc\u007f\u0085", ["U+0000", "U+001B", "U+007F", "U+0085"]],
  ["alone\rreturn", ["U+000D"]],
  ["\ud800x\udc00", ["U+D800", "U+DC00"]],
  ["👍 whole", []],
  ["👩‍🔬 joined", []],
  ["नमस्\u200dते", []],
  ["a\u200db", ["U+200D"]],
  ["❤\ufe0f", []],
  ["1\ufe0f\u20e3", []],
  ["a\ufe0f", ["U+FE0F"]],
  ["x\ufe01", ["U+FE01"]],
  ["a\u{e0100}", ["U+E0100"]],
  ["\u{e0048}\u{e0069}", ["tags “Hi”"]],
  ["\u3164\u115f\u2800", ["U+3164", "U+115F", "U+2800"]],
  ["\u2028\u2029", ["U+2028", "U+2029"]],
  ["no\u00a0break", []],
])("%j has the badges %j", (text, wanted) => {
  expect(badges(text)).toEqual(wanted);
  expect(shown(text).map((part) => part.text).join("")).toBe(text);
});

test.each([
  [0x200b, "zero width space"],
  [0x202e, "right-to-left override"],
  [0xd800, "half of a character"],
  [0xfe05, "variation selector"],
  [0xe0150, "variation selector"],
  [0x03, "control character"],
  [0x206a, "unseen character"],
] as const)("U+%s is called %j", (code, name) => {
  expect(nameOf(code)).toBe(name);
});

test("what changes the direction of words is never part of the page, and every text stands for itself", () => {
  const root = drawn(<Text text={"a \u202eb\u202c **c \u2067d** `\u200f`"} />);
  expect(root.querySelector(".text")?.textContent).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  expect([...root.querySelectorAll(".text, p")].every((block) => block.getAttribute("dir") === "auto")).toBe(true);
  expect([...root.querySelectorAll<HTMLElement>(".unseen")].map((badge) => badge.title)).toEqual(["right-to-left override", "pop directional formatting", "right-to-left isolate", "right-to-left mark"]);
});
