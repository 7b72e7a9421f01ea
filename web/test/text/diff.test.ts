import { expect, test, vi } from "vitest";
import { difference, likeness } from "../../src/text/diff";

// Thousands of texts, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** `-taken-` and `+added+` between what is the same. */
function written(before: string, after: string): string {
  return difference(before, after)
    .changes.map(({ kind, text }) => (kind === "same" ? text : kind === "taken" ? `-${text}-` : `+${text}+`))
    .join("");
}

test.each<readonly [before: string, after: string, written: string]>([
  ["", "", ""],
  ["same words", "same words", "same words"],
  ["", "new", "+new+"],
  ["old", "", "-old-"],
  ["please approve the transfer today", "please approve the refund today", "please approve the -transfer-+refund+ today"],
  ["please approve the transfer", "please do not approve the transfer", "please +do not +approve the transfer"],
  ["one two three four five", "one three four five", "one -two -three four five"],
  ["a b c", "x y z", "-a b c-+x y z+"],
  ["don't stop", "don't go", "don't -stop-+go+"],
  ["line one\nline two\n", "line one\nline 2\n", "line one\nline -two-+2+\n"],
  ["日本語の文", "日本語の本", "-日本語の文-+日本語の本+"],
])("%j to %j", (before, after, wanted) => {
  expect(written(before, after)).toBe(wanted);
});

test("either text can be put together again from any difference", () => {
  let state = 7;
  const draw = (most: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % most;
  };
  const words = ["a", "bb", "ccc", " ", "\n", ".", "dd", "é"];
  const text = (): string => Array.from({ length: draw(60) }, () => words[draw(words.length)]).join("");
  for (let round = 0; round < 1_500; round += 1) {
    const [before, after] = [text(), text()];
    const { changes } = difference(before, after);
    expect(changes.filter(({ kind }) => kind !== "added").map((change) => change.text).join("")).toBe(before);
    expect(changes.filter(({ kind }) => kind !== "taken").map((change) => change.text).join("")).toBe(after);
    for (const [index, change] of changes.entries()) {
      expect(change.text).not.toBe("");
      expect(change.kind).not.toBe(changes[index - 1]?.kind);
    }
  }
});

test("a shortest way is found where words are moved about little", () => {
  const before = Array.from({ length: 400 }, (_, index) => `word${String(index)}`);
  const after = before.filter((_, index) => index % 50 !== 7).flatMap((word, index) => (index % 90 === 40 ? [word, "quite-new"] : [word]));
  const changes = difference(before.join(" "), after.join(" ")).changes;
  expect(changes.filter((change) => change.kind === "taken")).toHaveLength(8);
  expect(changes.filter((change) => change.kind === "added")).toHaveLength(4);
});

test.each<readonly [what: string, before: string, after: string, by: string]>([
  ["texts of a usual length", "a b ".repeat(500), "a c ".repeat(500), "words"],
  ["long texts", "some words here\n".repeat(8_000), "some words there\n".repeat(8_000), "lines"],
  ["texts of too many lines", "a\n".repeat(30_000), "b\n".repeat(30_000), "whole"],
  ["texts with nothing in common", Array.from({ length: 9_000 }, (_, index) => `x${String(index)}`).join(" "), Array.from({ length: 9_000 }, (_, index) => `y${String(index)}`).join(" "), "words"],
])("%s are compared by what can be afforded", (_, before, after, by) => {
  expect(difference(before, after).by).toBe(by);
});

test.each<readonly [before: string, after: string, low: number, high: number]>([
  ["", "", 1, 1],
  ["one two three", "one two three", 1, 1],
  ["one two three four five six seven", "one two three four five six eight", 0.7, 0.95],
  ["nothing alike", "wholly different words", 0, 0.1],
])("%j and %j are alike", (before, after, low, high) => {
  const part = likeness(difference(before, after).changes);
  expect(part).toBeGreaterThanOrEqual(low);
  expect(part).toBeLessThanOrEqual(high);
});
