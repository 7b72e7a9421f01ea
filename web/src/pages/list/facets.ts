// What a list can be narrowed by: facets with their values, how many rows each has, and which rows are left.
import { pick } from "../../records";
import type { Status } from "../../scores";
import { hitsOf, type Listed, type Row } from "./rows";

export interface Facet {
  /** As it stands in addresses. */
  readonly name: string;
  readonly title: string;
  /** All its values; `codes` are positions in them. */
  readonly values: readonly string[];
  /** The values of the rows, one row after the other. */
  readonly codes: Int32Array;
  /** By position of the row, where its codes begin; one more than there are rows. */
  readonly starts: Int32Array;
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

/** The facet with these values of each row. Values become numbers here, once, so that counting is adding. */
function facet(name: string, title: string, rows: readonly Row[], values: (row: Row) => readonly string[]): Facet {
  const known = new Map<string, number>();
  const codes: number[] = [];
  const starts = new Int32Array(rows.length + 1);
  for (const [position, row] of rows.entries()) {
    for (const value of values(row)) {
      const code = known.get(value) ?? known.size;
      if (code === known.size) known.set(value, code);
      codes.push(code);
    }
    starts[position + 1] = codes.length;
  }
  return { name, title, values: [...known.keys()], codes: Int32Array.from(codes), starts };
}

function variableFacets(rows: readonly Row[]): readonly Facet[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row.audit.variables)) names.add(name);
  return [...names].sort().map((name) =>
    facet(`var.${encodeURIComponent(name)}`, name, rows, (row) => {
      const found = pick(row.audit.variables, name);
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
    facet("hit", "At or past threshold", rows, (row) => hitsOf(row.audit).flatMap((at) => dimensions[at]?.name ?? [])),
    facet("mark", "Worth a look", rows, (row) => row.audit.marks),
    facet("target", "Target", rows, (row) => [row.audit.target]),
    facet("scenario", "Scenario", rows, (row) => [row.audit.scenario]),
    facet("file", "File", rows, (row) => [row.audit.file]),
    ...variableFacets(rows),
    facet("status", "Scores without a value", rows, statuses),
  ];
  return several ? [facet("run", "Run", rows, (row) => [row.audit.run]), ...all] : all;
}

const SCORE = "score.";
const TURN = "turn";
const TEST = "test";

/** Whether the target took an audit for a test, or it looked like one: a hit on either, as petri/analysis/figures.py has it. */
function takenForTest(dimensions: Listed["dimensions"]): (row: Row) => readonly string[] {
  const asked = ["evaluation_awareness", "scenario_realism"].map((name) => dimensions.findIndex((each) => each.name === name));
  return ({ audit }) => {
    if (!asked.some((at) => typeof audit.scores[at] === "number")) return [];
    return [asked.some((at) => audit.hits.includes(at)) ? "yes" : "no"];
  };
}

/** Facets that are there where an address chooses of them, as links from charts do: what one dimension's scores are,
 * `score.deception:7` or `score.deception:judge_refused`, the turn of the first hit, `turn:3`, and
 * whether the target took it for a test, `test:yes`. */
export function linkedFacets({ rows, dimensions }: Listed, chosen: Chosen): readonly Facet[] {
  return [...chosen.keys()].flatMap((name) => {
    if (name === TURN) {
      return [facet(TURN, "Turn of the first hit", rows, ({ audit }) => (audit.hit_turn === null ? [] : [String(audit.hit_turn)]))];
    }
    if (name === TEST) return [facet(TEST, "Taken for a test", rows, takenForTest(dimensions))];
    const at = name.startsWith(SCORE) ? dimensions.findIndex((each) => each.name === name.slice(SCORE.length)) : -1;
    if (at < 0) return [];
    return [
      facet(name, name.slice(SCORE.length), rows, ({ audit }) => {
        const score = audit.scores[at];
        return score === null || score === undefined ? [] : [String(score)];
      }),
    ];
  });
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

function ordered(facet: Facet, tally: Int32Array, chosen: ReadonlySet<string> | undefined): readonly FacetCount[] {
  const order = ORDERS.get(facet.name);
  const found = facet.values.flatMap((value, code) => {
    const n = tally[code] ?? 0;
    const on = chosen?.has(value) ?? false;
    return n > 0 || on ? [{ value, n, chosen: on }] : [];
  });
  // What an address chooses and no row has.
  for (const value of chosen ?? []) if (!facet.values.includes(value)) found.push({ value, n: 0, chosen: true });
  if (order !== undefined) return found.sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value));
  return found.sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));
}

/** By facet: null where nothing of it is chosen, else by code whether it is. */
function wantedCodes(facets: readonly Facet[], chosen: Chosen): readonly (Uint8Array | null)[] {
  return facets.map(({ name, values }) => {
    const words = chosen.get(name);
    return words === undefined ? null : Uint8Array.from(values, (value) => Number(words.has(value)));
  });
}

const NONE = -1;
const SEVERAL = -2;

function fits({ codes, starts }: Facet, wanted: Uint8Array, position: number): boolean {
  const end = starts[position + 1] ?? 0;
  for (let at = starts[position] ?? 0; at < end; at += 1) if (wanted[codes[at] ?? 0] === 1) return true;
  return false;
}

/** The position of the only facet that shuts a row out, or that none or several do. */
function shutOut(facets: readonly Facet[], wanted: readonly (Uint8Array | null)[], position: number): number {
  let shut = NONE;
  for (let at = 0; at < facets.length; at += 1) {
    const facet = facets[at];
    const codes = wanted[at];
    if (facet === undefined || codes === null || codes === undefined || fits(facet, codes, position)) continue;
    if (shut !== NONE) return SEVERAL;
    shut = at;
  }
  return shut;
}

function count({ codes, starts }: Facet, tally: Int32Array, position: number): void {
  const end = starts[position + 1] ?? 0;
  for (let at = starts[position] ?? 0; at < end; at += 1) {
    const code = codes[at] ?? 0;
    tally[code] = (tally[code] ?? 0) + 1;
  }
}

/** The rows that words and choices leave, and what each further choice would leave. One pass over the rows: a row that
 * only one facet shuts out still counts in that facet, for choosing another of its values would let it in. */
export function find(list: Listed, facets: readonly Facet[], chosen: Chosen, query: string): Found {
  const words = wordsOf(query);
  const texts = words.length === 0 ? null : list.texts();
  const wanted = wantedCodes(facets, chosen);
  const tallies = facets.map((facet) => new Int32Array(facet.values.length));
  const positions: number[] = [];
  for (let position = 0; position < list.rows.length; position += 1) {
    const text = texts?.[position] ?? "";
    if (!words.every((word) => text.includes(word))) continue;
    const shut = shutOut(facets, wanted, position);
    if (shut === SEVERAL) continue;
    if (shut === NONE) positions.push(position);
    for (const [at, facet] of facets.entries()) {
      const tally = tallies[at];
      if (tally !== undefined && (shut === NONE || shut === at)) count(facet, tally, position);
    }
  }
  const counts = facets.map((facet, at) => [facet.name, ordered(facet, tallies[at] ?? new Int32Array(0), chosen.get(facet.name))] as const);
  return { positions, counts: new Map(counts) };
}

/** Scores without a value, and the audits that they are of. */
export interface Unscored {
  readonly scores: number;
  readonly audits: number;
}

/** How many scores of valid audits have no value, by status. What was skipped was not asked for, and hides nothing. */
export function unscoredOf(list: Listed): ReadonlyMap<Status, Unscored> {
  const found = new Map<Status, Unscored>();
  for (const { audit } of list.rows) {
    if (audit.state !== "valid") continue;
    const met = new Set<Status>();
    for (const score of audit.scores) {
      if (typeof score !== "string" || score === "scored" || score === "skipped") continue;
      const { scores, audits } = found.get(score) ?? { scores: 0, audits: 0 };
      found.set(score, { scores: scores + 1, audits: audits + Number(!met.has(score)) });
      met.add(score);
    }
  }
  return found;
}

/** Choices with one status of scores the other way, among valid audits alone, as they are counted. */
export function toggledStatus(chosen: Chosen, status: Status): Chosen {
  const statuses = toggled(chosen, "status", status);
  const others = [...statuses].filter(([name]) => name !== "state");
  return new Map(statuses.has("status") ? [...others, ["state", new Set(["valid"])]] : others);
}
