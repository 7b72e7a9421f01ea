/** Two runs, targets or sets of verdicts, pair by pair. */
import { useMemo } from "preact/hooks";
import * as api from "../../api";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { runName, shortName } from "../../names";
import { Empty, FaultNote, Skeleton } from "../../parts/notes";
import { amend } from "../../place";
import type { RouteOf } from "../../route";
import { useTitle } from "../../title";
import type { ComparisonView, RunRow } from "../../wire";
import { Dimensions } from "./dimensions";
import { pairName, rowsOf } from "./filters";
import { PairList } from "./pair-list";
import { PairPage } from "./pair-page";
import { Sides } from "./sides";

type Place = RouteOf<"compare">;

export function ComparePage({ route }: { route: Place }) {
  const runs = useCall(api.runs(), "any");
  useTitle(titleOf(route, runs.value?.runs ?? []));
  useKeys("Compare", [{ keys: ["x"], what: "exchange left and right", run: () => swap(route) }]);
  if (runs.value === null) return runs.fault === null ? <Skeleton /> : <FaultNote fault={runs.fault} retry={runs.retry} />;
  return (
    <article class="page compare">
      <header class="compare-head">
        <h1>Compare</h1>
        <Sides route={route} runs={runs.value.runs} onSwap={() => swap(route)} />
      </header>
      {route.left === undefined || route.right === undefined ? (
        <Empty title="Choose two sides">
          <p>Runs, single targets of runs, or sets of verdicts on one run. What both planned is paired by scenario, variables and epoch.</p>
        </Empty>
      ) : (
        <Compared route={route} runs={runs.value.runs} left={route.left} right={route.right} />
      )}
    </article>
  );
}

function titleOf({ left, right, lt, rt }: Place, runs: readonly RunRow[]): string {
  const sides = [[left, lt], [right, rt]] as const;
  const names = sides.flatMap(([key, target]) => {
    const row = runs.find((each) => each.key === key);
    return row === undefined ? [] : [runName(shortName(row.id)) + (target === undefined ? "" : ` ${shortName(target)}`)];
  });
  return ["Compare", names.join(" and ")].join(" ");
}

function swap(route: Place): void {
  const { left, right, lt, rt } = route;
  amend(route, { left: right, right: left, lt: rt, rt: lt, pair: undefined, lb: undefined, rb: undefined });
}

function Compared({ route, runs, left, right }: { route: Place; runs: readonly RunRow[]; left: string; right: string }) {
  const { value, fault, retry } = useCall(api.compare(left, right, route.lt, route.rt), [left, right]);
  if (value === null) return fault === null ? <Skeleton lines={10} /> : <FaultNote fault={fault} retry={retry} />;
  if (value.fault !== null) {
    return (
      <Empty title="These two cannot be compared">
        <p>{value.fault}</p>
      </Empty>
    );
  }
  return <Shown route={route} runs={runs} view={value} />;
}

function Shown({ route, runs, view }: { route: Place; runs: readonly RunRow[]; view: ComparisonView }) {
  const rows = useMemo(() => rowsOf(view.pairs, view.dimensions), [view]);
  const chosen = rows.find(({ pair }) => pairName(pair) === route.pair);
  if (chosen !== undefined) return <PairPage route={route} runs={runs} view={view} rows={rows} row={chosen} />;
  return (
    <>
      <Counts view={view} />
      <Dimensions route={route} view={view} />
      <PairList route={route} view={view} rows={rows} />
    </>
  );
}

/** What is compared, and everything that is not. */
function Counts({ view }: { view: ComparisonView }) {
  const { paired, invalid, only_left: onlyLeft, only_right: onlyRight, different, one_sided: oneSided } = view;
  return (
    <dl class="compare-counts">
      <div>
        <dt>paired</dt>
        <dd>{paired}</dd>
      </div>
      <div>
        <dt>of them not valid on both sides</dt>
        <dd class={invalid > 0 ? "is-missing" : undefined}>{invalid}</dd>
      </div>
      <div>
        <dt>on the left alone</dt>
        <dd class={onlyLeft > 0 ? "is-missing" : undefined}>{onlyLeft}</dd>
      </div>
      <div>
        <dt>on the right alone</dt>
        <dd class={onlyRight > 0 ? "is-missing" : undefined}>{onlyRight}</dd>
      </div>
      {different.length === 0 ? null : (
        <div>
          <dt>with another scale or threshold on each side, not compared</dt>
          <dd class="is-missing">{different.join(", ")}</dd>
        </div>
      )}
      {oneSided.length === 0 ? null : (
        <div>
          <dt>scored on one side alone</dt>
          <dd class="is-missing">{oneSided.join(", ")}</dd>
        </div>
      )}
    </dl>
  );
}
