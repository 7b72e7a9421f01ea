import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { App } from "../src/app";
import { forget, SessionContext } from "../src/data";
import { listen } from "../src/keys";
import { Fault, type Source } from "../src/source";
import type { About } from "../src/wire";
import { runRow } from "./make";

let about: About;
let root: HTMLElement;
let stop: () => void;

const source: Source = {
  live: true,
  get: (route) => {
    if (route === "/api/about") return Promise.resolve(about);
    return route === "/api/runs" ? Promise.resolve({ runs: [runRow("a")] }) : Promise.reject(new Fault("missing", "no such thing"));
  },
  send: () => Promise.reject(new Fault("refused", "no")),
};

async function settle(): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < 8; turn += 1) await new Promise((done) => setTimeout(done));
  });
}

async function open(address: string): Promise<void> {
  location.hash = address;
  void act(() =>
    render(
      <SessionContext.Provider value={{ source, live: null }}>
        <App />
      </SessionContext.Provider>,
      root,
    ),
  );
  await settle();
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await settle();
}

const nav = (): readonly string[] => [...root.querySelectorAll(".bar-nav a")].map((link) => link.textContent);

beforeEach(() => {
  forget();
  about = { petri: "4", mode: "view", title: "my-runs", indexing: null, note: null, report: null };
  root = document.createElement("div");
  document.body.append(root);
  stop = listen();
});
afterEach(() => {
  void act(() => render(null, root));
  root.remove();
  stop();
  vi.restoreAllMocks();
});

test("the bar says what is served, where one is, and where one can go", async () => {
  await open("#/");
  expect(root.querySelector(".bar-title")?.textContent).toBe("my-runs");
  expect(nav()).toEqual(["Runs", "All audits", "Search"]);
  expect(root.querySelector(".bar-nav [aria-current]")?.textContent).toBe("Runs");
});

test.each([
  ["#/", "Runs · Petri"],
  ["#/search", "Search · Petri"],
  ["#/search?q=a+%E2%80%AEb%0A%0Ac", "Search a b c · Petri"],
  [`#/search?q=${"w".repeat(200)}`, `Search ${"w".repeat(64)}… · Petri`],
  ["#/what", "Nowhere · Petri"],
  ["#/r/a", "Audits · Petri"],
  ["#/charts/a", "Charts · Petri"],
  ["#/report/a", "Report · Petri"],
])("the tab at %s is called %s", async (address, title) => {
  await open(address);
  expect(document.title).toBe(title);
});

test("a server for annotation shows nothing else", async () => {
  about = { ...about, mode: "annotate" };
  await open("#/r/a");
  expect(location.hash).toBe("#/annotate");
  expect(nav()).toEqual([]);
});

test("in an exported file nothing can be looked for, and its note is shown", async () => {
  about = { ...about, mode: "export", note: "2 secrets were removed" };
  await open("#/");
  expect(nav()).toEqual(["Runs", "All audits"]);
  expect(root.querySelector(".bar-note")?.textContent).toContain("2 secrets were removed");
});

test("a file with a report opens with it, and goes where one is sent", async () => {
  about = { ...about, mode: "report", report: "b" };
  await open("");
  expect(location.hash).toBe("#/report/b");
  expect(nav()).toEqual(["Report", "Runs", "All audits"]);
  void act(() => {
    location.hash = "#/";
  });
  await settle();
  expect(location.hash).toBe("#/");
});

test.each([
  [{ runs_done: 1, runs: 4, texts_done: 0, texts: 9, unreadable: [] }, "1 of 4 runs read"],
  [{ runs_done: 4, runs: 4, texts_done: 3, texts: 9, unreadable: [] }, "3 of 9 texts can be searched"],
  [{ runs_done: 4, runs: 4, texts_done: 9, texts: 9, unreadable: [] }, ""],
  [{ runs_done: 4, runs: 4, texts_done: 9, texts: 9, unreadable: ["a: cut short"] }, "1 log not readable"],
])("how far reading is, quietly: %o", async (indexing, text) => {
  about = { ...about, indexing };
  await open("#/");
  expect(root.querySelector(".bar-note")?.textContent.trim()).toBe(text);
});

test("an address that leads nowhere says so, without what it says being more than text", async () => {
  await open("#/<img src=x>");
  expect(root.querySelector("main")?.textContent).toContain("This address leads nowhere");
  expect(root.querySelectorAll("main img")).toHaveLength(0);
});

test("g h leads home from anywhere, t changes the theme", async () => {
  await open("#/search?q=");
  await press("g", "h");
  expect(location.hash).toBe("#/");
  const before = document.documentElement.dataset["theme"];
  await press("t");
  expect(document.documentElement.dataset["theme"]).not.toBe(before);
  await press("t", "t");
});

test("the sheet of keys lists those of the page and those of everywhere", async () => {
  await open("#/");
  await press("?");
  const groups = [...root.querySelectorAll(".sheet h3")].map((title) => title.textContent);
  expect(groups).toEqual(["Runs", "Everywhere"]);
  expect(root.querySelector(".sheet")?.textContent).toContain("open the worst audit of all");
});
