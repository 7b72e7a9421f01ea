// Where the page's data come from: the server that served it, or the file that it stands in.

/** Why there are no data, for a person. */
export class Fault extends Error {
  override readonly name = "Fault";
  constructor(
    /** `gone`: no answer; `unauthorised`: no valid token; `missing`: there is no such thing; `misread`: an answer that
     * does not fit this page; `refused`: anything else that the server says no to. */
    readonly kind: "gone" | "unauthorised" | "missing" | "misread" | "refused",
    message: string,
  ) {
    super(message);
  }
}

/** Answers requests by route, such as `/api/runs`. */
export interface Source {
  /** Whether data can change while the page is open. */
  readonly live: boolean;
  get(route: string, signal?: AbortSignal): Promise<unknown>;
  send(method: "POST" | "PUT", route: string, body: unknown): Promise<unknown>;
}

const KINDS: ReadonlyMap<number, Fault["kind"]> = new Map([
  [401, "unauthorised"],
  [404, "missing"],
]);

async function answered(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok) return parsed(text);
  const problem = problemIn(text) ?? `The server answered ${response.status}.`;
  throw new Fault(KINDS.get(response.status) ?? "refused", problem);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault("misread", "The answer is not JSON.");
  }
}

function problemIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "problem" in value && typeof value.problem === "string") return value.problem;
  } catch {
    // An answer by something other than our server; its status says enough.
  }
  return null;
}

async function fetched(route: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(route, { credentials: "same-origin", cache: "no-store", redirect: "error", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Fault("gone", "The server does not answer.");
  }
  return answered(response);
}

/** The server that served this page. */
export const server: Source = {
  live: true,
  get: (route, signal) => fetched(route, signal === undefined ? {} : { signal }),
  send: (method, route, body) => {
    const text = JSON.stringify(body);
    // What is sent as the page closes arrives even so; browsers do that up to 64 KiB, of up to three bytes a character.
    const keepalive = text.length < 20_000;
    return fetched(route, { method, keepalive, body: text, headers: { "Content-Type": "application/json", "X-Petri": "1" } });
  },
};

async function unpacked(text: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return parsed(await new Response(stream).text());
}

/** The data in an exported file: `{"format": "petri-export/1", "routes": {route: base64 of gzip JSON}}`, or, in the place
 * of the data, another route that has the same. */
export function embedded(text: string): Source {
  const held = parsed(text);
  if (typeof held !== "object" || held === null || !("format" in held) || held.format !== "petri-export/1" || !("routes" in held))
    throw new Fault("misread", "The data in this file are of another version of Petri.");
  const routes = new Map(Object.entries(held.routes as Record<string, string>));
  return {
    live: false,
    get: (route) => {
      const given = routes.get(route);
      const packed = given?.startsWith("/") === true ? routes.get(given) : given;
      if (packed === undefined) return Promise.reject(new Fault("missing", "This file does not hold that part of the run."));
      return unpacked(packed);
    },
    send: () => Promise.reject(new Fault("refused", "An exported file cannot be written to.")),
  };
}

/** The source of this page. */
export function sourceOf(page: Document): Source {
  const data = page.getElementById("petri-data");
  return data === null ? server : embedded(data.textContent);
}

/** Whether there is a token in the address. */
export function hasToken(): boolean {
  return new URLSearchParams(location.hash.slice(1)).has("token");
}

/** Exchanges the token in the address for a cookie, and takes it out of the address; then goes where `to` says. */
export async function exchangeToken(source: Source): Promise<void> {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const token = parameters.get("token");
  if (token === null) return;
  const to = parameters.get("to") ?? "/";
  // First out of the address bar and the history, whatever the server makes of it.
  history.replaceState(null, "", `#${to}`);
  await source.send("POST", "/api/session", { token });
}
