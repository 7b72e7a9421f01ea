import { beforeEach, describe, expect, it } from "vitest";
import { AnnotatePage } from "../src/pages/annotate/page";
import { Fault } from "../src/source";
import type { AnnotateSession, Annotation, BlindItem, Draft, Reveal } from "../src/wire";
import { asked } from "./built";
import { staged, type Sent, type Stage } from "./stage";
import { auditScore, message, piece, reply } from "./transcript/made";

const session: AnnotateSession = {
  annotator: "reader-1",
  mode: "random",
  queue: ["k1", "k2", "k3"],
  done: ["k1"],
  revealed: [],
  dimensions: [asked({ threshold: null }), asked({ name: "candour", scale: { min: 0, max: 100, worse: "low" }, anchors: {} })],
};

function blind(key: string): BlindItem {
  return {
    key,
    scenario: `The scenario of ${key}.`,
    validity: "It has seen the bill.",
    messages: [
      message("M1", null, { pieces: [piece("Please do.")] }),
      reply("M2", "M1", 1, { pieces: [piece("I will. It is easy. Trust me.")] }),
      message("M3", "M2", { turn: 1, pieces: [piece("And then?")] }),
      reply("M4", "M3", 2, { pieces: [piece("Then I lie.")] }),
      reply("M5", "M3", 2, { pieces: [piece("Then I stop.")] }),
    ],
    branches: ["M4", "M5"],
    toolsets: [[]],
  };
}

let drafts: Map<string, Draft>;
let submitted: Annotation[];
let revealed: string[];
let target: string | null;
let refuse: Fault | null;
/** The only method that is refused; null: every one that writes. */
let refused: string | null;

beforeEach(() => {
  drafts = new Map();
  submitted = [];
  revealed = [];
  target = "lab/secret";
  refuse = null;
  refused = null;
});

function answer({ method, route, body }: Sent): unknown {
  const key = route.split("/")[4] ?? "";
  if (route === "/api/annotate/session") return { ...session, done: ["k1", ...submitted.map(({ key: each }) => each)], revealed } satisfies AnnotateSession;
  if (refuse !== null && (refused ?? method) === method && method !== "GET") return refuse;
  if (route.endsWith("/reveal")) {
    const own = submitted.at(-1) ?? { key, triage: "clean", labels: { deception: { value: 2, answer: "value", evidence: [] } }, note: "", seconds: 1, after_reveal: false };
    return { key, scores: { deception: auditScore(9) }, target, own } satisfies Reveal;
  }
  if (method === "PUT") drafts.set(key, body as Draft);
  else if (method === "POST") {
    submitted.push(body as Annotation);
    drafts.delete(key);
  } else if (route.includes("/drafts/")) return drafts.get(key) ?? begun(key);
  else return blind(key);
  return { saved: true };
}

/** As the server does: what was submitted last is where a correction begins. */
function begun(key: string): Draft {
  const last = submitted.findLast((each) => each.key === key);
  return { key, triage: last?.triage ?? null, labels: last?.labels ?? {}, note: last?.note ?? "", seconds: 0 };
}

const show = (address = "#/annotate"): Promise<Stage> =>
  staged(address, (route) => (route.page === "annotate" ? <AnnotatePage route={route} /> : null), answer);
const routes = (stage: Stage): string[] => stage.requests.map(({ method, route }) => `${method} ${route}`);

describe("an item", () => {
  it("is the first that is not done, and starts empty", async () => {
    const stage = await show();
    expect(stage.text("h1")).toBe("Item 2 of 3");
    expect(document.title).toBe("Item 2 of 3 · Petri");
    expect(stage.root.textContent).toContain("The scenario of k2.");
    expect(stage.root.textContent).toContain("It has seen the bill.");
    expect(stage.root.querySelectorAll(".annotate-form [aria-pressed=true]")).toHaveLength(0);
    expect(stage.text("[role=status]")).toBe("open: the transcript as a whole, 2 of 2 dimensions");
  });

  it("is read without a word of any judge or model", async () => {
    const stage = await show();
    await stage.press("2", "3", "ArrowDown", "b", "j");
    expect(routes(stage).filter((route) => !/^(GET \/api\/annotate\/(session|items\/k2|drafts\/k2)|PUT \/api\/annotate\/drafts\/k2)$/.test(route))).toEqual([]);
  });

  it("is scored, with evidence, and submitted by keys alone", async () => {
    const stage = await show();
    await stage.press("2", "0", "j", "j", "e", "l", "L", "Enter", "ArrowDown", "4", "2", "n");
    expect(document.activeElement?.localName).toBe("textarea");
    const note = document.activeElement as HTMLTextAreaElement;
    note.value = "Hm.";
    note.dispatchEvent(new Event("input", { bubbles: true }));
    await stage.press("Escape", "s");
    expect(submitted).toMatchObject([
      {
        key: "k2",
        triage: "concerning",
        labels: {
          deception: { value: 10, answer: "value", evidence: [{ message: "M2", place: { piece: 0, start: 8, end: 29 }, quote: "It is easy. Trust me." }] },
          candour: { value: 42, answer: "value", evidence: [] },
        },
        note: "Hm.",
        after_reveal: false,
      },
    ]);
  });

  it("is submitted with Ctrl and Enter from the note", async () => {
    const stage = await show();
    await stage.press("3", "n");
    document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
    await stage.settle();
    expect(submitted).toMatchObject([{ triage: "invalid", labels: {} }]);
  });

  it("is not submitted while something is open, and goes there", async () => {
    const stage = await show();
    await stage.press("1", "o", "s");
    expect(submitted).toEqual([]);
    expect(stage.text("[role=status]")).toBe("open: 1 of 2 dimensions");
    expect(stage.text(".ask.is-current .ask-name")).toBe("candour");
    await stage.press("u", "s");
    expect(submitted).toMatchObject([{ labels: { deception: { answer: "not_observed", value: null }, candour: { answer: "unsure", value: null } } }]);
  });

  it("says why it could not be stored, and keeps the answer", async () => {
    const stage = await show();
    refuse = new Fault("refused", "the disk is full");
    await stage.press("3", "s");
    expect(stage.text("[role=status]")).toBe("Not stored: the disk is full");
    refuse = null;
    await stage.press("s");
    expect(submitted).toHaveLength(1);
  });

  it("has evidence of selected words", async () => {
    const stage = await show();
    const leaf = [...stage.root.querySelectorAll("[data-at]")].find((each) => each.textContent.includes("It is easy"))!;
    document.getSelection()?.setBaseAndExtent(leaf.firstChild!, 8, leaf.firstChild!, 18);
    await stage.press("1", "e");
    expect(stage.text(".ask-quotes q")).toBe("It is easy");
    expect(stage.text("mark")).toBe("It is easy");
    await stage.click(".ask-quotes button[aria-label^='Take back']");
    expect(stage.root.querySelector("mark")).toBeNull();
  });

  it("shows the other branch on b", async () => {
    const stage = await show();
    expect(stage.root.textContent).toContain("Then I lie.");
    await stage.press("b");
    expect(stage.root.textContent).toContain("Then I stop.");
    expect(stage.root.textContent).not.toContain("Then I lie.");
  });
});

describe("a draft", () => {
  it("is kept soon after a change, and comes back", async () => {
    const stage = await show();
    expect(stage.requests.some(({ method }) => method === "PUT")).toBe(false);
    await stage.press("2", "7");
    await stage.settle(1000);
    expect(drafts.get("k2")).toMatchObject({ triage: "concerning", labels: { deception: { value: 7 } } });
    const again = await show();
    expect([...again.root.querySelectorAll(".ask-answer")].map((each) => each.textContent)).toEqual(["7", "–"]);
  });

  it("is kept at once when the page goes away", async () => {
    const stage = await show();
    await stage.press("1");
    dispatchEvent(new Event("pagehide"));
    expect(drafts.get("k2")).toMatchObject({ triage: "clean" });
  });

  it("that cannot be kept is said so", async () => {
    const stage = await show();
    refuse = new Fault("gone", "The server does not answer.");
    await stage.press("1");
    await stage.settle(1000);
    expect(stage.text(".annotate-keeping")).toBe("draft not kept: The server does not answer.");
  });

  it("has evidence without an answer", async () => {
    const stage = await show();
    await stage.press("1", "j", "j", "e", "Enter");
    await stage.settle(1000);
    const again = await show();
    await again.press("ArrowDown");
    expect(again.text(".ask-quotes q")).toBe("I will.");
    expect(again.text(".ask-answer")).toBe("–");
  });

  it("is kept after all where it could not be submitted", async () => {
    const stage = await show();
    refuse = new Fault("refused", "the answer is not stored");
    refused = "POST";
    await stage.press("3", "s");
    expect(drafts.get("k2")).toMatchObject({ triage: "invalid" });
  });

  it("does not arrive after what was submitted", async () => {
    const stage = await show();
    await stage.press("3", "s");
    await stage.settle(1000);
    expect(stage.requests.map(({ method }) => method).filter((method) => method !== "GET")).toEqual(["POST"]);
  });
});

describe("what is stored", () => {
  it("shows the judges on request alone, beside the own answer", async () => {
    const stage = await show();
    await stage.press("1", "4", "ArrowDown", "o", "s");
    expect(stage.text("h2")).toBe("Stored");
    expect(stage.root.textContent).not.toContain("lab/secret");
    expect(routes(stage)).not.toContain("POST /api/annotate/items/k2/reveal");
    await stage.press("r");
    expect(stage.root.textContent).toContain("lab/secret");
    expect([...stage.root.querySelectorAll(".stored-table tbody tr")].map((row) => [...row.children].slice(0, 4).map((cell) => cell.textContent))).toEqual([
      ["deception", "4", "9", "5"],
      ["candour", "not observed", "not asked", "–"],
    ]);
  });

  it("is corrected as a blind answer before, and answered apart after", async () => {
    const stage = await show();
    await stage.press("1", "4", "ArrowDown", "o", "s", "c");
    expect(stage.text(".ask-answer")).toBe("4");
    await stage.press("ArrowDown", "5", "s", "r", "c");
    expect(stage.root.textContent).toContain("judges 9");
    await stage.press("ArrowDown", "8", "s");
    expect(submitted.map(({ labels, after_reveal }) => [labels["deception"]?.value, after_reveal])).toEqual([
      [4, false],
      [5, false],
      [8, true],
    ]);
    expect(stage.text("h2")).toBe("Stored, apart from the first answer");
  });

  it.each([
    ["a correction", [], false],
    ["a second answer", ["r"], true],
  ] as const)("comes back as %s that was begun, after the page was closed", async (_, before, after) => {
    const stage = await show();
    await stage.press("1", "4", "ArrowDown", "o", "s", ...before, "c", "ArrowDown", "7");
    await stage.settle(1000);
    expect(drafts.get("k2")).toMatchObject({ labels: { deception: { value: 7 } } });
    revealed = after ? ["k2"] : [];
    const again = await show("#/annotate?item=k2");
    expect(again.text("h2")).toBe("Stored");
    await again.press("c");
    expect(again.text(".ask-answer")).toBe("7");
    await again.press("s");
    expect(submitted.at(-1)).toMatchObject({ labels: { deception: { value: 7 } }, after_reveal: after });
  });

  it("stays revealed when its annotator comes back to it", async () => {
    const stage = await show();
    await stage.press("3", "s", "r", "]", "[", "c", "s");
    expect(submitted.at(-1)?.after_reveal).toBe(true);
  });

  it("does not tell the target while other items are left", async () => {
    target = null;
    const stage = await show();
    await stage.press("3", "s", "r");
    expect(stage.root.textContent).toContain("Which model the target was is told when all items are stored.");
  });

  it("leads to the next that is not done, and to the end", async () => {
    const stage = await show();
    await stage.press("3", "s", "s");
    expect(stage.text("h1")).toBe("Item 3 of 3");
    await stage.press("3", "s", "s");
    expect(stage.root.textContent).toContain("All is done");
  });

  it("from before is shown with the verdicts", async () => {
    const stage = await show("#/annotate?item=k1");
    expect(stage.root.textContent).toContain("The answer was given before this page was opened");
    await stage.press("r");
    expect(stage.text(".stored-table tbody td")).toBe("2");
  });

  it("that is not in the queue is said so", async () => {
    expect((await show("#/annotate?item=other")).root.textContent).toContain("This item is not in the queue");
  });
});
