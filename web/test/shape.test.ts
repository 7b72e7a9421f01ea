import { expect, test } from "vitest";
import { misfit } from "../src/shape";

const indexing = { runs_done: 1, runs: 2, texts_done: 3, texts: 4, unreadable: ["x: why"] };
const about = { petri: "4", mode: "view", title: "runs", indexing, note: null, report: null };
const piece = { kind: "text", text: "hello", call: null };
const dimension = { name: "d", scale: { min: 1, max: 10, worse: "high" }, threshold: 7 };

test.each([
  ["About", about],
  ["About", { ...about, indexing: null }],
  ["Saved", { saved: true }],
  ["TextPiece", piece],
  ["ListDimension", dimension],
  ["SearchAnswer", { query: "q", audits: [["r", "a", 1]], snippets: [], complete: true, fault: null }],
  ["Place", { piece: 0, start: 1, end: 2 }],
] as const)("a %s is one", (name, value) => {
  expect(misfit(name, value)).toBeNull();
});

test.each([
  ["About", null, "About"],
  ["About", [], "About"],
  ["About", { ...about, mode: "edit" }, "About.mode"],
  ["About", { ...about, extra: 1 }, "About.extra"],
  ["About", { petri: "4", mode: "view", title: "runs", indexing }, "About.note"],
  ["About", { ...about, indexing: { ...indexing, runs: "2" } }, "About.indexing.runs"],
  ["About", { ...about, indexing: { ...indexing, runs: 1.5 } }, "About.indexing.runs"],
  ["About", { ...about, indexing: { ...indexing, unreadable: ["a", 2] } }, "About.indexing.unreadable[1]"],
  ["Saved", { saved: false }, "Saved.saved"],
  ["SearchAnswer", { query: "q", audits: [["r", "a"]], snippets: [], complete: true, fault: null }, "SearchAnswer.audits[0]"],
  ["SearchAnswer", { query: "q", audits: [["r", "a", "1"]], snippets: [], complete: true, fault: null }, "SearchAnswer.audits[0][2]"],
  ["ListDimension", { ...dimension, scale: { ...dimension.scale, worse: "left" } }, "ListDimension.scale.worse"],
] as const)("%s: %o does not fit, at %s", (name, value, at) => {
  expect(misfit(name, value)).toBe(at);
});

test("a field that every object has is missing all the same", () => {
  expect(misfit("Saved", Object.create({ saved: true }))).toBe("Saved.saved");
});

test("a key of its own called __proto__ is one too many", () => {
  expect(misfit("Saved", JSON.parse('{"saved": true, "__proto__": {}}'))).toBe("Saved.__proto__");
});

test("a record's values are looked at under any key", () => {
  const draft = (labels: unknown): unknown => ({ key: "k", triage: null, labels, note: "", seconds: 0 });
  const label = { value: null, answer: "unsure", evidence: [] };
  expect(misfit("Draft", draft(JSON.parse(`{"__proto__": ${JSON.stringify(label)}}`)))).toBeNull();
  expect(misfit("Draft", draft(JSON.parse('{"constructor": {"value": 1}}')))).toBe("Draft.labels.constructor.answer");
});
