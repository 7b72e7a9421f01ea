// From an answer and an address to the rows to show: each step is made again only when what it rests on changed.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AuditList } from "../../wire";
import { columnsOf, type Column } from "./columns";
import { chosenIn, facetsOf, find, linkedFacets, type Chosen, type Facet, type Found } from "./facets";
import { standing, type Order } from "./order";
import { listed, type Listed, type Row } from "./rows";
import { sorted, sortIn, type Sort } from "./sorting";

export interface View {
  readonly list: Listed;
  readonly facets: readonly Facet[];
  readonly chosen: Chosen;
  readonly sort: Sort;
  readonly found: Found;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Rows that changed since the order was made, and wait to be put where they belong. */
  readonly waiting: number;
  /** Makes the order anew. */
  take(): void;
}

interface Asked {
  readonly f?: readonly string[] | undefined;
  readonly q?: string | undefined;
  readonly sort?: string | undefined;
  readonly show?: string | undefined;
}

const NO_AUDITS: AuditList = { dimensions: [], audits: [] };

/** What an address shows of a list. `runs` are the names of runs by key, where the list is of several. */
export function useView(answer: AuditList | null, asked: Asked, runs: ReadonlyMap<string, string> | null): View {
  const [taking, setTaking] = useState(0);
  const several = runs !== null;
  const choices = (asked.f ?? []).join("\n");
  const query = asked.q ?? "";
  const list = useMemo(() => listed(answer ?? NO_AUDITS), [answer]);
  const chosen = useMemo(() => chosenIn(choices === "" ? [] : choices.split("\n")), [choices]);
  const usual = useMemo(() => facetsOf(list, several), [list, several]);
  const facets = useMemo(() => [...usual, ...linkedFacets(list, chosen)], [usual, list, chosen]);
  const sort = useMemo(() => sortIn(asked.sort), [asked.sort]);
  const found = useMemo(() => find(list, facets, chosen, query), [list, facets, chosen, query]);
  const order = useMemo(() => sorted(list, found.positions, sort), [list, found, sort]);
  const columns = useMemo(() => columnsOf(list, asked.show === "all"), [list, asked.show]);
  // The first word that is typed should not have to wait for what all words are looked for in.
  useEffect(() => {
    const timer = setTimeout(() => list.texts(), 500);
    return () => clearTimeout(timer);
  }, [list]);
  const before = useRef<Order | null>(null);
  const made = `${taking} ${choices} ${query} ${asked.sort ?? ""}`;
  const shown = useMemo(() => {
    const rows = order.flatMap((position) => list.rows[position] ?? []);
    const anew = before.current?.made !== made;
    const stands = standing(before.current, made, rows.map((row) => ({ key: row.key, state: row.audit.state })));
    before.current = stands.order;
    if (anew) return { rows, waiting: 0 };
    const keyed = new Map(rows.map((row) => [row.key, row]));
    return { rows: stands.order.keys.flatMap((key) => keyed.get(key) ?? []), waiting: stands.waiting };
  }, [list, order, made]);
  return { list, facets, chosen, sort, found, columns, rows: shown.rows, waiting: shown.waiting, take: () => setTaking((n) => n + 1) };
}
