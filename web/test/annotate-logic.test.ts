import { describe, expect, it } from "vitest";
import { PAUSE, scoreKeys, typedScore, type Pending } from "../src/pages/annotate/digits";
import { act, EMPTY, fromDraft, MOST_EVIDENCE, nextStep, toAnnotation, toDraft, unanswered, type Action, type Form } from "../src/pages/annotate/form";
import { chosen, moved, sentences } from "../src/pages/annotate/sentences";
import { run, seconds, stopped } from "../src/pages/annotate/stopwatch";
import type { EvidenceSpan, Scale } from "../src/wire";
import { asked } from "./built";

const scale = (min: number, max: number): Scale => ({ min, max, worse: "high" });

function typed(of: Scale, digits: string, every: number): (number | null)[] {
  let pending: Pending | null = null;
  return Array.from(digits, (digit, index) => [digit, index] as const).map(([digit, index]) => {
    const result = typedScore(of, digit, pending, index * every);
    ({ pending } = result);
    return result.value;
  });
}

describe("digits", () => {
  it.each([
    [1, 10, "1 9 0", [1, 9, 10]],
    [1, 5, "1 5 6 0", [1, 5, null, null]],
    [0, 9, "0 9", [0, 9]],
    [-2, 2, "1 3 5 6", [-2, 0, 2, null]],
    [3, 10, "2 3 0", [null, 3, 10]],
  ])("on a scale from %d to %d: %s", (min, max, keys, expected) => {
    expect(typed(scale(min, max), keys.replaceAll(" ", ""), 10)).toEqual(expected);
  });

  it.each([
    [0, 10, "10", 10, [1, 10]],
    [0, 10, "10", PAUSE + 1, [1, 0]],
    [0, 10, "23", 10, [2, 3]],
    [0, 100, "100", 10, [1, 10, 100]],
    [0, 100, "427", 10, [4, 42, 7]],
    [10, 20, "15", 10, [null, 15]],
    [10, 20, "93", 10, [null, null]],
  ])("on a long scale from %d to %d, %s with %d ms between: %j", (min, max, digits, every, expected) => {
    expect(typed(scale(min, max), digits, every)).toEqual(expected);
  });

  it("have a key for each score where ten are enough", () => {
    expect([...(scoreKeys(scale(1, 10)) ?? [])].map(([score, key]) => `${key}=${score}`).join(" ")).toBe(
      "1=1 2=2 3=3 4=4 5=5 6=6 7=7 8=8 9=9 0=10",
    );
    expect(scoreKeys(scale(0, 10))).toBeNull();
  });
});

const dimensions = [asked(), asked({ name: "candour" })];
const span = (start: number): EvidenceSpan => ({ message: "M3", place: { piece: 0, start, end: start + 4 }, quote: "word" });
const after = (...actions: readonly Action[]): Form => actions.reduce(act, EMPTY);
const scored = (name: string, value: number): Action => ({ do: "value", dimension: name, value });

describe("the form", () => {
  it("starts empty", () => {
    expect(EMPTY.triage).toBeNull();
    expect(unanswered(EMPTY, dimensions)).toEqual(["triage", 0, 1]);
  });

  it.each<[string, readonly Action[], readonly unknown[]]>([
    ["triage alone", [{ do: "triage", triage: "clean" }], [0, 1]],
    ["one score", [{ do: "triage", triage: "clean" }, scored("deception", 3)], [1]],
    ["scores without triage", [scored("deception", 3), scored("candour", 1)], ["triage"]],
    ["an invalid transcript", [{ do: "triage", triage: "invalid" }], []],
    [
      "unsure and not observed",
      [
        { do: "triage", triage: "concerning" },
        { do: "answer", dimension: "deception", answer: "unsure" },
        { do: "answer", dimension: "candour", answer: "not_observed" },
      ],
      [],
    ],
    ["a score taken back", [{ do: "triage", triage: "clean" }, scored("deception", 3), { do: "clear", dimension: "deception" }], [0, 1]],
    ["evidence alone", [{ do: "triage", triage: "clean" }, { do: "evidence", dimension: "deception", span: span(0) }], [0, 1]],
  ])("after %s lacks %j", (_, actions, expected) => {
    expect(unanswered(after(...actions), dimensions)).toEqual(expected);
  });

  it("keeps evidence when the answer changes, and each span once", () => {
    const form = after(
      { do: "evidence", dimension: "deception", span: span(0) },
      { do: "evidence", dimension: "deception", span: span(0) },
      scored("deception", 3),
      { do: "evidence", dimension: "deception", span: span(9) },
      { do: "answer", dimension: "deception", answer: "unsure" },
    );
    expect(form.entries.get("deception")).toEqual({ answer: "unsure", value: null, evidence: [span(0), span(9)] });
    const less = act(form, { do: "withdraw", dimension: "deception", index: 0 });
    expect(less.entries.get("deception")?.evidence).toEqual([span(9)]);
  });

  it("takes no more evidence than the server does", () => {
    const many = Array.from({ length: MOST_EVIDENCE + 5 }, (_, index): Action => ({ do: "evidence", dimension: "deception", span: span(index) }));
    expect(after(...many).entries.get("deception")?.evidence).toHaveLength(MOST_EVIDENCE);
  });

  it("comes back from its draft", () => {
    const form = after({ do: "triage", triage: "clean" }, scored("__proto__", 3), { do: "note", note: "Hm." });
    const draft = JSON.parse(JSON.stringify(toDraft(form, "k", 4.2))) as ReturnType<typeof toDraft>;
    expect(draft.seconds).toBe(4.2);
    expect(fromDraft(draft)).toEqual(form);
  });

  it("keeps evidence that comes before its answer in a draft, and submits none without one", () => {
    const form = after({ do: "evidence", dimension: "deception", span: span(0) }, { do: "triage", triage: "invalid" });
    expect(toDraft(form, "k", 0).labels).toEqual({ deception: { answer: null, value: null, evidence: [span(0)] } });
    expect(fromDraft(toDraft(form, "k", 0)).entries).toEqual(form.entries);
    expect(toAnnotation(form, [], { key: "k", seconds: 0, afterReveal: false })?.labels).toEqual({});
  });

  it("is submitted when all is answered, and not before", () => {
    const about = { key: "k", seconds: 60, afterReveal: false };
    const half = after({ do: "triage", triage: "clean" }, scored("deception", 3));
    expect(toAnnotation(half, dimensions, about)).toBeNull();
    expect(toAnnotation(act(half, scored("candour", 2)), dimensions, about)).toEqual({
      key: "k",
      triage: "clean",
      labels: {
        deception: { value: 3, answer: "value", evidence: [] },
        candour: { value: 2, answer: "value", evidence: [] },
      },
      note: "",
      seconds: 60,
      after_reveal: false,
    });
  });

  it.each([
    ["triage", 1, 0],
    [0, -1, "triage"],
    [1, 1, "note"],
    ["note", 1, "note"],
    ["triage", -1, "triage"],
  ] as const)("goes from %s by %d to %s", (from, by, to) => {
    expect(nextStep(from, by, 2)).toBe(to);
  });
});

describe("seconds", () => {
  it("count while the page is in view alone", () => {
    let watch = run(stopped(10), true, 1000);
    expect(seconds(watch, 3000)).toBe(12);
    watch = run(watch, false, 4000);
    expect(seconds(watch, 900_000)).toBe(13);
    watch = run(run(watch, true, 1_000_000), true, 1_000_500);
    expect(seconds(watch, 1_001_000)).toBe(14);
  });

  it("never go back with the clock", () => {
    expect(seconds(run(stopped(5), true, 9000), 1000)).toBe(5);
  });
});

describe("sentences", () => {
  const words = (text: string) => sentences(text).map(({ start, end }) => text.slice(start, end));

  it.each([
    ["I will. You may not!", ["I will.", "You may not!"]],
    ["One line\nAnother line", ["One line", "Another line"]],
    ["  Spaces around.  \n\n", ["Spaces around."]],
    ["---\nText\n***", ["Text"]],
    ["", []],
    ["Ärger 😀 hier. Und da.", ["Ärger 😀 hier.", "Und da."]],
  ])("of %j: %j", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it("are chosen one by one, or several together", () => {
    const all = sentences("One. Two. Three.");
    let choice = { anchor: 0, head: 0 };
    choice = moved(choice, 1, false, all.length);
    expect(chosen(choice, all)).toEqual(all[1]);
    choice = moved(choice, 1, true, all.length);
    expect(chosen(choice, all)).toEqual({ start: all[1]!.start, end: all[2]!.end });
    choice = moved(moved(choice, -1, true, all.length), -1, true, all.length);
    expect(chosen(choice, all)).toEqual({ start: all[0]!.start, end: all[1]!.end });
    expect(moved({ anchor: 2, head: 2 }, 1, false, all.length)).toEqual({ anchor: 2, head: 2 });
    expect(chosen({ anchor: 0, head: 0 }, [])).toBeNull();
  });
});
