/** What a run comes to, drawn: targets by dimensions, how scores lie, when things went wrong, and what it cost. */
import { useMemo } from "preact/hooks";
import * as api from "../../api";
import { listing } from "../../charts/listing";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { counted as counting } from "../../numbers";
import { Empty, FaultNote, Skeleton } from "../../parts/notes";
import { Link } from "../../parts/small";
import { amend } from "../../place";
import type { RouteOf } from "../../route";
import { useTitle } from "../../title";
import type { AuditList, RunDetail } from "../../wire";
import { CostChart, TokenChart } from "./costs";
import { targetsOf } from "./counts";
import { Distributions } from "./distributions";
import { HeatMap } from "./heat-map";
import { allOpen, scoresOf, tablesOf, toggled, type Shared } from "../../charts/tables";
import { TurnChart } from "./turns";

type Place = RouteOf<"charts">;

export function ChartsPage({ route }: { route: Place }) {
  const run = useCall(api.run(route.run), [route.run]);
  const list = useCall(api.audits([route.run]), [route.run]);
  useTitle(run.value === null ? "Charts" : `Charts of ${run.value.row.id}`);
  useKeys("Charts", [
    { keys: ["v"], what: "tables or charts", run: () => amend(route, { table: allOpen(route.table) ? undefined : "all" }) },
    { keys: ["m"], what: "means or hits in the heat map", run: () => amend(route, { show: route.show === "hits" ? undefined : "hits" }) },
    { keys: ["u"], what: "the run's audits", run: () => location.assign(`#/r/${route.run}`) },
  ]);
  const fault = run.fault ?? list.fault;
  if (run.value === null || list.value === null) {
    if (fault === null) return <Skeleton lines={12} />;
    return <FaultNote fault={fault} retry={() => (run.fault === null ? list : run).retry()} />;
  }
  return <Drawn route={route} run={run.value} list={list.value} />;
}

function Drawn({ route, run, list }: { route: Place; run: RunDetail; list: AuditList }) {
  const targets = useMemo(() => targetsOf(list), [list]);
  const target = route.target ?? null;
  const tables = tablesOf(route.table);
  const all = [...list.dimensions.map(({ name }) => scoresOf(name)), "turns", "cost", "tokens"];
  const shared: Shared = {
    run: route.run,
    target,
    isOpen: (name) => tables === "all" || tables.has(name),
    onToggle: (name) => amend(route, { table: toggled(route.table, name, all) }),
  };
  return (
    <article class="page charts">
      <header class="charts-head">
        <p class="trail">
          <Link to={listing(route.run, {})}>{run.row.id}</Link>
        </p>
        <h1>Charts</h1>
        <p class="charts-count">{standing(run)}</p>
        <div class="charts-choices">
          {targets.length > 1 ? <TargetMenu route={route} targets={targets} /> : null}
          <button type="button" class="quiet" aria-pressed={allOpen(route.table)} onClick={() => amend(route, { table: allOpen(route.table) ? undefined : "all" })}>
            Tables <kbd>v</kbd>
          </button>
        </div>
      </header>
      {list.audits.length === 0 ? (
        <Empty title="Nothing to draw">
          <p>The run has no audits.</p>
        </Empty>
      ) : (
        <>
          <HeatMap route={route} run={run} targets={targets} />
          <Distributions {...shared} detail={run} list={list} />
          <section class="charts-section" aria-labelledby="charts-course">
            <h2 id="charts-course">Course and cost</h2>
            <div class="charts-grid is-wide">
              <TurnChart {...shared} list={list} />
              <CostChart {...shared} list={list} />
              <TokenChart {...shared} usage={run.usage} />
            </div>
          </section>
        </>
      )}
    </article>
  );
}

function standing({ row }: RunDetail): string {
  if (row.counts === null) return row.status;
  const { planned, valid, invalid, error, pending } = row.counts;
  const sum = (record: Readonly<Record<string, number>>) => Object.values(record).reduce((all, each) => all + each, 0);
  return `${counting(planned, "audit")}: ${valid} valid, ${sum(invalid)} invalid, ${sum(error)} with errors, ${pending} pending`;
}

function TargetMenu({ route, targets }: { route: Place; targets: readonly string[] }) {
  return (
    <label class="choice">
      Target
      <select value={route.target ?? ""} onChange={(event) => amend(route, { target: event.currentTarget.value === "" ? undefined : event.currentTarget.value })}>
        <option value="">all</option>
        {targets.map((target) => (
          <option key={target} value={target}>
            {target}
          </option>
        ))}
      </select>
    </label>
  );
}
