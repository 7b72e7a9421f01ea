import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { badgesEnd, MOST_BADGES, nameOf, plainly, shown } from "../../src/text/unseen";
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
  [`e${"\u0301".repeat(30)}f${"\u0301".repeat(30)}`, []],
  [`e${"\u0301".repeat(31)}f`, ["combining mark"]],
  [`e${"\u0301".repeat(100_000)}f\u200b`, ["combining marks ×99,970", "U+200B"]],
  [`e${"\u0301\u0316\u20dd".repeat(20)}`, ["combining marks ×30"]],
  [`👍${"🏻".repeat(40)}`, ["combining marks ×10"]],
  [`น${"ำ".repeat(40)}`, ["combining marks ×10"]],
  [`अ${"\u0301\u200c".repeat(20)}अ`, ["combining marks ×10"]],
  [`e${"\u0301".repeat(40)}\u200b\u200b`, ["combining marks ×10", "U+200B ×2"]],
])("%j has the badges %j", (text, wanted) => {
  expect(badges(text)).toEqual(wanted);
  expect(shown(text).map((part) => part.text).join("")).toBe(text);
});

test("a part of a text is drawn as it is within the whole", () => {
  const text = `e${"\u0301".repeat(50)}f`;
  const parts = (from: number, to: number) => shown(text, from, to).map((part) => [part.at, part.kind === "unseen" ? part.badge : part.text.length]);
  expect(parts(0, text.length)).toEqual([[0, 31], [31, "combining marks ×20"], [51, 1]]);
  expect(parts(10, 40)).toEqual([[10, 21], [31, "combining marks ×9"]]);
  expect(parts(35, text.length)).toEqual([[35, "combining marks ×16"], [51, 1]]);
  expect(parts(51, text.length)).toEqual([[51, 1]]);
});

test("what is marked among the marks of a letter is marked on its badge", () => {
  const text = `cafe${"\u0301".repeat(5_000)} au lait`;
  const root = drawn(<Text manner="plain" text={text} spans={[{ start: 2_000, end: 2_010, label: "quoted", current: true }]} />);
  const mark = root.querySelector<HTMLElement>("mark");
  expect(mark?.textContent).toBe("combining marks ×10");
  expect(mark?.dataset["at"]).toBe("2000");
  expect([...root.querySelectorAll(".unseen")].map((badge) => badge.textContent)).toEqual(["combining marks ×1,966", "combining marks ×10", "combining marks ×2,994"]);
  expect(root.textContent).toContain(" au lait");
});

test("of badges no more than can be drawn at once are", () => {
  const text = "\x1b[0m".repeat(25_000);
  expect(badgesEnd("a\u200b".repeat(MOST_BADGES - 1))).toBe(2 * (MOST_BADGES - 1));
  expect(badgesEnd(text)).toBe(4 * (MOST_BADGES - 1) + 1);
  expect(badgesEnd(text, 40)).toBe(40 + 4 * (MOST_BADGES - 1) + 1);
  const root = drawn(<Text text={text} />);
  const badges = (): number => root.querySelectorAll(".unseen").length;
  const before = badges();
  expect(before).toBeLessThanOrEqual(MOST_BADGES);
  void act(() => root.querySelector<HTMLElement>("button.more")?.click());
  expect(badges()).toBe(before + MOST_BADGES);
  expect(root.textContent).toContain("Shown plain: ");
});

test.each([
  ["a\u202eb\u200b\n c ", "ab c"],
  [`e${"\u0301".repeat(40)}f`, `e${"\u0301".repeat(30)}f`],
  ["\u200b", ""],
])("%j is plainly %j", (text, words) => {
  expect(plainly(text)).toBe(words);
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
