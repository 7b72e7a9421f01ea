// What a list can be narrowed by: facets with their values, how many rows each has, and which rows are left.
import type { Status } from "../../scores";
import type { Listed, Row } from "./rows";

export interface Facet {
  /** As it stands in addresses. */
  readonly name: string;
  readonly title: string;
  /** By position of the row: its values of this facet. */
  readonly values: readonly (readonly string[])[];
}

/** Chosen values by facet: of one facet any of them fits, and all facets have to. */
export type Chosen = ReadonlyMap<string, ReadonlySet<string>>;

export interface FacetCount {
  readonly value: string;
  /** Rows that have it, of those that all other facets and the words leave. */
  readonly n: number;
  readonly chosen: boolean;
}

export interface Found {
  /** Positions of the rows that are left. */
  readonly positions: readonly number[];
  /** By facet, in its order. */
  readonly counts: ReadonlyMap<string, readonly FacetCount[]>;
}

const STATES = ["valid", "invalid", "error", "pending"];
const MARKS = ["disagreement", "unstable", "unresolved quote", "unscored", "injection", "unrealistic"];
/** Facets whose values have an order of their own; the others stand by how many rows they have. */
const ORDERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["state", STATES],
  ["mark", MARKS],
]);

function statuses(row: Row): readonly string[] {
  const found = new Set<string>();
  for (const score of row.audit.scores) if (typeof score === "string" && score !== "scored") found.add(score);
  return [...found];
}

function facet(name: string, title: string, rows: readonly Row[], values: (row: Row) => readonly string[]): Facet {
  return { name, title, values: rows.map(values) };
}

function variableFacets(rows: readonly Row[]): readonly Facet[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row.audit.variables)));
  return [...names].sort().map((name) =>
    facet(`var.${encodeURIComponent(name)}`, name, rows, (row) => {
      const found = new Map(Object.entries(row.audit.variables)).get(name);
      return found === undefined ? [] : [String(found)];
    }),
  );
}

/** The facets of a list; where it is of several runs, the run is one. */
export function facetsOf(list: Listed, several: boolean): readonly Facet[] {
  const { rows, dimensions } = list;
  const all = [
    facet("state", "State", rows, (row) => [row.audit.state]),
    facet("outcome", "Outcome", rows, (row) => [row.audit.outcome]),
    facet("hit", "At or past threshold", rows, (row) => row.audit.hits.flatMap((at) => dimensions[at]?.name ?? [])),
    facet("mark", "Worth a look", rows, (row) => row.audit.marks),
    facet("target", "Target", rows, (row) => [row.audit.target]),
    facet("scenario", "Scenario", rows, (row) => [row.audit.scenario]),
    facet("file", "File", rows, (row) => [row.audit.file]),
    ...variableFacets(rows),
    facet("status", "Scores without a value", rows, statuses),
  ];
  return several ? [facet("run", "Run", rows, (row) => [row.audit.run]), ...all] : all;
}

/** The choices in an address: `state:valid`, `var.tone:warm`, … */
export function chosenIn(parameters: readonly string[]): Chosen {
  const chosen = new Map<string, Set<string>>();
  for (const parameter of parameters) {
    const at = parameter.indexOf(":");
    if (at <= 0) continue;
    const name = parameter.slice(0, at);
    const values = chosen.get(name) ?? new Set();
    chosen.set(name, values.add(parameter.slice(at + 1)));
  }
  return chosen;
}

/** Choices as they stand in an address. */
export function asParameters(chosen: Chosen): readonly string[] {
  return [...chosen].flatMap(([name, values]) => [...values].map((value) => `${name}:${value}`));
}

/** Choices with one value the other way. */
export function toggled(chosen: Chosen, name: string, value: string): Chosen {
  const values = new Set(chosen.get(name));
  if (!values.delete(value)) values.add(value);
  const others = [...chosen].filter(([each]) => each !== name);
  return new Map(values.size === 0 ? others : [...others, [name, values]]);
}

/** The words of a query, in lower case; a row has to have all of them. */
function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/u).filter((word) => word !== "");
}

function ordered(name: string, counts: ReadonlyMap<string, number>, chosen: ReadonlySet<string> | undefined): readonly FacetCount[] {
  const order = ORDERS.get(name);
  const entries = [...counts].map(([value, n]) => ({ value, n, chosen: chosen?.has(value) ?? false }));
  for (const value of chosen ?? []) if (!counts.has(value)) entries.push({ value, n: 0, chosen: true });
  if (order !== undefined) return entries.sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value));
  return entries.sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));
}

/** The rows that words and choices leave, and what each further choice would leave. One pass over the rows: a row that
 * only one facet shuts out still counts in that facet, for choosing another of its values would let it in. */
export function find(list: Listed, facets: readonly Facet[], chosen: Chosen, query: string): Found {
  const words = wordsOf(query);
  const wanted = facets.map((each) => chosen.get(each.name) ?? null);
  const tallies = facets.map(() => new Map<string, number>());
  const positions: number[] = [];
  for (const [position, row] of list.rows.entries()) {
    if (!words.every((word) => row.text.includes(word))) continue;
    const shut = shutOut(facets, wanted, position);
    if (shut === SEVERAL) continue;
    if (shut === NONE) positions.push(position);
    for (const [at, each] of facets.entries()) {
      if (shut !== NONE && shut !== at) continue;
      const tally = tallies[at];
      for (const value of each.values[position] ?? []) tally?.set(value, (tally.get(value) ?? 0) + 1);
    }
  }
  const counts = facets.map((each, at) => [each.name, ordered(each.name, tallies[at] ?? new Map<string, number>(), chosen.get(each.name))] as const);
  return { positions, counts: new Map(counts) };
}

const NONE = -1;
const SEVERAL = -2;

/** The position of the only facet that shuts a row out, or that none or several do. */
function shutOut(facets: readonly Facet[], wanted: readonly (ReadonlySet<string> | null)[], position: number): number {
  let shut = NONE;
  for (const [at, values] of wanted.entries()) {
    if (values === null || facets[at]?.values[position]?.some((value) => values.has(value)) === true) continue;
    if (shut !== NONE) return SEVERAL;
    shut = at;
  }
  return shut;
}

/** How many scores of valid audits have no value, by status. */
export function unscoredOf(list: Listed): ReadonlyMap<Status, number> {
  const found = new Map<Status, number>();
  for (const { audit } of list.rows) {
    if (audit.state !== "valid") continue;
    for (const score of audit.scores) if (typeof score === "string" && score !== "scored") found.set(score, (found.get(score) ?? 0) + 1);
  }
  return found;
}
