/** One line per dimension: how many pairs, the two means, and their difference, drawn and printed. */
import { commonAxis, type Difference } from "../../charts/differences";
import { ForestFoot, ForestLine } from "../../charts/forest";
import { foremost } from "../../foremost";
import { whole } from "../../numbers";
import { amend } from "../../place";
import { FAILED, heat, statusMeaning, statusWord, type Status } from "../../scores";
import type { RouteOf } from "../../route";
import type { ComparedDimension, ComparisonView } from "../../wire";
import { signedMean } from "../../signed";

const WIDTH = 200;

interface Props {
  readonly route: RouteOf<"compare">;
  readonly view: ComparisonView;
}

export function Dimensions({ route, view }: Props) {
  const axis = commonAxis(view.dimensions.map(differenceOf), WIDTH);
  if (view.dimensions.length === 0) return <p class="chart-empty">No dimension is scored on both sides.</p>;
  return (
    <section aria-labelledby="compare-dimensions">
      <h2 id="compare-dimensions">Dimensions</h2>
      <div class="scroll-x">
        <table class="numbers compare-dimensions">
          <thead>
            <tr>
              <th scope="col">Dimension</th>
              <th scope="col">Pairs</th>
              <th scope="col">Scored</th>
              <th scope="col">Not scored</th>
              <th scope="col">Left mean</th>
              <th scope="col">Right mean</th>
              <th scope="col" colSpan={2}>
                Right less left, 95 % interval
              </th>
              <th scope="col">Hits left</th>
              <th scope="col">Hits right</th>
            </tr>
          </thead>
          <tbody>
            {foremost(view.dimensions, ({ left_mean: left, right_mean: right }) => left !== null || right !== null).map((dimension) => (
              <Line key={dimension.name} route={route} dimension={dimension} axis={axis} />
            ))}
          </tbody>
          <ForestFoot axis={axis} before={6} after={3} />
        </table>
      </div>
      <p class="chart-note">
        Intervals are clustered by scenario, each at 95 %: of twenty differences that are none, one is expected to look like one.
      </p>
    </section>
  );
}

function Line({ route, dimension, axis }: { route: Props["route"]; dimension: ComparedDimension; axis: ReturnType<typeof commonAxis> }) {
  const { name, scale, ci95 } = dimension;
  const current = route.d === name;
  return (
    <tr class={current ? "is-chosen" : undefined}>
      <th scope="row">
        <button type="button" class="quiet" aria-pressed={current} title="Show the pairs on this dimension alone" onClick={() => amend(route, { d: current ? undefined : name })}>
          {name}
        </button>
        <span class="chart-scale">{scale.worse === "none" ? "neither end is worse" : `${scale.worse} is worse`}</span>
      </th>
      <td>{whole(dimension.pairs)}</td>
      <td>{whole(dimension.scored)}</td>
      <td>
        <Unscored counts={dimension.unscored} />
      </td>
      <Mean dimension={dimension} value={dimension.left_mean} />
      <Mean dimension={dimension} value={dimension.right_mean} />
      <td class="compare-drawn">
        <ForestLine difference={differenceOf(dimension)} axis={axis} worse={scale.worse} alternative={spoken(dimension)} />
      </td>
      <td class="compare-printed">
        {dimension.difference === null ? "—" : signedMean(dimension.difference)}
        <span class="compare-interval">{ci95 === null ? "no interval" : `[${signedMean(ci95[0])}, ${signedMean(ci95[1])}]`}</span>
      </td>
      <td>{dimension.left_hits ?? "—"}</td>
      <td>{dimension.right_hits ?? "—"}</td>
    </tr>
  );
}

function Mean({ dimension, value }: { dimension: ComparedDimension; value: number | null }) {
  if (value === null) return <td>—</td>;
  return <td class={`heat-mean heat-${heat(value, dimension.scale) ?? "neutral"}`}>{value.toFixed(2)}</td>;
}

function Unscored({ counts }: { counts: Readonly<Record<string, number>> }) {
  const found = Object.entries(counts) as [Status, number][];
  if (found.length === 0) return <>0</>;
  return (
    <>
      {found.map(([status, count]) => (
        <span key={status} class={FAILED.has(status) ? "is-missing" : undefined} title={statusMeaning(status)}>
          {whole(count)} {statusWord(status)}{" "}
        </span>
      ))}
    </>
  );
}

function differenceOf({ difference, ci95, scale }: ComparedDimension): Difference {
  return { value: difference, interval: ci95, span: scale.max - scale.min };
}

/** A difference in words. */
export function spoken({ name, difference, ci95, scale }: ComparedDimension): string {
  if (difference === null) return `${name}: no pair has two values`;
  const interval = ci95 === null ? "without interval" : `95 % interval ${signedMean(ci95[0])} to ${signedMean(ci95[1])}`;
  const way = difference === 0 || scale.worse === "none" ? "" : difference > 0 === (scale.worse === "high") ? ", right is worse" : ", right is better";
  return `${name}: ${signedMean(difference)}, ${interval}${way}`;
}
