import { expect, test } from "vitest";
import { format, parse, type Route } from "../src/route";

const ROUTES: readonly (readonly [route: Route, address: string])[] = [
  [{ page: "runs" }, "#/"],
  [{ page: "runs", q: "wide net", pick: "aaaaaaaaaaaa" }, "#/?q=wide+net&pick=aaaaaaaaaaaa"],
  [{ page: "list", run: "aaaaaaaaaaaa" }, "#/r/aaaaaaaaaaaa"],
  [{ page: "list", run: "aaaaaaaaaaaa", sort: "-d.deception", f: ["state:valid", "state:error"] }, "#/r/aaaaaaaaaaaa?sort=-d.deception&f=state:valid&f=state:error"],
  [{ page: "all", f: ["var.tone:a&b=c#d?e%"] }, "#/all?f=var.tone:a%26b%3Dc%23d%3Fe%25"],
  [{ page: "transcript", run: "aaaaaaaaaaaa", audit: "bbbbbbbbbbbb", view: "judge", b: "M7", m: "M4", q: "1:10-20", n: "3" }, "#/r/aaaaaaaaaaaa/a/bbbbbbbbbbbb?view=judge&b=M7&m=M4&q=1:10-20&n=3"],
  [{ page: "transcript", run: "r", audit: "a", fold: ["M1", "M2"] }, "#/r/r/a/a?fold=M1&fold=M2"],
  [{ page: "charts", run: "r" }, "#/charts/r"],
  [{ page: "compare", left: "l", right: "r", lt: "anthropic/claude (effort high)" }, "#/compare?left=l&right=r&lt=anthropic/claude+(effort+high)"],
  [{ page: "search", q: "1+1 = 2", run: ["r", "s"] }, "#/search?q=1%2B1+%3D+2&run=r&run=s"],
  [{ page: "annotate", item: "i" }, "#/annotate?item=i"],
];

test.each(ROUTES)("%o is %s, there and back", (route, address) => {
  expect(format(route)).toBe(address);
  expect(parse(address)).toEqual(route);
});

test("what a page does not know is left out, and so is what is empty", () => {
  expect(parse("#/r/aa?sort=&other=1&f=state:valid&__proto__=x")).toEqual({ page: "list", run: "aa", f: ["state:valid"] });
});

test.each(["", "#", "/"])("%o is the list of runs", (address) => {
  expect(parse(address)).toEqual({ page: "runs" });
});

test.each(["#/nowhere", "#/r/", "#/r//a/b", "#/r/a/b/c", "#/charts", "#/r/%E0%A4%A", "#/search?q=%"])("%s leads nowhere, and says so", (address) => {
  expect(parse(address)).toEqual({ page: "nowhere", address: address.slice(1) });
  expect(format(parse(address))).toBe(address);
});

test("a path's field may hold what would end it", () => {
  const route: Route = { page: "list", run: "a/b?c#d" };
  expect(parse(format(route))).toEqual(route);
});

test("of a parameter that may stand once the last one counts", () => {
  expect(parse("#/search?q=a&q=b")).toEqual({ page: "search", q: "b" });
});
