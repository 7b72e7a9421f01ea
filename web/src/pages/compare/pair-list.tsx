/** The pairs of a comparison: all, or those that changed, got worse, and so on. */
import { useMemo, useRef, useState } from "preact/hooks";
import { useKeys } from "../../keys";
import { whole } from "../../numbers";
import { HeatCell } from "../../parts/heat-cell";
import { Link } from "../../parts/small";
import { amend } from "../../place";
import type { RouteOf } from "../../route";
import type { ComparedDimension, ComparisonView } from "../../wire";
import { FILTERS, filterCounts, isValid, pairName, shownRows, targetsOf, type Change, type Filter, type Row } from "./filters";
import { signed } from "../../signed";

type Place = RouteOf<"compare">;

/** As many rows as are drawn at once. */
const PORTION = 200;

const WORDS: Readonly<Record<Filter, string>> = {
  all: "All",
  changed: "Changed",
  worse: "Right worse",
  better: "Right better",
  hit: "Hit on one side",
  unscored: "Not scored",
  invalid: "Not valid",
};

interface Props {
  readonly route: Place;
  readonly view: ComparisonView;
  readonly rows: readonly Row[];
}

/** The filter that an address names; all pairs where it names none. */
export function filterOf(route: Place): Filter {
  return FILTERS.find((filter) => filter === route.only) ?? "all";
}

/** The position of the dimension that an address names; null where it names none. */
export function positionOf(route: Place, view: ComparisonView): number | null {
  const position = view.dimensions.findIndex(({ name }) => name === route.d);
  return position < 0 ? null : position;
}

export function PairList({ route, view, rows }: Props) {
  const filter = filterOf(route);
  const position = positionOf(route, view);
  const counts = useMemo(() => filterCounts(rows, position), [rows, position]);
  const shown = useMemo(() => shownRows(rows, filter, position), [rows, filter, position]);
  // Where all pairs are of the same targets, the menus above say which.
  const targets = useMemo(() => new Set(rows.map(({ pair }) => targetsOf(pair))).size > 1, [rows]);
  const [limit, setLimit] = useState(PORTION);
  const table = useRef<HTMLTableElement>(null);
  useKeys("Pairs", [
    { keys: ["j"], what: "next pair", run: () => focusLink(table.current, 1) },
    { keys: ["k"], what: "previous pair", run: () => focusLink(table.current, -1) },
    { keys: ["f"], what: "next filter", run: () => amend(route, { only: after(filter) }) },
  ]);
  return (
    <section aria-labelledby="compare-pairs">
      <div class="compare-line">
        <h2 id="compare-pairs">Pairs{position === null ? "" : ` on ${route.d ?? ""}`}</h2>
        <div class="compare-filters" role="group" aria-label="Which pairs">
          {FILTERS.map((each) => (
            <button key={each} type="button" class="quiet" aria-pressed={each === filter} onClick={() => amend(route, { only: each === "all" ? undefined : each })}>
              {WORDS[each]} <span class="count">{whole(counts.get(each) ?? 0)}</span>
            </button>
          ))}
        </div>
      </div>
      {shown.length === 0 ? (
        <p class="chart-empty">No pair is like that.</p>
      ) : (
        <div class="scroll-x">
          <table class="compare-pairs" ref={table}>
            <Head view={view} position={position} targets={targets} />
            <tbody>
              {shown.slice(0, limit).map((row) => (
                <Line key={pairName(row.pair)} route={route} row={row} dimensions={view.dimensions} position={position} targets={targets} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length > limit ? (
        <button type="button" onClick={() => setLimit(limit + PORTION)}>
          {whole(shown.length - limit)} more
        </button>
      ) : null}
    </section>
  );
}

function after(filter: Filter): Filter | undefined {
  const next = FILTERS[(FILTERS.indexOf(filter) + 1) % FILTERS.length];
  return next === "all" ? undefined : next;
}

function focusLink(table: HTMLElement | null, by: 1 | -1): void {
  const links = [...(table?.querySelectorAll<HTMLElement>("a.pair-link") ?? [])];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at < 0 ? (by === 1 ? 0 : links.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function Head({ view, position, targets }: { view: ComparisonView; position: number | null; targets: boolean }) {
  return (
    <thead>
      <tr>
        <th scope="col">Scenario</th>
        {targets ? <th scope="col">Target</th> : null}
        <th scope="col">Variables</th>
        <th scope="col">Epoch</th>
        {position === null ? (
          view.dimensions.map(({ name }) => (
            <th key={name} scope="col" class="is-score">
              {name}
            </th>
          ))
        ) : (
          <>
            <th scope="col" class="is-score">Left</th>
            <th scope="col" class="is-score">Right</th>
            <th scope="col" class="is-score">Difference</th>
          </>
        )}
      </tr>
    </thead>
  );
}

interface LineProps {
  readonly route: Place;
  readonly row: Row;
  readonly dimensions: readonly ComparedDimension[];
  readonly position: number | null;
  readonly targets: boolean;
}

function Line({ route, row, dimensions, position, targets }: LineProps) {
  const { pair, changes } = row;
  const variables = Object.entries(pair.variables).map(([name, value]) => `${name}=${String(value)}`);
  const chosen = position === null ? undefined : dimensions[position];
  const change = position === null ? undefined : changes[position];
  return (
    <tr class={isValid(pair) ? undefined : "is-invalid"}>
      <th scope="row">
        <Link class="pair-link" to={{ ...route, pair: pairName(pair) }}>
          {pair.scenario}
        </Link>
        {isValid(pair) ? null : <span class="pair-state">{`${pair.left_state} / ${pair.right_state}`}</span>}
      </th>
      {targets ? <td class="pair-variables" title={targetsOf(pair)}>{targetsOf(pair)}</td> : null}
      <td class="pair-variables">{variables.join(" ")}</td>
      <td class="pair-epoch">{pair.epoch}</td>
      {chosen !== undefined && change !== undefined ? (
        <>
          <td class="is-score"><HeatCell value={change.left} dimension={chosen} /></td>
          <td class="is-score"><HeatCell value={change.right} dimension={chosen} /></td>
          <td class="is-score"><Shift change={change} /></td>
        </>
      ) : (
        dimensions.map((dimension, index) => {
          const each = changes[index];
          return (
            <td key={dimension.name} class="is-score">
              {each === undefined ? null : <Both change={each} dimension={dimension} />}
            </td>
          );
        })
      )}
    </tr>
  );
}

/** Two scores, one after the other, and which way they go. */
function Both({ change, dimension }: { change: Change; dimension: ComparedDimension }) {
  return (
    <span class="pair-both">
      <HeatCell value={change.left} dimension={dimension} />
      <Shift change={change} />
      <HeatCell value={change.right} dimension={dimension} />
    </span>
  );
}

/** A difference; a triangle says where worse is, so that it is not said by colour alone. */
export function Shift({ change: { difference, worsening } }: { change: Change }) {
  if (difference === null) return <span class="shift is-none" aria-label="no difference known">·</span>;
  const way = worsening > 0 ? "worse" : worsening < 0 ? "better" : "same";
  const sign = { worse: "▲", better: "▽", same: "" }[way];
  return (
    <span class={`shift is-${way}`} aria-label={`${signed(difference)}${way === "same" ? "" : `, ${way}`}`} role="img">
      {signed(difference)}
      {sign === "" ? null : <span class="shift-sign">{sign}</span>}
    </span>
  );
}
