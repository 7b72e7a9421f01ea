import { expect, test, vi } from "vitest";
import { REFERENCE, referenced } from "../../src/text/entities";
import type { Leaf } from "../../src/text/mapped";
import { leavesOf, parse } from "../../src/text/markdown";

// Thousands of texts, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const PARTS = [
  "word",
  " ",
  "  ",
  "\n",
  "\n\n",
  "\r\n",
  "\t",
  "*",
  "**",
  "_",
  "~~",
  "`",
  "```",
  "```\n",
  "- ",
  "1. ",
  "> ",
  "# ",
  "| a | b |\n|---|---|\n| c | d\\|e |\n",
  "[x](https://a.example)",
  "[y]",
  "[y]: https://b.example\n",
  "![alt](u)",
  "<b>",
  "&amp;",
  "&#65;",
  "&#0;",
  "\\*",
  "\\",
  "[x] ",
  "    ",
  "---\n",
  "===\n",
  "https://c.example/d",
  "é",
  "👩‍🔬",
  "\ufeff",
  "\ud800",
  "|",
  "(",
  ")",
];

/** A small generator of numbers, so that a failure can be repeated. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function made(seed: number): string {
  const draw = draws(seed);
  const count = 1 + Math.floor(draw() * 30);
  return Array.from({ length: count }, () => PARTS[Math.floor(draw() * PARTS.length)] ?? "").join("");
}

function decoded(source: string): string {
  return source.replace(
    REFERENCE,
    (all: string, ten?: string, hex?: string, name?: string) => referenced(ten, hex, name) ?? all,
  );
}

/** What is wrong with a leaf's place; null where nothing is. */
function fault(source: string, leaf: Leaf, last: number): string | null {
  const said = source.slice(leaf.start, leaf.end);
  if (leaf.kind === "blank") return /^\s*$/.test(leaf.text + said) ? null : "white space that is none";
  if ((leaf.kind === "exact" ? said : decoded(said)) !== leaf.text) return "other words";
  return leaf.start >= last ? null : "out of order";
}

test("every text of random markdown is what the source has at its place", () => {
  let rendered = 0;
  for (let seed = 0; seed < 3_000; seed += 1) {
    const source = made(seed);
    const document = parse(source);
    if (document.kind === "plain") continue;
    rendered += 1;
    let last = 0;
    for (const leaf of leavesOf(document.blocks)) {
      const wrong = fault(source, leaf, last);
      if (wrong !== null) expect.fail(`${wrong}: ${JSON.stringify(leaf)} of ${JSON.stringify(source)}`);
      if (leaf.kind !== "blank") last = leaf.end;
    }
  }
  expect(rendered).toBeGreaterThan(2_200);
});

test("nothing but signs of markdown is left out of what is rendered", () => {
  for (let seed = 4_000; seed < 5_500; seed += 1) {
    const source = made(seed);
    const document = parse(source);
    if (document.kind === "plain") continue;
    const shown = new Set(leavesOf(document.blocks).flatMap(({ start, end }) => places(start, end)));
    for (let place = 0; place < source.length; place += 1) {
      if (source.charCodeAt(place) > 0x7f && !shown.has(place)) expect.fail(`${String(place)} of ${JSON.stringify(source)} is not shown`);
    }
  }
});

function places(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
