import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forget, SessionContext } from "../src/data";
import { listen } from "../src/keys";
import { arranged } from "../src/pages/runs/runs";
import { RunsPage } from "../src/pages/runs/page";
import { byAudit } from "../src/pages/search/finds";
import { usePlace } from "../src/place";
import { Fault, type Source } from "../src/source";
import type { AuditList, RunRow, Snippet } from "../src/wire";
import { audit, auditList, dimension, runRow } from "./make";

const names = (rows: readonly RunRow[], query: string): readonly string[] => arranged(rows, query).map(({ row, below }) => (below ? `> ${row.key}` : row.key));
const SETS = [runRow("set", { of: "a", id: "judged-anew" }), runRow("b"), runRow("a", { files: ["scenarios/bridge.yaml"] }), runRow("lone", { of: "gone" })];

test.each([
  ["", ["b", "a", "> set", "lone"], "sets of verdicts stand below their run; one whose run is not there stands alone"],
  ["BRIDGE", ["a", "> set"], "a run that fits brings its sets"],
  ["anew", ["a", "> set"], "a set that fits brings its run"],
  ["z-b lab/model", ["b"], "all words have to be there"],
  ["nothing", [], "nothing fits"],
] as const)("%o shows %o (%s)", (query, expected, _) => {
  expect(names(SETS, query)).toEqual(expected);
});

const snippet = (run: string, key: string): Snippet => ({ run, audit: key, label: "M1", role: "user", origin: "auditor", parts: ["a"] });

test("finds are put together by audit, in the order of the answer", () => {
  const answer = { query: "q", audits: [["r", "b", 9], ["r", "a", 3], ["s", "a", 2]] as const, snippets: [snippet("r", "a"), snippet("r", "b"), snippet("r", "a")], complete: true, fault: null };
  expect(byAudit(answer).map((finds) => [finds.run, finds.audit, finds.messages, finds.snippets.length])).toEqual([
    ["r", "b", 9, 1],
    ["r", "a", 3, 2],
  ]);
});

let rows: readonly RunRow[];
let all: AuditList;
let fault: Fault | null;
let root: HTMLElement;
let stop: () => void;

const source: Source = {
  live: true,
  get: (route) => (fault !== null ? Promise.reject(fault) : Promise.resolve(route === "/api/runs" ? { runs: rows } : all)),
  send: () => Promise.reject(new Fault("refused", "no")),
};

function Shown() {
  const route = usePlace();
  return route.page === "runs" ? <RunsPage route={route} /> : <p>{route.page}</p>;
}

async function settle(): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setTimeout(done));
  });
}

async function open(address: string): Promise<void> {
  location.hash = address;
  void act(() =>
    render(
      <SessionContext.Provider value={{ source, live: null }}>
        <Shown />
      </SessionContext.Provider>,
      root,
    ),
  );
  await settle();
}

async function press(key: string): Promise<void> {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await settle();
}

beforeEach(() => {
  forget();
  fault = null;
  rows = [runRow("a"), runRow("b", { status: "unreadable", counts: null, models: null, hits: null, error: "b.eval: cut short" })];
  all = auditList([dimension("d", "high", 7)], [audit("x", { run: "a", scores: [3], worst: 0 }), audit("y", { run: "b", scores: [9], worst: 0 })]);
  root = document.createElement("div");
  document.body.append(root);
  stop = listen();
});
afterEach(() => {
  void act(() => render(null, root));
  root.remove();
  stop();
});

test("each run says what ran, on what, how it ended and what the planned audits came to", async () => {
  await open("#/");
  const text = root.querySelector("tr[data-key=a]")?.textContent ?? "";
  for (const part of ["20260101T000000Z-a", "a.yaml", "model", "judged by judge", "complete", "4 = 2 valid + 1 invalid + 1 pending", "$1.50"]) expect(text).toContain(part);
  expect(root.querySelector("tr[data-key=b]")?.textContent).toContain("b.eval: cut short");
});

test("w opens the worst audit of all runs", async () => {
  await open("#/");
  await press("w");
  expect(location.hash).toBe("#/r/b/a/y");
});

test("where nothing was scored, w says so", async () => {
  all = auditList([], []);
  await open("#/");
  await press("w");
  expect(root.querySelector("[role=status]")?.textContent).toContain("Nothing was scored yet.");
});

test("one run is chosen, then the other, and they are compared; choosing the same again takes it back", async () => {
  await open("#/");
  await press("j");
  await press("c");
  expect(location.hash).toBe("#/?pick=a");
  await press("c");
  expect(location.hash).toBe("#/");
  await press("c");
  await press("j");
  await press("c");
  expect(location.hash).toBe("#/compare?left=a&right=b");
});

test.each([
  ["#/", [], "There are no runs here yet"],
  ["#/?q=nothing", [runRow("a")], "No run fits"],
] as const)("%s with %o says %s", async (address, given, text) => {
  rows = given;
  await open(address);
  expect(root.textContent).toContain(text);
});

test("without a valid token it says how to get the address again", async () => {
  fault = new Fault("unauthorised", "no token");
  await open("#/");
  expect(root.querySelector("[role=alert]")?.textContent).toContain("petri view");
});
