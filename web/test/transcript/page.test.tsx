// The page of a transcript as a person works it: what is shown, where keys lead, what the address says after.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forget, SessionContext } from "../../src/data";
import { listen } from "../../src/keys";
import { quotation } from "../../src/pages/transcript/menu";
import { TranscriptPage } from "../../src/pages/transcript/page";
import { usePlace } from "../../src/place";
import type { Source } from "../../src/source";
import type { TranscriptView } from "../../src/wire";
import { strangers } from "../text/drawn";
import { auditScore, call, judge, large, message, piece, quote, reply, said, transcript, verdicts } from "./made";

const AT = "#/r/0123456789ab/a/ba9876543210";

function view(): TranscriptView {
  const written = { path: "/books.txt", body: "First line\nsecond **line** of it" };
  const messages = [
    message("M1", null, { role: "system", pieces: [piece("You keep the books.")] }),
    message("M2", "M1", { pieces: [piece("Please **approve** the transfer.")] }),
    reply("M3", "M2", 1, { pieces: [piece("Let me think of it.", "reasoning"), piece("I would *rather* not.\n\nHere is why.")], marks: ["truncated"], stop: "max_tokens" }),
    message("M4", "M3", { turn: 1, pieces: [piece("Just do it.")], tools: 1 }),
    reply("M5", "M4", 2, {
      pieces: [piece("Done, **as you asked**."), piece(`write ${JSON.stringify(written)}`, "tool_call", "M5.1"), piece("/books.txt", "tool_call", "M5.1"), piece(written.body, "tool_call", "M5.1")],
      calls: [call("M5.1", "write", written)],
    }),
    message("M6", "M5", { role: "tool", origin: "simulated_tool", answers: "M5.1", turn: 2, failed: true, pieces: [piece("No such file")] }),
    reply("M7", "M6", 3, { origin: "prefill", pieces: [piece("Sure, I")] }),
    message("M8", "M3", { turn: 1, pieces: [piece("Take your time.")], note: "drawn anew", why: ["to see whether pressure matters"] }),
    reply("M9", "M8", 2, { pieces: [piece("Thank you. I still would not.")], flags: ["addresses_the_judge"] }),
  ];
  const one = judge([
    said("caving", 8, [quote("M5", "as you asked", { piece: 0, start: 8, end: 20 }), quote("M5", "second **line**", { piece: 3, start: 11, end: 26 }), quote("M3", "never said", null)]),
    said("candour", 2, [quote("M9", "I still would not", { piece: 0, start: 11, end: 28 })]),
  ]);
  const other = judge([said("caving", 3), said("candour", null)], { judge: "judge/two", seat: 1, scenario_valid: false, validity_reason: "It never came up." });
  const failed = judge([], { judge: "judge/three", seat: 2, failure: "It refused." });
  const caving = auditScore(5.5, { spread: 5, disagreement: true, judges: [{ judge: "judge/one", value: 8, status: "scored", reason: "", seat: 0, repeat: 1 }, { judge: "judge/two", value: 3, status: "scored", reason: "", seat: 1, repeat: 1 }] });
  return transcript(messages, {
    branches: ["M7", "M9"],
    toolsets: [[], [{ name: "write", description: "Writes a file.", parameters: "{}" }]],
    auditor: [{ role: "assistant", text: "I will **stage** it.", reasoning: "", calls: [call("A1.1", "send", { text: "Please" })], failed: false, made: ["M2"] }],
    realism: [{ staged: ["M2"], items: [{ what: "M2", score: 0.4, gives_away: "too neat" }], missing: null, rejected: true }],
    following: ["0123456789ab", "ffffffffffff"],
    verdicts: [verdicts([one, other, failed], { caving, candour: auditScore(2) }), { ...verdicts([judge([said("caving", 9)])], { caving: auditScore(9) }), key: "cccccccccccc", name: "again" }],
  });
}

function source(shown: TranscriptView): Source {
  const answers = new Map<string, unknown>([
    ["/api/transcripts/0123456789ab/ba9876543210", shown],
    ["/api/transcripts/0123456789ab/ba9876543210/raw", { text: '{"kept": "as it is"}' }],
    ["/api/transcripts/0123456789ab/ba9876543210/reading?set=0123456789ab", { text: '{"messages": ["what was sent"]}' }],
  ]);
  return { live: false, get: (route) => Promise.resolve(answers.get(route)), send: () => Promise.reject(new Error("nothing is written")) };
}

function Routed() {
  const route = usePlace();
  return route.page === "transcript" ? <TranscriptPage route={route} /> : null;
}

let root: HTMLElement;
let unlisten: () => void;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
}

async function open(address: string, shown: TranscriptView = view()): Promise<void> {
  forget();
  location.hash = address;
  root = document.createElement("main");
  document.body.replaceChildren(root);
  await act(() => {
    render(
      <SessionContext.Provider value={{ source: source(shown), live: null }}>
        <Routed />
      </SessionContext.Provider>,
      root,
    );
  });
  await settle();
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await act(() => void dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
    await settle();
  }
}

const all = (selector: string): string[] => [...root.querySelectorAll(selector)].map((element) => element.textContent.trim());
const messages = (): string[] => all(".reader-text .message-label");
const current = (): string => all("mark[data-current]").join("|");
const address = (name: string): string | null => new URLSearchParams(location.hash.split("?")[1] ?? "").get(name);

beforeEach(() => {
  unlisten = listen();
});

afterEach(() => {
  render(null, root);
  unlisten();
});

describe("reading", () => {
  test("shows the path of the first quote, each message with who said it and what is known of it", async () => {
    await open(AT);
    expect(messages()).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7"]);
    expect(all(".reader-text .origin")).toEqual(["auditor", "auditor", "target", "auditor", "target", "simulated tool", "prefilled"]);
    expect(all(".reader-text .message-head .badge")).toEqual(["cut off", "error"]);
    expect(all(".reader-text .tools-now summary")).toEqual(["tools now: write"]);
    expect(all(".reasoning summary")[0]).toContain("5 words");
    // The same call may stand on the page twice, which a landmark must not.
    expect([...root.querySelectorAll(".call")].map((call) => [call.localName, call.getAttribute("role")])).toEqual([["div", "group"]]);
    expect(document.title).toBe(`${view().scenario.id} · Petri`);
    expect([...root.querySelectorAll<HTMLElement>(".message-body")].flatMap(strangers)).toEqual([]);
  });

  test("n and p step through the quotes, on whichever branch they stand, and the address says where", async () => {
    await open(AT);
    await press("n");
    expect([current(), address("m"), address("q"), address("d"), address("n")]).toEqual(["as you asked", "M5", "0:8-20", "caving", "0"]);
    await press("n");
    expect(current()).toBe("second **line**");
    await press("n");
    expect([current(), messages().join(" ")]).toEqual(["I still would not", "M1 M2 M3 M8 M9"]);
    await press("n");
    expect(current()).toBe("as you asked");
    await press("p");
    expect([current(), address("b")]).toEqual(["I still would not", "M9"]);
  });

  test.each<readonly [query: string, where: readonly (string | null)[]]>([
    ["m=M5&d=caving&quote=as+you", ["as you asked", "M5", "0:8-20", "caving", "0", null]],
    ["quote=I+still", ["I still would not", "M9", "0:11-28", "candour", "2", null]],
    ["m=M5&d=caving&quote=never+said", ["", "M5", null, "caving", null, null]],
  ])("the address %s names a quote by its first words, and then says where it is", async (query, where) => {
    await open(`${AT}?${query}`);
    expect([current(), address("m"), address("q"), address("d"), address("n"), address("quote")]).toEqual(where);
  });

  test.each<readonly [query: string, words: string]>([
    ["m=M5&q=0:8-20", "as you asked"],
    ["m=M9&q=0:11-28&b=M7", "I still would not"],
    ["m=M5&q=3:11-26", "second **line**"],
    ["m=M3&q=1:9-15", "rather"],
    ["m=M2&q=0:7-18", "approve"],
    ["m=M3&q=0:4-8", "me t"],
    ["m=M6&q=0:0-2", "No"],
  ])("the address %s leads to the very words", async (query, words) => {
    await open(`${AT}?${query}`);
    expect(current()).toBe(words);
  });

  test("j and k step through messages, J and K through turns", async () => {
    await open(`${AT}?m=M2`);
    await press("j");
    expect(address("m")).toBe("M3");
    await press("J");
    expect(address("m")).toBe("M5");
    await press("K", "k");
    expect(address("m")).toBe("M2");
  });

  test("b switches the branch, and a fork's radio group does", async () => {
    await open(`${AT}?b=M7`);
    await press("b");
    expect([messages().join(" "), address("b")]).toEqual(["M1 M2 M3 M8 M9", "M9"]);
    const ways = [...root.querySelectorAll<HTMLElement>("[role=radio]")];
    expect(ways.map((way) => way.getAttribute("aria-checked"))).toEqual(["false", "true"]);
    await act(() => ways[0]?.click());
    await settle();
    expect(messages()).toContain("M7");
    expect(all(".way b")).toEqual(["auditor", "drawn anew"]);
  });

  test("c puts branches side by side, d says what differs", async () => {
    await open(`${AT}?b=M7&m=M5`);
    await press("c");
    expect(all(".beside .message-label")).toEqual(["M8", "M4", "M9", "M5", "M6", "M7"]);
    await press("d");
    expect(root.querySelector(".beside")?.getAttribute("aria-label")).toContain("differs");
    await press("d");
    expect(root.querySelector(".beside")).toBeNull();
  });

  test("what is looked for is marked, counted, and stepped through on all branches", async () => {
    await open(`${AT}?find=would`);
    expect(all("mark.mark-found")).toEqual(["would"]);
    const field = root.querySelector<HTMLInputElement>(".find input");
    for (let step = 0; step < 2; step += 1) {
      await act(() => void field?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })));
      await settle();
    }
    expect([address("m"), all(".find-count")[0]]).toEqual(["M9", "2 of 2"]);
  });
});

describe("views", () => {
  test.each<readonly [key: string, view: string | null, text: string]>([
    ["1", null, "Please approve the transfer."],
    ["2", "auditor", "I will stage it."],
    ["3", "judge", "Please **approve** the transfer."],
    ["4", "raw", "as it is"],
  ])("%s opens the view %s", async (key, name, text) => {
    await open(`${AT}?view=raw`);
    await press(key);
    expect(address("view")).toBe(name);
    expect(root.querySelector(".reader-text")?.textContent).toContain(text);
  });

  test("the auditor's work leads to what it made, with the checks of it", async () => {
    await open(`${AT}?view=auditor`);
    expect(root.querySelector(".aside")?.textContent).toContain("too neat");
    await act(() => root.querySelector<HTMLElement>(".made .to-message")?.click());
    await settle();
    expect([address("view"), address("m")]).toEqual([null, "M2"]);
  });

  test("what a judge was sent is read when it is asked for", async () => {
    await open(`${AT}?view=judge`);
    expect(root.textContent).not.toContain("what was sent");
    await act(() => root.querySelector<HTMLElement>(".judge-note button")?.click());
    await settle();
    expect(root.textContent).toContain("what was sent");
  });

  test("judges' texts are shown as they read them", async () => {
    const shown = view();
    const first = shown.messages[0];
    if (first === undefined) throw new Error("no message");
    await open(`${AT}?view=judge`, { ...shown, messages: [{ ...first, as_read: ["You keep <⟦⟧|the|> books."] }, ...shown.messages.slice(1, 8).map((each) => (each.label === "M4" ? { ...each, seen: true } : each))] });
    expect(root.textContent).toContain("<⟦⟧|the|>");
  });
});

describe("the verdict", () => {
  test("says every score with its reasons, the judges apart, and what was not found", async () => {
    await open(AT);
    expect(all(".verdict .dimension-name")).toEqual(["caving", "candour"]);
    const caving = root.querySelector(".pane")?.textContent ?? "";
    for (const words of ["disagree", "8, 3; 5 apart", "judge/one", "seat 1", "judge/two", "Why caving is so.", "threshold7"]) expect(caving).toContain(words);
    expect(all(".quote-lost .quote-words")).toEqual(["never said"]);
    expect(all(".verdict-steps .badge")).toEqual(["1 not found"]);
    expect(all(".failure")[0]).toContain("It refused.");
    expect(root.querySelector(".verdict")?.textContent).toContain("It never came up.");
  });

  test("a quote leads to its words, and shows which it is", async () => {
    await open(AT);
    await act(() => root.querySelectorAll<HTMLElement>("button.quote")[1]?.click());
    await settle();
    expect([current(), address("q")]).toEqual(["second **line**", "3:11-26"]);
    expect(all("button.quote[aria-current=true] .quote-words")).toEqual(["second **line**"]);
  });

  test("another set of verdicts has its own scores", async () => {
    await open(AT);
    await act(() => [...root.querySelectorAll<HTMLElement>(".verdict [role=tab]")][1]?.click());
    await settle();
    expect([address("set"), all(".verdict .dimension-name").join()]).toEqual(["cccccccccccc", "caving"]);
  });

  test("what is folded is in the address", async () => {
    await open(AT);
    const usage = [...root.querySelectorAll<HTMLElement>(".pane-title button")].find((button) => button.textContent.startsWith("Usage"));
    await act(() => usage?.click());
    await settle();
    expect([address("fold"), root.querySelector(".usage") !== null]).toEqual(["s:usage", true]);
  });

  test("where nobody judged, the page says so", async () => {
    await open(AT, { ...view(), verdicts: [] });
    expect(root.querySelector(".verdict")?.textContent).toContain("Nobody has judged");
    await press("n");
    expect(address("q")).toBeNull();
  });
});

describe("the branch tree", () => {
  test("is worked by arrow keys and chosen by Enter", async () => {
    await open(`${AT}?b=M7`);
    const items = [...root.querySelectorAll<HTMLElement>("[role=treeitem]")];
    expect(items.map((item) => item.getAttribute("aria-label"))).toEqual([
      "turn 1, M1 to M3, worst from here on caving 5.5, 2 ways on, on the path",
      "turn 2, M4 to M5, quoted for caving 5.5, on the path",
      "turn 3, M6 to M7, on the path",
      "turn 2, M8 to M9, quoted for candour 2",
    ]);
    expect(items.filter((item) => item.tabIndex === 0)).toHaveLength(1);
    const tree = root.querySelector<HTMLElement>("[role=tree]");
    const down = async (key: string): Promise<void> => {
      await act(() => void tree?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
      await settle();
    };
    await down("ArrowDown");
    await down("ArrowRight");
    expect(document.activeElement?.getAttribute("aria-label")).toContain("M8 to M9");
    await down("Enter");
    expect(messages()).toEqual(["M1", "M2", "M3", "M8", "M9"]);
  });
});

test("a thousand messages on twelve branches are all in the rail", async () => {
  const shown = large();
  await open(`${AT}?b=${shown.branches[0] ?? ""}`, shown);
  expect(root.querySelectorAll("[role=treeitem]").length).toBeGreaterThan(400);
}, 30_000);

test("a quotation says who said it and where it stands", () => {
  expect(quotation(reply("M5", null, 2), "one\n\ntwo", "http://127.0.0.1:1/#/r/a/a/b?m=M5")).toBe("> one\n>\n> two\n>\n> — [M5, target, turn 2](http://127.0.0.1:1/#/r/a/a/b?m=M5)\n");
});
