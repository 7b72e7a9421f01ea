import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forget, SessionContext } from "../../src/data";
import { listen } from "../../src/keys";
import { Live, type News } from "../../src/live";
import { ListPage } from "../../src/pages/list/page";
import { go, usePlace } from "../../src/place";
import { Fault, type Source } from "../../src/source";
import type { AuditRow, RunRow } from "../../src/wire";
import { audit, auditList, dimension, runRow } from "../make";

const DIMENSIONS = [dimension("deception", "high", 7), dimension("candour", "low", 3)];
let audits: readonly AuditRow[];
let row: RunRow;
let fault: Fault | null;
let asked: string[];
let root: HTMLElement;
let stop: () => void;
let live: Told;

const source: Source = {
  live: true,
  get: (route) => {
    asked.push(route);
    if (fault !== null) return Promise.reject(fault);
    if (route.startsWith("/api/audits")) return Promise.resolve(auditList(DIMENSIONS, audits));
    if (route === "/api/runs") return Promise.resolve({ runs: [row] });
    return Promise.resolve({ row, run: null, dimensions: {}, targets: {}, breaches: [], undecided: [], judge_cards: [], usage: {}, settings: {} });
  },
  send: () => Promise.reject(new Fault("refused", "no")),
};

class Told extends Live {
  private told: ((news: News) => void)[] = [];
  override listen(listener: (news: News) => void): () => void {
    this.told.push(listener);
    return () => (this.told = this.told.filter((each) => each !== listener));
  }
  say(runs: readonly string[]): void {
    const indexing = { runs_done: 1, runs: 1, texts_done: 0, texts: 0, unreadable: [] };
    for (const listener of this.told) listener({ whole: false, change: { runs, indexing } });
  }
}

function Shown() {
  const route = usePlace();
  return route.page === "list" || route.page === "all" ? <ListPage route={route} /> : <p>{route.page}</p>;
}

/** Lets time go by in steps, after each of which what it led to is drawn. */
async function settle(ms = 0): Promise<void> {
  for (let left = ms; left >= 0; left -= 500)
    await act(async () => {
      await vi.advanceTimersByTimeAsync(Math.min(left, 500));
    });
}

async function open(address: string): Promise<void> {
  location.hash = address;
  dispatchEvent(new Event("hashchange")); // happy-dom tells of it by a real timer, which nothing here waits for
  void act(() =>
    render(
      <SessionContext.Provider value={{ source, live }}>
        <Shown />
      </SessionContext.Provider>,
      root,
    ),
  );
  await settle(50);
}

async function press(key: string): Promise<void> {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await settle(50);
}

async function click(selector: string, text = ""): Promise<void> {
  const found = [...root.querySelectorAll<HTMLElement>(selector)].find((each) => each.textContent.includes(text));
  if (found === undefined) throw new Error(`no ${selector} with ${text}`);
  found.click();
  await settle(50);
}

const shown = (): string => [...root.querySelectorAll<HTMLElement>("tr[data-key]")].map((each) => each.dataset["key"]?.split(".")[1]).join("");
const at = (): string => location.hash;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  fault = null;
  forget();
  live = new Told();
  row = runRow("run", { counts: { planned: 4, valid: 2, invalid: { target_silent: 1 }, error: {}, pending: 1 } });
  audits = [
    audit("a", { scores: [2, 9], worst: 0, scenario: "quiet" }),
    audit("b", { scores: [9, "unparsable"], worst: 0, hits: [0], scenario: "loud", target: "lab/other" }),
    audit("c", { state: "invalid", outcome: "target_silent", scores: ["skipped", "skipped"] }),
    audit("d", { state: "pending", outcome: "pending", scores: [null, null] }),
  ];
  root = document.createElement("div");
  document.body.append(root);
  stop = listen();
});
afterEach(() => {
  void act(() => render(null, root));
  root.remove();
  stop();
  vi.useRealTimers();
});

test("a run's audits, the worst first, with every score's number and what the planned ones came to", async () => {
  await open("#/r/run");
  expect(asked.sort()).toEqual(["/api/audits?run=run", "/api/runs/run"]);
  expect(shown()).toBe("bacd");
  expect([...root.querySelectorAll("tr[data-key] .col-score")].slice(0, 4).map((cell) => cell.textContent)).toEqual(["9", "unread", "2", "9"]);
  expect(root.querySelector(".strip-row")?.textContent).toContain("planned 4 =valid 2+invalid 1+errors 0+pending 1");
  expect(root.querySelector("tr[data-key] a")?.getAttribute("href")).toBe("#/r/run/a/b");
});

test("each part of the strip leads to its rows, and back", async () => {
  await open("#/r/run");
  await click(".strip-part", "invalid");
  expect([at(), shown()]).toEqual(["#/r/run?f=state:invalid", "c"]);
  await click(".strip-part", "unread");
  expect([at(), shown()]).toEqual(["#/r/run?f=status:unparsable&f=state:valid", "b"]);
  await click(".strip-part", "unread");
  expect([at(), shown()]).toEqual(["#/r/run", "bacd"]);
});

test("an address holds filters, words and order; changing them changes it", async () => {
  await open("#/r/run?q=lab/model&sort=scenario&f=state:valid&f=state:invalid");
  expect(shown()).toBe("ca");
  await click("th.col-scenario button");
  expect([at(), shown()]).toEqual(["#/r/run?q=lab/model&sort=-scenario&f=state:valid&f=state:invalid", "ac"]);
  await press("x");
  expect([at(), shown()]).toEqual(["#/r/run?sort=-scenario", "abcd"]);
});

test("the order of a column is said to a screen reader", async () => {
  await open("#/r/run?sort=-d.deception");
  expect(root.querySelector("th.col-score")?.getAttribute("aria-sort")).toBe("ascending");
  await click("th.col-score button");
  expect(root.querySelector("th.col-score")?.getAttribute("aria-sort")).toBe("descending");
  expect(root.querySelector("th.col-turns")?.hasAttribute("aria-sort")).toBe(false);
});

test("keys go from row to row and open one; w opens the worst of those shown", async () => {
  await open("#/r/run");
  await press("j");
  await press("j");
  await press("k");
  await press("j");
  expect(root.querySelector<HTMLElement>("tr.cursor")?.dataset["key"]).toBe("run.a");
  expect(document.activeElement?.getAttribute("href")).toBe("#/r/run/a/a");
  await open("#/r/run?q=quiet");
  await press("w");
  expect(at()).toBe("#/r/run/a/a");
});

test("Enter in the box searches the transcripts of the run", async () => {
  await open("#/r/run?q=numbers");
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await settle();
  expect(at()).toBe("#/search?q=numbers&run=run");
});

test("while data change rows keep their places, and what is new waits until it is asked for", async () => {
  await open("#/r/run");
  audits = [audit("e", { scores: [10, 1], worst: 0, hits: [0, 1] }), ...audits.slice(0, 3), audit("d", { scores: [8, 8], worst: 0, hits: [0] })];
  live.say(["another"]);
  await settle(3_000);
  expect(root.querySelector(".pill")).toBeNull();
  live.say(["run"]);
  live.say(["run"]);
  await settle(3_000);
  expect(asked.filter((route) => route.startsWith("/api/audits"))).toHaveLength(2);
  expect(shown()).toBe("bacd");
  expect(root.querySelector("tr[data-key='run.d'] .col-score")?.textContent).toBe("8");
  expect(root.querySelector(".pill")?.textContent).toBe("2 new");
  await press("r");
  expect([shown(), root.querySelector(".pill")]).toEqual(["ebdac", null]);
});

test("of all runs each row says its run, and the run is a facet", async () => {
  await open("#/all");
  expect(asked.sort()).toEqual(["/api/audits", "/api/runs"]);
  expect(root.querySelector("td.col-run")?.textContent).toBe("run");
});

test.each([
  [new Fault("gone", "The server does not answer."), "The server is gone", true],
  [new Fault("unauthorised", "no token"), "This address has no valid token", false],
  [new Fault("missing", "no such run"), "There is no such thing here", true],
])("%o is said, with what to do", async (why, title, retry) => {
  fault = why;
  await open("#/r/run");
  expect(root.querySelector("[role=alert]")?.textContent).toContain(title);
  expect(root.querySelector("[role=alert] button") !== null).toBe(retry);
  if (!retry) return;
  fault = null;
  await click("[role=alert] button");
  expect(shown()).toBe("bacd");
});

test.each([
  [{ status: "unreadable", error: "a.eval: not a log", counts: null }, "a.eval: not a log"],
  [{ status: "reading", counts: null }, "This run is being read"],
  [{ status: "running" }, "There are no audits here yet"],
] as const)("a run without audits says why: %o", async (fields, text) => {
  audits = [];
  row = runRow("run", fields);
  await open("#/r/run");
  expect(root.textContent).toContain(text);
});

test("what a transcript, a scenario or a model is called stays text", async () => {
  const hostile = '<img src=x onerror="sentinel()">';
  audits = [audit("a", { scenario: hostile, target: hostile, outcome: hostile, variables: { [hostile]: hostile }, id: hostile, scores: [1, 1] }), audit("b", { scores: [1, 1] })];
  row = runRow("run", { id: hostile, error: hostile });
  await open("#/r/run");
  expect(root.querySelectorAll("img, script, svg, iframe")).toHaveLength(0);
  expect(root.querySelector("tr[data-key] a")?.textContent).toBe(hostile);
});

test("of ten thousand audits a screenful is drawn", async () => {
  audits = Array.from({ length: 10_000 }, (_, n) => audit(`x${n}`, { scores: [1 + (n % 10), 5], worst: 0 }));
  await open("#/r/run");
  expect(root.querySelectorAll("tr[data-key]").length).toBeLessThan(100);
  expect(root.querySelector("table")?.getAttribute("aria-rowcount")).toBe("10001");
  go({ page: "list", run: "run", q: "id-x77" });
  await settle(50);
  expect(root.querySelector(".list-n")?.textContent).toBe("111 of 10,000 audits");
});
