// Where the page is, as a typed value: every state that a person could want to come back to or send to somebody.

interface Pattern {
  /** Parts of the path; those that begin with `:` are fields. */
  readonly path: string;
  /** Parameters that stand at most once. */
  readonly one: readonly string[];
  /** Parameters that may stand several times. */
  readonly many: readonly string[];
}

// To keep another state of a page in the address, name it here: parsing, formatting and types follow.
export const ROUTES = {
  runs: { path: "/", one: ["q", "pick"], many: [] },
  list: { path: "/r/:run", one: ["q", "sort", "show", "facets"], many: ["f"] },
  all: { path: "/all", one: ["q", "sort", "show", "facets"], many: ["f"] },
  transcript: {
    path: "/r/:run/a/:audit",
    one: ["view", "b", "m", "q", "set", "d", "n", "find", "tree", "side", "diff", "quote"],
    many: ["fold"],
  },
  charts: { path: "/charts/:run", one: ["show", "target", "table"], many: ["d"] },
  report: { path: "/report/:run", one: ["at", "table"], many: [] },
  compare: { path: "/compare", one: ["left", "right", "lt", "rt", "pair", "lb", "rb", "panes", "diff", "d", "only"], many: [] },
  search: { path: "/search", one: ["q"], many: ["run"] },
  annotate: { path: "/annotate", one: ["item", "m"], many: [] },
} as const satisfies Readonly<Record<string, Pattern>>;

export type Page = keyof typeof ROUTES;

type Fields<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? Fields<Head> | Fields<Tail>
  : Path extends `:${infer Name}`
    ? Name
    : never;

/** The route of one page: its name, the fields of its path, and its parameters. */
export type RouteOf<P extends Page> = Readonly<
  { page: P } & Record<Fields<(typeof ROUTES)[P]["path"]>, string> &
    Partial<Record<(typeof ROUTES)[P]["one"][number], string>> &
    Partial<Record<(typeof ROUTES)[P]["many"][number], readonly string[]>>
>;

/** Any place in the page; `nowhere` is an address that names none. */
export type Route = { [P in Page]: RouteOf<P> }[Page] | { readonly page: "nowhere"; readonly address: string };

type Value = string | readonly string[] | undefined;

/** Text as it stands in an address: readable where it may be. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%20", "+");
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

function parameters(pattern: Pattern, values: ReadonlyMap<string, Value>): string {
  const pairs: string[] = [];
  for (const name of pattern.one) {
    const value = values.get(name);
    if (typeof value === "string" && value !== "") pairs.push(`${name}=${encoded(value)}`);
  }
  for (const name of pattern.many) {
    const value = values.get(name);
    if (Array.isArray(value)) for (const each of value as readonly string[]) pairs.push(`${name}=${encoded(each)}`);
  }
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** The address of a route, from its `#`. */
export function format(route: Route): string {
  if (route.page === "nowhere") return `#${route.address}`;
  const pattern: Pattern = ROUTES[route.page];
  const values = new Map<string, Value>(Object.entries(route));
  const path = pattern.path
    .split("/")
    .map((part) => {
      if (!part.startsWith(":")) return part;
      const value = values.get(part.slice(1));
      return encodeURIComponent(typeof value === "string" ? value : "");
    })
    .join("/");
  return `#${path}${parameters(pattern, values)}`;
}

/** The fields of a path that fits a pattern, or null. */
function fields(pattern: Pattern, path: string): Map<string, Value> | null {
  const wanted = pattern.path.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const found = new Map<string, Value>();
  for (const [position, part] of wanted.entries()) {
    const text = given[position] ?? "";
    if (!part.startsWith(":")) {
      if (part !== text) return null;
    } else if (text === "") return null;
    else found.set(part.slice(1), decodeURIComponent(text));
  }
  return found;
}

function read(pattern: Pattern, query: string, into: Map<string, Value>): void {
  for (const pair of query.split("&")) {
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    const value = at < 0 ? "" : decoded(pair.slice(at + 1));
    if (pattern.one.includes(name)) {
      if (value !== "") into.set(name, value);
    } else if (pattern.many.includes(name)) into.set(name, [...((into.get(name) as readonly string[] | undefined) ?? []), value]);
  }
}

/** The route that an address (with or without `#`) names; parameters that its page does not have are left out. */
export function parse(hash: string): Route {
  const address = hash.startsWith("#") ? hash.slice(1) : hash;
  const [path = "", ...rest] = address.split("?");
  try {
    for (const [page, pattern] of Object.entries(ROUTES)) {
      const found = fields(pattern, path === "" ? "/" : path);
      if (found === null) continue;
      read(pattern, rest.join("?"), found);
      return { page, ...Object.fromEntries(found) } as Route;
    }
  } catch (error) {
    // A stray % is the one thing that cannot be decoded.
    if (!(error instanceof URIError)) throw error;
  }
  return { page: "nowhere", address };
}
