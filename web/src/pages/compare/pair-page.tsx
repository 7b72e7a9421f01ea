/** One pair: what both sides scored, and their transcripts beside each other. */
import { useMemo } from "preact/hooks";
import * as api from "../../api";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { FaultNote, Skeleton } from "../../parts/notes";
import { Link } from "../../parts/small";
import { amend } from "../../place";
import type { RouteOf } from "../../route";
import type { ComparisonView, RunRow } from "../../wire";
import { pairName, shownRows, targetsOf, type Row } from "./filters";
import { filterOf, positionOf } from "./pair-list";
import { Panes } from "./panes";
import { Scores } from "./scores";

type Place = RouteOf<"compare">;

interface Props {
  readonly route: Place;
  readonly runs: readonly RunRow[];
  readonly view: ComparisonView;
  readonly rows: readonly Row[];
  readonly row: Row;
}

export function PairPage({ route, runs, view, rows, row }: Props) {
  const order = useMemo(() => shownRows(rows, filterOf(route), positionOf(route, view)), [rows, route, view]);
  const at = order.findIndex(({ pair }) => pair === row.pair);
  const [before, after] = [order[at - 1], at < 0 ? order[0] : order[at + 1]];
  const left = useTranscript(runs, row.pair.left);
  const right = useTranscript(runs, row.pair.right);
  const to = (other: Row | undefined) => (): void => {
    if (other !== undefined) amend(route, { pair: pairName(other.pair), lb: undefined, rb: undefined });
  };
  const list: Place = { ...omitted(route) };
  useKeys("Pair", [
    { keys: ["["], what: "previous pair", run: to(before) },
    { keys: ["]"], what: "next pair", run: to(after) },
    { keys: ["u"], what: "back to the pairs", run: () => amend(route, { pair: undefined, lb: undefined, rb: undefined }, "push") },
    { keys: ["d"], what: "difference of the replies", run: () => amend(route, { diff: route.diff === undefined ? "1" : undefined }) },
    { keys: ["s"], what: "scroll together or apart", run: () => amend(route, { panes: route.panes === undefined ? "apart" : undefined }) },
  ]);
  const fault = left.fault ?? right.fault;
  return (
    <section class="pair" aria-label={`Pair: ${row.pair.scenario}`}>
      <nav class="pair-trail" aria-label="Pairs">
        <Link to={list}>All pairs</Link>
        <span class="pair-name">
          {row.pair.scenario} <span class="muted">{targetsOf(row.pair)} {variablesOf(row)} epoch {row.pair.epoch}</span>
        </span>
        <button type="button" class="quiet" disabled={before === undefined} onClick={to(before)}>
          <kbd>[</kbd> previous
        </button>
        <button type="button" class="quiet" disabled={after === undefined} onClick={to(after)}>
          next <kbd>]</kbd>
        </button>
      </nav>
      <Scores route={route} view={view} row={row} left={left.value} right={right.value} />
      {left.value === null || right.value === null ? (
        fault === null ? <Skeleton lines={12} /> : <FaultNote fault={fault} retry={() => (left.fault === null ? right : left).retry()} />
      ) : (
        <Panes route={route} view={view} pair={row.pair} left={left.value} right={right.value} />
      )}
    </section>
  );
}

/** The transcript of one side; that of a set of verdicts is its run's. */
function useTranscript(runs: readonly RunRow[], [key, audit]: readonly [string, string]) {
  const run = runs.find((each) => each.key === key)?.of ?? key;
  return useCall(api.transcript(run, audit), [run]);
}

function omitted({ page, left, right, lt, rt, d, only }: Place): Place {
  const kept = Object.entries({ left, right, lt, rt, d, only }).filter(([, value]) => value !== undefined);
  return { page, ...Object.fromEntries(kept) };
}

function variablesOf({ pair }: Row): string {
  return Object.entries(pair.variables).map(([name, value]) => `${name}=${String(value)}`).join(" ");
}
