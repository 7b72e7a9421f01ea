import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { embedded, exchangeToken, server, sourceOf, type Source } from "../src/source";

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

let sent: Sent[] = [];
let answer: () => Promise<Response>;

beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return answer();
  });
});
afterEach(() => void vi.unstubAllGlobals());

const json = (value: unknown, status = 200) => () => Promise.resolve(new Response(JSON.stringify(value), { status }));

test("a request goes to the page's own server, with its cookie, and follows nowhere", async () => {
  answer = json({ saved: true });
  expect(await server.get("/api/about")).toEqual({ saved: true });
  expect(sent).toMatchObject([{ url: "/api/about", init: { credentials: "same-origin", redirect: "error", cache: "no-store" } }]);
});

test("what is written is JSON, with the header that no form can send", async () => {
  answer = json({ saved: true });
  await server.send("PUT", "/api/annotate/drafts/k", { key: "k" });
  expect(sent).toMatchObject([{ init: { method: "PUT", body: '{"key":"k"}', headers: { "Content-Type": "application/json", "X-Petri": "1" } } }]);
});

test.each([
  ["a refused token", json({ problem: "no token" }, 401), "unauthorised", "no token"],
  ["what is not there", json({ problem: "no such run" }, 404), "missing", "no such run"],
  ["another refusal", json({ problem: "busy" }, 503), "refused", "busy"],
  ["another program's error", () => Promise.resolve(new Response("<h1>Bad gateway</h1>", { status: 502 })), "refused", "The server answered 502."],
  ["a problem that is none", json({ problem: 7 }, 500), "refused", "The server answered 500."],
  ["no answer", () => Promise.reject(new TypeError("failed")), "gone", "The server does not answer."],
  ["what is not JSON", () => Promise.resolve(new Response("<!doctype html>")), "misread", "The answer is not JSON."],
] as const)("%s is a fault that says so", async (_, answered, kind, message) => {
  answer = answered;
  await expect(server.get("/api/runs")).rejects.toMatchObject({ name: "Fault", kind, message });
});

async function packed(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("gzip"));
  return btoa(String.fromCharCode(...new Uint8Array(await new Response(stream).arrayBuffer())));
}
const file = (routes: Readonly<Record<string, string>>): string => JSON.stringify({ format: "petri-export/1", routes });

test("an exported file answers from what it holds, and under another route with the same", async () => {
  const source = embedded(file({ "/api/about": await packed({ title: "ein Übermaß ☃" }), "/api/audits": "/api/about" }));
  expect(source.live).toBe(false);
  expect(await source.get("/api/about")).toEqual({ title: "ein Übermaß ☃" });
  expect(await source.get("/api/audits")).toEqual({ title: "ein Übermaß ☃" });
  expect(sent).toEqual([]);
});

test.each(["/api/runs", "__proto__", "constructor", "toString"])("an exported file does not hold %s", async (route) => {
  await expect(embedded(file({})).get(route)).rejects.toMatchObject({ kind: "missing" });
});

test.each(["null", "7", '{"routes": {}}', '{"format": "petri-export/9", "routes": {}}', '{"format": "petri-export/1"}', "{"])("%s is no exported file", (text) => {
  expect(() => embedded(text)).toThrow(expect.objectContaining({ kind: "misread" }) as Error);
});

test("an exported file cannot be written to", async () => {
  await expect(embedded(file({})).send("POST", "/api/session", {})).rejects.toMatchObject({ kind: "refused" });
});

test("a page with data in it needs no server", () => {
  expect(sourceOf(document)).toBe(server);
  const data = document.createElement("script");
  data.id = "petri-data";
  data.type = "application/json";
  data.textContent = file({});
  document.body.append(data);
  expect(sourceOf(document).live).toBe(false);
  data.remove();
});

function recorder(): Source & { readonly sent: unknown[] } {
  const made: unknown[] = [];
  return { live: true, sent: made, get: () => Promise.resolve(null), send: (...what) => Promise.resolve(void made.push([...what, location.hash])) };
}

test.each([
  ["#token=abc", "abc", "#/"],
  ["#token=a%2Bb&to=/r/K/a/A%3Fm%3DM4", "a+b", "#/r/K/a/A?m=M4"],
])("the token of %s is exchanged, after it left the address bar", async (hash, token, place) => {
  location.hash = hash;
  const source = recorder();
  await exchangeToken(source);
  expect(source.sent).toEqual([["POST", "/api/session", { token }, place]]);
  expect(location.hash).toBe(place);
});

test("an address without a token is left alone", async () => {
  location.hash = "#/r/K";
  const source = recorder();
  await exchangeToken(source);
  expect(source.sent).toEqual([]);
  expect(location.hash).toBe("#/r/K");
});
