// What is marked is what was meant: exactly, wherever the words stand in the markdown.
import { expect, test, vi } from "vitest";
import { found, type Span, split } from "../../src/text/highlight";
import { Text } from "../../src/text/text";
import { drawn } from "./drawn";

// Thousands of texts, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

function marks(root: HTMLElement): string[] {
  return [...root.querySelectorAll("mark")].map((mark) => mark.textContent);
}

/** The words between ‹ and › are what is marked. */
function given(source: string): { text: string; span: Span } {
  const start = source.indexOf("‹");
  const end = source.indexOf("›") - 1;
  return { text: source.replace("‹", "").replace("›", ""), span: { start, end, label: "quoted", current: true } };
}

test.each<readonly [source: string, marked: string]>([
  ["a ‹b› c", "b"],
  ["**a ‹b**›", "b"],
  ["one **two ‹three** four› five", "three| four"],
  ["‹one *two* three›", "one |two| three"],
  ["> a ‹b\n> c› d", "b|\n|c"],
  ["- one ‹two\n  three› four", "two|\n|three"],
  ["1. first\n2. sec‹ond›", "ond"],
  ["a &amp; ‹b &lt; c›", "b |<| c"],
  ["a \\*‹b\\* c›", "b|*| c"],
  ["`x ‹y› z`", "y"],
  ["```js\nlet a;\nlet ‹b›;\n```", "b"],
  ["- a\n\n      co‹de›\n", "de"],
  ["| a | ‹b› |\n|---|---|\n| c | d |", "b"],
  ["| a |\n|---|\n| c \\| ‹d› |", "d"],
  ["| a |\n|---|\n| x \\| ‹y \\| z› |", "y || z"],
  ["[wo‹rd›](https://a.example)", "rd"],
  ["[word](https://‹a.example›)", "a.example"],
  ["see https://a.‹example›/b", "example"],
  ["![a‹lt›](https://a.example)", "lt"],
  ["<b>‹bold›</b>", "bold"],
  ["# A ‹title›", "title"],
  ["same same ‹same› same", "same"],
  ["ünïcode 👩‍🔬 ‹é👍›", "é👍"],
  ["windows\r\nline ‹two›\r\n", "two"],
  ["\tco‹de›", "de"],
  ["- a\n\t- b ‹c›", "c"],
  ["1. 1 ‹1› 1", "1"],
  ["> > deep ‹words›", "words"],
  ["a  \nb ‹c›", "c"],
  ["zero\u200b‹wid\u200bth›", "widU+200Bth"],
])("%j is marked", (source, marked) => {
  const { text, span } = given(source);
  const root = drawn(<Text text={text} spans={[span]} />);
  expect(marks(root).join("|")).toBe(marked);
  expect(root.querySelector(".text-rendered")).not.toBeNull();
});

test.each<readonly [source: string, marked: string]>([
  ["a &a‹mp›; b", "mp"],
  ["‹**›bold**", "**"],
  ["[text][‹one›]\n\n[one]: https://a.example", "one"],
  ["a\n\n‹---›\n\nb", "---"],
  ["```‹js›\nx\n```", "js"],
  ["| a |\n|‹---›|\n| b |", "---"],
])("%j is marked in the plain text, since markdown hides it", (source, marked) => {
  const { text, span } = given(source);
  const root = drawn(<Text text={text} spans={[span]} />);
  expect(marks(root)).toEqual([marked]);
  expect(root.querySelector(".text-plain")?.textContent).toContain(text);
});

test.each(["**a** b `c` [d](https://e.example) &amp; f", "- one\n  - two **three**\n- [x] four\n\n> five\n> six", "| a | b \\| c |\n|---|---|\n| d | `e` |\n\nend\n", "# T\n\n- x\n* y\n\n```py\nz = 1\n\nw = 2\n```\n"])(
  "any stretch of %j is marked exactly, or in the plain text",
  (text) => {
    for (let start = 0; start < text.length; start += 1) {
      for (const length of [1, 2, 5, 11]) {
        const end = Math.min(text.length, start + length);
        const root = drawn(<Text text={text} spans={[{ start, end, label: "quoted" }]} />);
        const plain = root.querySelector(".text-plain") !== null;
        const marked = marks(root).join("");
        if (plain) expect(marked).toBe(text.slice(start, end));
        else {
          expect(marked).not.toBe("");
          // What is marked is what the source says there, without its signs.
          const letters = (of: string): string => of.replace(/&amp;/g, "&").replace(/[^\p{L}\p{N}&]/gu, "");
          expect(letters(marked)).toBe(letters(text.slice(start, end)));
        }
      }
    }
  },
);

test("several marks may lie over each other, and the one that is looked at stands out", () => {
  const spans: Span[] = [
    { start: 0, end: 7, label: "one" },
    { start: 4, end: 12, label: "two", current: true },
  ];
  const root = drawn(<Text text="abc defg hijkl mno" spans={spans} />);
  expect([...root.querySelectorAll("mark")].map((mark) => [mark.textContent, mark.title, mark.className])).toEqual([
    ["abc ", "one", "mark mark-quote"],
    ["def", "one; two", "mark mark-quote mark-current mark-over"],
    ["g hij", "two", "mark mark-quote mark-current"],
  ]);
});

test.each<readonly [spans: readonly (readonly [number, number])[], parts: readonly (readonly [number, number, number])[]]>([
  [[], [[2, 10, 0]]],
  [[[0, 20]], [[2, 10, 1]]],
  [[[4, 6]], [[2, 4, 0], [4, 6, 1], [6, 10, 0]]],
  [[[4, 8], [6, 9]], [[2, 4, 0], [4, 6, 1], [6, 8, 2], [8, 9, 1], [9, 10, 0]]],
  [[[4, 6], [4, 6]], [[2, 4, 0], [4, 6, 2], [6, 10, 0]]],
  [[[5, 5], [0, 2], [10, 12]], [[2, 10, 0]]],
])("%j cut a text into %j", (spans, parts) => {
  const cut = split(2, 10, spans.map(([start, end]) => ({ start, end, label: "" })));
  expect(cut.map((part) => [part.start, part.end, part.spans.length])).toEqual(parts);
});

test("words are found whatever their case, and never at a wrong place", () => {
  expect(found("One one ONE", "one", "found").map(({ start }) => start)).toEqual([0, 4, 8]);
  expect(found("One", "  ", "found")).toEqual([]);
  // The lower case of this letter is longer, so places would not fit.
  expect(found("İ one", "one", "found")).toEqual([]);
});

test("a mark far down a long text is in sight, and the rest stays folded", () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `line ${String(index)} of many`);
  const text = lines.join("\n");
  const start = text.indexOf("line 4321");
  const root = drawn(<Text manner="plain" text={text} spans={[{ start, end: start + 9, label: "quoted", current: true }]} />);
  expect(marks(root)).toEqual(["line 4321"]);
  expect(root.textContent).not.toContain("line 2500 of");
  expect([...root.querySelectorAll("button")].map((button) => button.textContent)).toEqual([expect.stringMatching(/^show 4,\d+ more lines$/), expect.stringMatching(/^show \d+ more lines$/)]);
});
