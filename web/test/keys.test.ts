import { afterEach, beforeEach, expect, test } from "vitest";
import { render } from "preact";
import { act } from "preact/test-utils";
import { createElement } from "preact";
import { bindings, listen, useKeys, type Binding } from "../src/keys";

let root: HTMLElement;
let stop: () => void;
let done: string[];

const bind = (keys: readonly string[], what: string): Binding => ({ keys, what, run: () => done.push(what) });

function Bound({ scope, bound }: { scope: string; bound: readonly Binding[] }) {
  useKeys(scope, bound);
  return null;
}

function show(...groups: readonly (readonly [scope: string, bound: readonly Binding[]])[]): void {
  void act(() => render(groups.map(([scope, bound]) => createElement(Bound, { key: scope, scope, bound })), root));
}

function press(key: string, how: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how });
  target.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  done = [];
  root = document.createElement("div");
  document.body.append(root);
  stop = listen();
});
afterEach(() => {
  void act(() => render(null, root));
  root.remove();
  stop();
});

test("a key runs what it is bound to, and is used up", () => {
  show(["Page", [bind(["j", "ArrowDown"], "next"), bind(["J"], "far")]]);
  expect(press("j").defaultPrevented).toBe(true);
  press("ArrowDown");
  press("J");
  expect(press("z").defaultPrevented).toBe(false);
  expect(done).toEqual(["next", "next", "far"]);
});

test("two strokes are one binding; another key between them ends it", () => {
  show(["Page", [bind(["g l"], "link"), bind(["g h"], "home"), bind(["h"], "back")]]);
  press("g");
  press("l");
  press("g");
  press("x");
  press("l");
  press("g");
  press("h");
  press("h");
  expect(done).toEqual(["link", "home", "back"]);
});

test.each([{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { isComposing: true }])("with %o a key is not ours", (how) => {
  show(["Page", [bind(["j"], "next")]]);
  expect(press("j", how).defaultPrevented).toBe(false);
  expect(done).toEqual([]);
});

test.each([
  ["input", "text", false],
  ["input", "search", false],
  ["textarea", "", false],
  ["select", "", false],
  ["input", "checkbox", true],
  ["button", "", true],
])("in a %s %s keys act: %o", (tag, type, acts) => {
  show(["Page", [bind(["j"], "next")]]);
  const element = document.createElement(tag);
  if (type !== "") element.setAttribute("type", type);
  root.after(element);
  press("j", {}, element);
  expect(done).toEqual(acts ? ["next"] : []);
  element.remove();
});

test("Enter and arrows stay with what they work: a link, a tab", () => {
  show(["Page", [bind(["Enter"], "open"), bind(["ArrowDown"], "next"), bind(["j"], "next")]]);
  const link = document.createElement("a");
  link.href = "#/";
  const tab = document.createElement("button");
  tab.setAttribute("role", "tab");
  root.after(link, tab);
  expect(press("Enter", {}, link).defaultPrevented).toBe(false);
  expect(press("ArrowDown", {}, tab).defaultPrevented).toBe(false);
  press("ArrowDown", {}, link);
  press("j", {}, tab);
  expect(done).toEqual(["next", "next"]);
  link.remove();
  tab.remove();
});

test("the binding made last acts, and the one before it again once that is gone", () => {
  const page: readonly [string, readonly Binding[]] = ["Page", [bind(["x"], "page")]];
  show(page, ["Panel", [bind(["x"], "panel")]]);
  press("x");
  show(page);
  press("x");
  expect(done).toEqual(["panel", "page"]);
});

test("a binding does what it was last drawn with", () => {
  show(["Page", [bind(["x"], "old")]]);
  show(["Page", [bind(["x"], "new")]]);
  press("x");
  expect(done).toEqual(["new"]);
});

test("the sheet lists what is bound, the newest scope first, and nothing else", () => {
  show(["Everywhere", [bind(["?"], "what keys do")]], ["Page", [bind(["j"], "next")]]);
  expect(bindings().map(({ scope, bindings: bound }) => [scope, bound.map((each) => each.what)])).toEqual([
    ["Page", ["next"]],
    ["Everywhere", ["what keys do"]],
  ]);
  void act(() => render(null, root));
  expect(bindings()).toEqual([]);
});

test("nothing behind an open dialog is moved by keys", () => {
  show(["Page", [bind(["j", "Escape"], "moved")]]);
  const dialog = document.createElement("dialog");
  root.append(dialog);
  dialog.show();
  expect(press("Escape").defaultPrevented).toBe(false);
  press("j");
  expect(done).toEqual([]);
  dialog.close();
  press("j");
  expect(done).toEqual(["moved"]);
});

test("a scope in which nothing is bound at the moment is not listed", () => {
  show(["Page", [bind(["j"], "next")]], ["Rare", []]);
  expect(bindings().map(({ scope }) => scope)).toEqual(["Page"]);
});
