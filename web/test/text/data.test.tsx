// JSON, terminal output, and the folding of long texts.
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { CallView } from "../../src/conversation/call";
import { Result } from "../../src/conversation/message";
import { classes, styled } from "../../src/text/ansi";
import { amount, foldAt, stretches } from "../../src/text/folding";
import { Json, JsonText } from "../../src/text/json";
import { Terminal } from "../../src/text/terminal";
import { treeIn, valueOf } from "../../src/text/values";
import { drawn, strangers } from "./drawn";

test.each<readonly [json: string, expected: readonly string[]]>([
  ['{"a": 1, "b": null, "c": true}', ["a 1", "b null", "c true"]],
  ['{"__proto__": "p", "constructor": "c", "toString": "t"}', ["__proto__ p", "constructor c", "toString t"]],
  ['{"a": {"__proto__": {"x": "y"}}}', ["a ", "__proto__ ", "x y"]],
  ['{"<img src=x>": "<script>alert(1)</script>"}', ["<img src=x> <script>alert(1)</script>"]],
  ['{"z\\u200b": "q\\u202e"}', ["zU+200B qU+202E"]],
  ['{"a": [], "b": {}, "c": ""}', ["a empty list", "b empty", "c "]],
  ['{"a": ["x", {"b": "y"}]}', ["a ", "0 x", "1 ", "b y"]],
])("%s is drawn as its keys and values", (json, expected) => {
  const root = drawn(<Json data={JSON.parse(json) as unknown} open={9} />);
  expect(lines(root)).toEqual(expected);
  expect(strangers(root)).toEqual([]);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

const JSON_TEXTS: readonly (readonly [json: string, lines: readonly string[]])[] = [
  ['{"id": 1234567890123456789, "least": -9223372036854775808}', ["id 1234567890123456789", "least -9223372036854775808"]],
  ['{"price": 1.10, "far": 1e400, "small": 1E-7, "zero": -0}', ["price 1.10", "far 1e400", "small 1E-7", "zero -0"]],
  ['{"10": "a", "b": "c", "2": "d"}', ["10 a", "b c", "2 d"]],
  ['{"to": "Ann", "to": "Eve"}', ["to Ann", "to Eve"]],
  ['{"__proto__": {"x": true}, "constructor": null}', ["__proto__ ", "x true", "constructor null"]],
  [' [ {"a" :\t[ ] ,"b":{ } } , "x,]}\\"" ]\n', ["0 ", "a empty list", "b empty", '1 x,]}"']],
];

function lines(root: HTMLElement): readonly string[] {
  return [...root.querySelectorAll(".json-entry")].map((entry) => {
    const value = entry.querySelector(":scope > dd");
    return `${entry.querySelector(":scope > dt")?.textContent ?? ""} ${value?.querySelector("dl") === null ? value.textContent : ""}`;
  });
}

test.each(JSON_TEXTS)("%s is drawn as it was said", (json, expected) => {
  const root = drawn(<JsonText text={json} open={9} />);
  expect(lines(root)).toEqual(expected);
  expect(strangers(root)).toEqual([]);
});

test.each(["", "Infinity", '{"a": NaN}', "{'a': 1}", '{"a": 1', "[1,]"])("%j, which is no JSON, is shown as it is", (text) => {
  expect(treeIn(text)).toBeNull();
  expect(drawn(<JsonText text={text} />).textContent).toContain(text);
});

test.each([
  '"word"',
  "17",
  "[]",
  '{"a": [1, {"b": "c"}, null, false], "d": "e\\nf", "": ""}',
  '[[["deep", [["er"]]]], {"quote": "\\"", "back": "\\\\"}, "\\u00e9"]',
])("the tree of %s is that of its data, where data hold it", (text) => {
  const read = treeIn(text);
  expect({ value: read?.value, texts: read?.texts }).toEqual(valueOf(JSON.parse(text)));
});

test.each([
  ['{"a": "b\\nc", "id": 1234567890123456789}', true],
  ['{"a": "b\\u0063"}', false],
  ['{"\\u0061": 1}', false],
  ['["a\\/b"]', false],
])("whether the texts of %s stand there letter by letter: %s", (text, plain) => {
  expect(treeIn(text)?.plain).toBe(plain);
});

test("JSON text that is nested too deeply is shown as it stands there from there on", () => {
  const inner = '{"id": 12345678901234567890, "words": "}]"}';
  const root = drawn(<JsonText text={"[".repeat(12) + inner + "]".repeat(12)} open={99} />);
  expect(root.textContent).toContain(inner);
  const abyss = drawn(<JsonText text={`${"[".repeat(3_000)}${"]".repeat(3_000)}`} open={99} />);
  expect(abyss.textContent).toContain("nested too deeply");
});

test.each<readonly [what: string, text: string, tree: boolean]>([
  ["long numbers", '{"id": 1234567890123456789}', true],
  ["a key that is there twice", '{"to": "Ann", "to": "Eve"}', true],
  ["escapes that are not needed", '{"to": "\\u0041nn"}', false],
  ["words", "[see below]", false],
])("a result with %s loses nothing: %s", (_, text, tree) => {
  const root = drawn(<Result text={text} spans={[]} />);
  expect(root.querySelector(".json") !== null).toBe(tree);
  const said = tree ? (text.match(/\d+|[A-Z]\w+/gu) ?? []) : [text];
  for (const word of said) expect(root.textContent).toContain(word);
});

test("the arguments of a call keep their digits, and what is no JSON stands as it is", () => {
  const call = { label: "M2.1", name: "refund", arguments: '{"order": 1234567890123456789, "2": 1.50}', parse_error: null };
  expect(lines(drawn(<CallView call={call} />))).toEqual(["order 1234567890123456789", "2 1.50"]);
  expect(drawn(<CallView call={{ ...call, arguments: '{"far": Infinity}' }} />).textContent).toContain('{"far": Infinity}');
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
