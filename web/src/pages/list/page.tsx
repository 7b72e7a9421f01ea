// The list of audits, of one run or of all.
import { useMemo, useRef } from "preact/hooks";
import * as api from "../../api";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { stateCounts, type StateCounts } from "../../parts/counts-bar";
import { Empty, FaultNote, Skeleton } from "../../parts/notes";
import { amend, go } from "../../place";
import { format, type RouteOf } from "../../route";
import type { Status } from "../../scores";
import type { AuditRow, RunRow } from "../../wire";
import { useCursor } from "./cursor";
import { asParameters, toggled, toggledStatus, unscoredOf } from "./facets";
import { FacetPanel } from "./facet-panel";
import { useView, type View } from "./found";
import { Heading } from "./heading";
import { isMany } from "./columns";
import { useTitle } from "../../title";
import { worstAudit } from "../../worst";
import type { Listed } from "./rows";
import { asParameter, clicked } from "./sorting";
import { Strip } from "./strip";
import { Table } from "./table";
import { Tools } from "./tools";
import { useWindow } from "./window";

type ListRoute = RouteOf<"list"> | RouteOf<"all">;

const ROW = 28;
const HEAD = 132;

function tally(list: Listed): StateCounts {
  const counts = { valid: 0, invalid: 0, error: 0, pending: 0 };
  for (const { audit } of list.rows) counts[audit.state] += 1;
  return counts;
}

function open(audit: AuditRow | null | undefined): void {
  if (audit !== null && audit !== undefined) go({ page: "transcript", run: audit.run, audit: audit.key });
}

function NothingFits({ view, query, onClear }: { view: View; query: string; onClear: () => void }) {
  const filters = asParameters(view.chosen);
  return (
    <Empty title="No audit fits">
      <p>
        {filters.length > 0 && <>Chosen: {filters.map((filter) => <code key={filter} class="listed-filter">{filter}</code>)}</>}
        {query !== "" && <> with the words <code>{query}</code></>}
      </p>
      <button type="button" onClick={onClear}>
        Clear all filters
      </button>
    </Empty>
  );
}

function NothingThere({ row }: { row: RunRow | null }) {
  if (row?.status === "unreadable") return <Empty title="This run cannot be read"><p>{row.error ?? "Nothing is known of the reason."}</p></Empty>;
  if (row?.status === "reading") return <Empty title="This run is being read"><p>Its audits appear here as soon as they are.</p></Empty>;
  return <Empty title="There are no audits here yet"><p>{row?.error ?? "They appear here as they are planned and finished."}</p></Empty>;
}

/** What the page does when somebody changes what is shown. */
function actions(route: ListRoute, view: View) {
  return {
    query: (q: string) => amend<ListRoute>(route, { q: q === "" ? undefined : q }),
    toggle: (facet: string, value: string) => amend<ListRoute>(route, { f: asParameters(toggled(view.chosen, facet, value)) }),
    status: (status: Status) => amend<ListRoute>(route, { f: asParameters(toggledStatus(view.chosen, status)) }),
    clear: () => amend<ListRoute>(route, { f: undefined, q: undefined }),
    sort: (column: string) => amend<ListRoute>(route, { sort: asParameter(clicked(view.sort, column)) }),
    dimensions: () => amend<ListRoute>(route, { show: route.show === "all" ? undefined : "all" }),
    search: () => {
      if (route.q !== undefined) go({ page: "search", q: route.q, ...(route.page === "list" ? { run: [route.run] } : {}) });
    },
    facets: () => {
      const panel = document.querySelector(".facets");
      const shown = panel !== null && getComputedStyle(panel).display !== "none";
      amend<ListRoute>(route, { facets: shown ? "off" : "on" });
    },
  };
}

function runNames(rows: readonly RunRow[] | undefined): ReadonlyMap<string, string> {
  return new Map((rows ?? []).map((row) => [row.key, row.id]));
}

/** The list with all that belongs to it, once the audits are there. */
function Body({ route, view, row, runs }: { route: ListRoute; view: View; row: RunRow | null; runs: ReadonlyMap<string, string> | null }) {
  const box = useRef<HTMLInputElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { span, scrollTo } = useWindow(frame, { count: view.rows.length, row: ROW, head: HEAD });
  const cursor = useCursor(format({ ...route, facets: "", show: "" }), view.rows, frame, span.top, scrollTo);
  const act = actions(route, view);
  const { list, chosen } = view;
  const unscored = useMemo(() => unscoredOf(list), [list]);
  const counts = useMemo(() => (row?.counts === null || row === null ? tally(list) : stateCounts(row.counts)), [row, list]);
  useKeys("List of audits", [
    { keys: ["j", "ArrowDown"], what: "next row", run: () => cursor.move(1) },
    { keys: ["k", "ArrowUp"], what: "row before", run: () => cursor.move(-1) },
    { keys: ["PageDown"], what: "twenty rows on", run: () => cursor.move(20) },
    { keys: ["PageUp"], what: "twenty rows back", run: () => cursor.move(-20) },
    { keys: ["Enter"], what: "open the audit", run: () => open(view.rows.find((each) => each.key === cursor.key)?.audit) },
    { keys: ["w"], what: "open the worst audit of these", run: () => open(worstAudit({ audits: view.rows.map((each) => each.audit), dimensions: list.dimensions })) },
    { keys: ["/"], what: "filter by words; Enter there searches the transcripts", run: () => box.current?.select() },
    { keys: ["x"], what: "clear all filters", run: act.clear },
    { keys: ["f"], what: "show or hide the filters", run: act.facets },
    { keys: ["r"], what: "put new rows where they belong", run: () => view.take() },
    ...(route.page === "list" ? [{ keys: ["g r"], what: "this run's report", run: () => go({ page: "report", run: route.run }) }] : []),
    { keys: ["c"], what: "compare this run with another", run: () => go({ page: "runs", ...(row === null ? {} : { pick: row.key }) }) },
  ]);
  return (
    <>
      <Strip counts={counts} unscored={unscored} chosen={chosen} onState={(state) => act.toggle("state", state)} onStatus={act.status} />
      <div class={`list-body facets-${route.facets ?? "auto"}`}>
        <FacetPanel facets={view.facets} found={view.found} runs={runs} onToggle={act.toggle} />
        <div class="list-main">
          <Tools
            box={box}
            query={route.q ?? ""}
            facets={view.facets}
            chosen={chosen}
            shown={view.rows.length}
            total={list.rows.length}
            waiting={view.waiting}
            dimensions={isMany(list) ? { shown: view.columns.length, total: list.dimensions.length } : null}
            all={route.show === "all"}
            onQuery={act.query}
            onSearch={act.search}
            onToggle={act.toggle}
            onClear={act.clear}
            onTake={() => view.take()}
            onDimensions={act.dimensions}
            onFacets={act.facets}
          />
          {view.rows.length === 0 ? (
            <NothingFits view={view} query={route.q ?? ""} onClear={act.clear} />
          ) : (
            <Table frame={frame} span={span} rows={view.rows} all={list.rows} columns={view.columns} sort={view.sort} cursor={cursor.key} runs={runs} onSort={act.sort} />
          )}
        </div>
      </div>
    </>
  );
}

export function ListPage({ route }: { route: ListRoute }) {
  const run = route.page === "list" ? route.run : null;
  const keys = run === null ? [] : [run];
  const audits = useCall(api.audits(keys), run === null ? "any" : keys);
  const detail = useCall(run === null ? null : api.run(run), keys);
  const runs = useCall(run === null ? api.runs() : null, "any");
  const names = useMemo(() => (run === null ? runNames(runs.value?.runs) : null), [run, runs.value]);
  const view = useView(audits.value, route, names);
  const row = detail.value?.row ?? null;
  useTitle(run === null ? "All audits" : (row?.id ?? "Audits"));
  const fault = audits.fault ?? detail.fault;
  return (
    <div class="page-fixed list">
      {row !== null || run === null ? <Heading row={row} /> : <h1 class="spoken">Audits</h1>}
      {fault !== null && audits.value === null && <FaultNote fault={fault} retry={audits.retry} />}
      {fault === null && audits.value === null && <Skeleton lines={14} />}
      {audits.value !== null && (view.list.rows.length === 0 ? <NothingThere row={row} /> : <Body route={route} view={view} row={row} runs={names} />)}
    </div>
  );
}

