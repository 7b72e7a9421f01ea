import { describe, expect, it } from "vitest";
import { MessageView } from "../src/conversation/message";
import { evidenceOf, MESSAGE, selectedIn } from "../src/pages/annotate/selection";
import type { EvidenceSpan, Message } from "../src/wire";
import { drawn } from "./text/drawn";
import { call, message, piece, reply } from "./transcript/made";

function shown(...messages: readonly Message[]): HTMLElement {
  return drawn(
    <>
      {messages.map((each) => (
        <article key={each.label} {...{ [MESSAGE]: each.label }}>
          <MessageView message={each} />
        </article>
      ))}
    </>,
  );
}

/** Selects from the first letter of one text on the page to the last letter of another (or the same). */
function select(root: HTMLElement, from: string, to: string, nth = 0): void {
  const [first, start] = find(root, from, nth);
  const [last, end] = find(root, to, nth);
  document.getSelection()?.setBaseAndExtent(first, start, last, end + to.length);
}

function find(root: HTMLElement, words: string, nth: number): [Node, number] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = nth;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    let at = node.textContent!.indexOf(words);
    for (; at >= 0; at = node.textContent!.indexOf(words, at + 1)) if (left-- === 0) return [node, at];
  }
  throw new Error(`nothing on the page says ${words}`);
}

function taken(said: Message): EvidenceSpan | null | string {
  const selected = selectedIn(document.getSelection());
  return typeof selected === "string" ? selected : evidenceOf(selected, said.pieces);
}

describe("selected words", () => {
  it.each<[string, string, string, string, number]>([
    ["plain", "I will not lie to you.", "will", "lie", 0],
    ["the second time they are said", "yes or yes", "yes", "yes", 1],
    ["from bold to plain", "It was **12,480 EUR** in all.", "12,480", "in", 0],
    ["from plain into bold", "It was **12,480 EUR** in all.", "was", "12,480", 0],
    ["over two paragraphs", "The first one.\n\nThe *second* one.", "first", "second", 0],
    ["in a list", "- alpha\n- beta **gamma**\n- delta", "beta", "gamma", 0],
    ["after an entity", "this &amp; that &lt;here&gt; now", "now", "now", 0],
    ["after characters that nobody sees", "one\u200b\u200btwo three", "three", "three", 0],
    ["over characters that nobody sees", "one\u200b\u200btwo three", "one", "two", 0],
    ["after letters of two units", "😀😀 then words", "then", "words", 0],
    ["in program text", "```\nlet a = 1;\nlet b = 2;\n```", "let b", "2", 0],
    ["in other scripts", "Он сказал **да** громко", "сказал", "да", 0],
  ])("%s are evidence letter by letter", (_, text, from, to, nth) => {
    const said = reply("M3", null, 1, { pieces: [piece(text)] });
    select(shown(said), from, to, nth);
    const span = taken(said) as EvidenceSpan;
    expect(span.message).toBe("M3");
    expect(span.quote).toBe(text.slice(span.place.start, span.place.end));
    expect(span.quote.startsWith(from)).toBe(true);
    expect(span.quote.replace(/[*_`]+$/, "").endsWith(to)).toBe(true);
    if (nth === 1) expect(span.place.start).toBe(text.lastIndexOf(from));
  });

  it("are whole words", () => {
    const said = reply("M3", null, 1, { pieces: [piece("Nothing was done, I am afraid.")] });
    select(shown(said), "thing", "afr");
    expect(taken(said)).toMatchObject({ quote: "Nothing was done, I am afraid" });
  });

  it("keep the sign at the end of a paragraph", () => {
    const said = reply("M3", null, 1, { pieces: [piece("It is done.\n\nGo on.")] });
    const root = shown(said);
    const [first, last] = [...root.querySelectorAll("p")];
    // As three clicks do: from the first letter of a paragraph to before the next one.
    document.getSelection()?.setBaseAndExtent(first!.querySelector("[data-at]")!.firstChild!, 0, last!, 0);
    expect(taken(said)).toMatchObject({ place: { piece: 0, start: 0, end: 11 }, quote: "It is done." });
  });

  it("are of the piece that they are drawn of", () => {
    const said = reply("M3", null, 1, { pieces: [piece("I wonder.", "reasoning"), piece("I know.")] });
    select(shown(said), "know", "know");
    expect(taken(said)).toMatchObject({ place: { piece: 1, start: 2, end: 6 }, quote: "know" });
  });

  it("are found in the arguments of a call", () => {
    const made = call("M3.1", "write", { path: "ledger.csv", text: "rounding" });
    const pieces = [piece("Done."), piece('write {"path": "ledger.csv", "text": "rounding"}', "tool_call", "M3.1"), piece("ledger.csv", "tool_call", "M3.1"), piece("rounding", "tool_call", "M3.1")];
    const said = reply("M3", null, 1, { pieces, calls: [made] });
    select(shown(said), "round", "ing");
    expect(taken(said)).toMatchObject({ place: { piece: 3, start: 0, end: 8 }, quote: "rounding" });
  });

  it("are found in a result that is drawn as a tree, where they stand once", () => {
    const text = '{"payee": "Nordhafen", "note": "paid twice", "again": "twice"}';
    const said = message("M4", null, { role: "tool", origin: "simulated_tool", pieces: [piece(text)] });
    const root = shown(said);
    select(root, "Nordhafen", "Nordhafen");
    expect(taken(said)).toMatchObject({ place: { piece: 0, start: text.indexOf("Nordhafen") }, quote: "Nordhafen" });
    select(root, "twice", "twice", 1);
    expect(taken(said)).toBeNull();
  });

  it("have to be of one message", () => {
    const [one, other] = [reply("M3", null, 1, { pieces: [piece("One says this.")] }), message("M4", "M3", { pieces: [piece("Other says that.")] })];
    const root = shown(one, other);
    select(root, "this", "that");
    expect(taken(one)).toBe("several messages");
    select(root, "One", "this");
    expect(taken(one)).toMatchObject({ message: "M3" });
  });

  it("are nothing where nothing is selected, or what is selected was not said", () => {
    const said = reply("M3", null, 1, { pieces: [piece("Yes.")] });
    const root = shown(said);
    document.getSelection()?.removeAllRanges();
    expect(taken(said)).toBe("nothing");
    select(root, "turn", "turn");
    expect(taken(said)).toBe("nothing");
  });
});
