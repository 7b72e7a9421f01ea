// JSON, terminal output, and the folding of long texts.
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { classes, styled } from "../../src/text/ansi";
import { amount, foldAt, stretches } from "../../src/text/folding";
import { Json } from "../../src/text/json";
import { Terminal } from "../../src/text/terminal";
import { valueOf } from "../../src/text/values";
import { drawn, strangers } from "./drawn";

test.each<readonly [json: string, lines: readonly string[]]>([
  ['{"a": 1, "b": null, "c": true}', ["a 1", "b null", "c true"]],
  ['{"__proto__": "p", "constructor": "c", "toString": "t"}', ["__proto__ p", "constructor c", "toString t"]],
  ['{"a": {"__proto__": {"x": "y"}}}', ["a ", "__proto__ ", "x y"]],
  ['{"<img src=x>": "<script>alert(1)</script>"}', ["<img src=x> <script>alert(1)</script>"]],
  ['{"z\\u200b": "q\\u202e"}', ["zU+200B qU+202E"]],
  ['{"a": [], "b": {}, "c": ""}', ["a empty list", "b empty", "c "]],
  ['{"a": ["x", {"b": "y"}]}', ["a ", "0 x", "1 ", "b y"]],
])("%s is drawn as its keys and values", (json, lines) => {
  const root = drawn(<Json data={JSON.parse(json) as unknown} open={9} />);
  const leaf = (entry: Element): string => {
    const value = entry.querySelector(":scope > dd");
    return `${entry.querySelector(":scope > dt")?.textContent ?? ""} ${value?.querySelector("dl") === null ? value.textContent : ""}`;
  };
  expect([...root.querySelectorAll(".json-entry")].map(leaf)).toEqual(lines);
  expect(strangers(root)).toEqual([]);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test("texts are counted in reading order, without empty ones", () => {
  expect(valueOf({ b: "one", a: ["", "two", { c: "three" }], d: 4 }).texts).toEqual(["one", "two", "three"]);
});

test("what is nested without end becomes a text, and the page lives", () => {
  let deep: unknown = "bottom";
  for (let level = 0; level < 3_000; level += 1) deep = { a: [deep] };
  const root = drawn(<Json data={deep} open={99} />);
  expect(root.textContent).toContain("nested too deeply");
});

test("marks in arguments open what they stand in", () => {
  const data = { outer: { inner: ["one", "two words"] } };
  const closed = drawn(<Json data={data} open={1} />);
  expect(closed.textContent).not.toContain("two words");
  const spans = new Map([[1, [{ start: 0, end: 3, label: "quoted", current: true }]]]);
  const root = drawn(<Json data={data} open={1} spans={spans} />);
  expect(root.querySelector("mark")?.textContent).toBe("two");
});

test("long lists show their first entries, and more on demand", () => {
  const root = drawn(<Json data={Array.from({ length: 340 }, (_, index) => index)} />);
  expect(root.querySelectorAll("dt")).toHaveLength(50);
  const more = root.querySelector<HTMLButtonElement>("button.more");
  expect(more?.textContent).toBe("show 290 more");
  void act(() => more?.click());
  expect(root.querySelectorAll("dt")).toHaveLength(340);
});

test.each<readonly [text: string, parts: readonly (readonly [words: string, classes: string])[]]>([
  ["plain", [["plain", ""]]],
  ["\x1b[31mred\x1b[0m not", [["red", "ansi-red"], [" not", ""]]],
  ["\x1b[1;32mok", [["ok", "ansi-green ansi-bold"]]],
  ["\x1b[1mb\x1b[22mn", [["b", "ansi-bold"], ["n", ""]]],
  ["\x1b[4mu\x1b[24mn\x1b[3mi\x1b[23m", [["u", "ansi-underline"], ["n", ""], ["i", "ansi-italic"]]],
  ["\x1b[38;5;196mx\x1b[39m", [["x", ""]]],
  ["\x1b[38;2;255;31;1my", [["y", ""]]],
  ["\x1b[97;44mz\x1b[49m", [["z", "ansi-white ansi-on-blue"]]],
  ["\x1b[mreset", [["reset", ""]]],
  ["\x1b[999mx", [["x", ""]]],
])("%j is coloured", (text, parts) => {
  const shown = styled(text).filter((part) => part.kind === "text");
  expect(shown.map((part) => [text.slice(part.start, part.end), classes(part.style)])).toEqual(parts);
});

test.each(["\x1b[2Jcleared", "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07.", "\x1b]52;c;aGk=\x07.", "\x1b]0;title\x07.", "\x1b[10;10Hmoved", "over\rwritten", "\x9b31mc1"])("of %j nothing is obeyed, and all is to be seen", (text) => {
  const root = drawn(<Terminal text={`\x1b[31mred\x1b[0m ${text}`} />);
  expect(root.querySelectorAll(".unseen").length).toBeGreaterThan(0);
  expect(root.textContent).toContain(text.slice(-1));
  expect(strangers(root)).toEqual([]);
});

test.each<readonly [what: string, text: string, fold: number | null]>([
  ["a short text", "a\nb\nc", null],
  ["a text a little longer than the fold", "x\n".repeat(55), null],
  ["many lines", "x\n".repeat(200), 80],
  ["one long line", "x".repeat(10_000), 4_000],
  ["a long line of pairs", `x${"👍".repeat(5_000)}`, 4_001],
])("%s is folded at %s", (_, text, fold) => {
  expect(foldAt(text)).toBe(fold);
});

test("what is folded is said in lines, or in characters", () => {
  const lines = "line\n".repeat(400);
  expect(amount(lines, 300, lines.length)).toBe("340 more lines");
  expect(amount("x".repeat(5_000), 4_000, 5_000)).toBe("1,000 more characters");
});

test("stretches cover a text once", () => {
  const text = "x\n".repeat(50_000);
  for (const current of [null, [10, 20], [60_000, 60_010], [99_990, 100_000]] as const) {
    const all = stretches(text, 1_000, current);
    expect(all[0]?.start).toBe(0);
    expect(all[all.length - 1]?.end).toBe(text.length);
    for (const [index, stretch] of all.entries()) if (index > 0) expect(stretch.start).toBe(all[index - 1]?.end);
    if (current !== null) expect(all.some((stretch) => stretch.open && stretch.start <= current[0] && stretch.end >= current[1])).toBe(true);
  }
});
