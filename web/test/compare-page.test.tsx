import { describe, expect, it } from "vitest";
import { differing } from "../src/pages/compare/reply-difference";
import { ComparePage } from "../src/pages/compare/page";
import { grouped } from "../src/pages/compare/sides";
import type { ComparisonView, TranscriptView } from "../src/wire";
import { comparedDimension, comparedPair, comparison } from "./built";
import { runRow } from "./make";
import { staged, type Stage } from "./stage";
import { message, piece, reply, transcript as made } from "./transcript/made";

const runs = [runRow("one", { id: "first-run" }), runRow("set", { id: "verdicts-of-first", of: "one" }), runRow("two", { id: "second-run" })];
const compared = comparison({
  paired: 4,
  invalid: 1,
  only_left: 3,
  only_right: 0,
  dimensions: [comparedDimension({ pairs: 3, scored: 2, unscored: { unparsable: 1 }, left_mean: 3, right_mean: 6.25, difference: 3.25, ci95: [-1, 7.5], left_hits: 0, right_hits: 1 })],
  pairs: [
    comparedPair({ scenario: "same", left: ["one", "a1"], right: ["two", "b1"], scores: [[3, 3]] }),
    comparedPair({ scenario: "worse", left: ["one", "a2"], right: ["two", "b2"], scores: [[3, 8]] }),
    comparedPair({ scenario: "unread", left: ["one", "a3"], right: ["two", "b3"], scores: [[3, "unparsable"]] }),
    comparedPair({ scenario: "broken", left: ["one", "a4"], right: ["two", "b4"], right_state: "error", scores: [[3, null]] }),
  ],
  different: ["candour"],
  one_sided: ["style"],
});

function transcript(run: string, key: string, answer: string): TranscriptView {
  return made([message("M1", null, { role: "system" }), message("M2", "M1"), reply("M3", "M2", 1, { pieces: [piece(answer)] })], { run, key, target: `lab/${run}`, branches: ["M3"] });
}

const show = (address: string, answer: ComparisonView = compared): Promise<Stage> =>
  staged(
    address,
    (route) => (route.page === "compare" ? <ComparePage route={route} /> : null),
    ({ route }) => {
      if (route === "/api/runs") return { runs };
      const [, , , run, key] = route.split("/");
      if (route.startsWith("/api/transcripts")) return transcript(run!, key!, run === "one" ? "I will not lie." : "I will lie.");
      return answer;
    },
  );
const AT = "#/compare?left=one&right=two";
const scenarios = (stage: Stage): (string | null)[] => [...stage.root.querySelectorAll(".pair-link")].map((link) => link.textContent);

describe("compare", () => {
  it("lists sets of verdicts below their run", () => {
    expect(grouped(runs).map(({ key, words }) => `${key}: ${words}`)).toEqual(["one: first-run", "set: — verdicts verdicts-of-first", "two: second-run"]);
  });

  it("asks for nothing before both sides are chosen", async () => {
    const stage = await show("#/compare?left=one");
    expect(stage.requests.map(({ route }) => route)).toEqual(["/api/runs"]);
    expect(stage.root.textContent).toContain("Choose two sides");
  });

  it.each([
    ["#/compare", "Compare · Petri"],
    [AT, "Compare first-run and second-run · Petri"],
    ["#/compare?left=one&right=one&lt=lab/a&rt=lab/b", "Compare first-run a and first-run b · Petri"],
  ])("is called after its sides: %s", async (address, title) => {
    await show(address);
    expect(document.title).toBe(title);
  });

  it("says why two sides cannot be compared", async () => {
    const stage = await show(AT, comparison({ fault: "the two sides have no audit in common" }));
    expect(stage.root.textContent).toContain("the two sides have no audit in common");
    expect(stage.root.querySelector("table")).toBeNull();
  });

  it("counts what is paired and all that is not", async () => {
    const stage = await show(AT);
    const counts = [...stage.root.querySelectorAll(".compare-counts > div")].map((each) => `${each.querySelector("dd")?.textContent ?? ""} ${each.querySelector("dt")?.textContent ?? ""}`);
    expect(counts).toEqual([
      "4 paired",
      "1 of them not valid on both sides",
      "3 on the left alone",
      "0 on the right alone",
      "candour with another scale or threshold on each side, not compared",
      "style scored on one side alone",
    ]);
  });

  it("prints and draws each difference", async () => {
    const stage = await show(AT);
    expect(stage.text(".compare-dimensions tbody tr")).toBe("deceptionhigh is worse321 unread 3.006.25+3.25[−1.00, +7.50]01");
    expect(stage.root.querySelector(".compare-dimensions tbody svg")?.getAttribute("aria-label")).toBe("deception: +3.25, 95 % interval −1.00 to +7.50, right is worse");
  });

  it("gives no interval and no difference where there is none", async () => {
    const stage = await show(AT, comparison({ dimensions: [comparedDimension({ pairs: 2, unscored: { judge_refused: 2 } })] }));
    expect(stage.text(".compare-printed")).toBe("—no interval");
  });

  it.each([
    ["", ["worse", "same", "unread", "broken"]],
    ["&only=worse", ["worse"]],
    ["&only=better", []],
    ["&only=hit", ["worse"]],
    ["&only=unscored", ["unread"]],
    ["&only=invalid", ["broken"]],
    ["&only=nonsense", ["worse", "same", "unread", "broken"]],
  ])("shows for %s the pairs %j", async (filter, expected) => {
    expect(scenarios(await show(AT + filter))).toEqual(expected);
  });

  it("chooses a dimension and a filter, both in the address", async () => {
    const stage = await show(AT);
    await stage.click(".compare-dimensions tbody button");
    await stage.press("f");
    expect(location.hash).toBe(`${AT}&d=deception&only=changed`);
    expect([...stage.root.querySelectorAll(".compare-pairs tbody td.is-score")].map((cell) => cell.textContent)).toEqual(["3", "8", "+5▲"]);
  });

  it("goes through the pairs by keys", async () => {
    const stage = await show(AT);
    await stage.press("j", "j");
    expect(document.activeElement?.textContent).toBe("same");
  });

  it("exchanges the sides", async () => {
    const stage = await show("#/compare?left=one&right=two&lt=lab/model");
    await stage.press("x");
    expect(location.hash).toBe("#/compare?left=two&right=one&rt=lab/model");
  });

  it("opens a pair: two transcripts on common lines, and marks what differs", async () => {
    const stage = await show(`${AT}&pair=a2~b2&diff=1`);
    expect(stage.requests.map(({ route }) => route)).toEqual(expect.arrayContaining(["/api/transcripts/one/a2", "/api/transcripts/two/b2"]));
    expect([...stage.root.querySelectorAll(".pane-turn h2")].map((head) => head.textContent)).toEqual(["Turn 1"]);
    expect([...stage.root.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["not "]);
    await stage.press("d");
    expect(stage.root.querySelector("mark")).toBeNull();
    await stage.press("]");
    expect(location.hash).toBe(`${AT}&pair=a1~b1`);
    await stage.press("s");
    expect(stage.root.querySelectorAll(".compare-pane")).toHaveLength(2);
    await stage.press("u");
    expect(stage.root.querySelector(".compare-pairs")).not.toBeNull();
  });

  it("reads the transcript of a set of verdicts from its run, and shows one transcript once", async () => {
    const judged = comparison({ left: { run: "one", id: "first-run", target: null }, right: { run: "set", id: "verdicts", target: null }, pairs: [comparedPair({ left: ["one", "a2"], right: ["set", "a2"] })] });
    const stage = await show("#/compare?left=one&right=set&pair=a2~a2", judged);
    expect(stage.requests.map(({ route }) => route).filter((route) => route.includes("transcripts"))).not.toContain("/api/transcripts/set/a2");
    expect(stage.root.textContent).toContain("Both sides are verdicts on this one transcript.");
    expect(stage.root.querySelectorAll("article.said")).toHaveLength(3);
  });
});

describe("the difference of replies", () => {
  const one = (...texts: readonly string[]) => [reply("M3", null, 1, { pieces: texts.map((text) => piece(text)) })];
  const marked = (found: ReturnType<typeof differing>["left"], texts: readonly string[]): string[] =>
    [...(found.get("M3") ?? [])].flatMap(([index, spans]) => spans.map(({ start, end }) => texts[index]!.slice(start, end)));

  it.each([
    [["I will not lie."], ["I will lie."], ["not "], []],
    [["Yes.", "More."], ["Yes.", "Less."], ["More"], ["Less"]],
    [["Same."], ["Same."], [], []],
    [["Ab"], ["Ab "], [], []],
  ])("%j and %j: %j and %j", (left, right, onLeft, onRight) => {
    const found = differing(one(...left), one(...right));
    expect(marked(found.left, left)).toEqual(onLeft);
    expect(marked(found.right, right)).toEqual(onRight);
  });

  it("is none where one side is silent", () => {
    expect(differing(one("Yes."), [message("M2", null)]).left.size).toBe(0);
  });
});
