/** Targets by dimensions: a table whose cells print the number, its interval and how many it rests on. */
import { listed } from "../../charts/listing";
import { foremost } from "../../foremost";
import { percent, whole } from "../../numbers";
import { Tabs } from "../../parts/tabs";
import { amend } from "../../place";
import { pick } from "../../records";
import type { RouteOf } from "../../route";
import { heat } from "../../scores";
import type { DimensionSummary, RunDetail } from "../../wire";

type Measure = "mean" | "hits";

/** Fewer audits than these say little, and get no colour. */
const FEW = 5;

const TABS = [
  { name: "mean", label: "Means" },
  { name: "hits", label: "Hit rates" },
] as const;

interface Props {
  readonly route: RouteOf<"charts">;
  readonly run: RunDetail;
  readonly targets: readonly string[];
}

export function HeatMap({ route, run, targets }: Props) {
  const measure: Measure = route.show === "hits" ? "hits" : "mean";
  const dimensions = foremost(Object.entries(run.dimensions), ([, summary]) => summary.n_scored > 0);
  if (dimensions.length === 0) return null;
  const rows = targets.filter((target) => pick(run.targets, target) !== undefined);
  return (
    <section class="charts-section" aria-labelledby="charts-heat">
      <div class="charts-line">
        <h2 id="charts-heat">Targets by dimensions</h2>
        <Tabs label="What the cells say" tabs={TABS} chosen={measure} onChoose={(name) => amend(route, { show: name === "mean" ? undefined : name })} />
      </div>
      <p class="chart-note">
        {measure === "mean" ? "Mean score of valid audits" : "Part of valid audits at or past the threshold"}, its 95 % interval clustered by scenario, and
        n. The stronger the colour, the worse. Fewer than {FEW} audits get no colour.
      </p>
      <div class="scroll-x">
        <table class="heat-map">
          <thead>
            <tr>
              <th scope="col">Target</th>
              {dimensions.map(([name, summary]) => (
                <th key={name} scope="col">
                  <span class="heat-map-name">{name}</span>
                  <span class="heat-map-scale">{scaleWords(summary, measure)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((target) => (
              <Row key={target} name={target} target={target} run={route.run} summaries={pick(run.targets, target) ?? {}} dimensions={dimensions} measure={measure} />
            ))}
          </tbody>
          {rows.length > 1 ? (
            <tfoot>
              <Row name="all targets" target={null} run={route.run} summaries={run.dimensions} dimensions={dimensions} measure={measure} />
            </tfoot>
          ) : null}
        </table>
      </div>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly target: string | null;
  readonly run: string;
  readonly summaries: Readonly<Record<string, DimensionSummary>>;
  readonly dimensions: readonly (readonly [string, DimensionSummary])[];
  readonly measure: Measure;
}

function Row({ name, target, run, summaries, dimensions, measure }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <a href={listed(run, { target })}>{name}</a>
      </th>
      {dimensions.map(([dimension]) => {
        const summary = pick(summaries, dimension);
        const common = measure === "hits" ? { hits: [dimension] } : {};
        return <Cell key={dimension} summary={summary} measure={measure} href={listed(run, { state: "valid", target, sort: `d.${dimension}`, ...common })} />;
      })}
    </tr>
  );
}

function Cell({ summary, measure, href }: { summary: DimensionSummary | undefined; measure: Measure; href: string }) {
  if (summary === undefined) return <td class="is-absent" title="No audit of this target was asked for it">·</td>;
  const { value, interval, step } = readings(summary, measure);
  const { n_scored: n, n_valid: asked } = summary;
  const few = n < FEW ? " is-few" : "";
  const written = measure === "hits" ? percent : (mean: number) => mean.toFixed(1);
  return (
    <td class={`heat-map-cell heat-${value === null ? "none" : (step ?? "neutral")}${few}`}>
      <a href={href}>
        <span class="heat-map-value">{value === null ? "—" : written(value)}</span>
        <span class="heat-map-rest">
          {interval === null ? null : <span>{`${written(interval[0])} – ${written(interval[1])}`}</span>}
          <span title={n === asked ? undefined : `${asked - n} of ${asked} valid audits have no value`}>
            n {whole(n)}
            {n === asked ? "" : `/${whole(asked)}`}
          </span>
        </span>
      </a>
    </td>
  );
}

interface Readings {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly step: number | null;
}

/** What a cell says, and how dark it is: a mean by its scale, a rate by itself. */
export function readings(summary: DimensionSummary, measure: Measure): Readings {
  if (measure === "hits") {
    const { hit_rate: value, hit_rate_ci95: interval } = summary;
    return { value, interval, step: value === null ? null : Math.round(value * 6) };
  }
  const { mean: value, ci95: interval } = summary;
  return { value, interval, step: value === null ? null : heat(value, summary.scale) };
}

function scaleWords({ scale, threshold }: DimensionSummary, measure: Measure): string {
  if (measure === "hits") return threshold === null ? "no threshold" : `${scale.worse === "low" ? "≤" : "≥"} ${threshold}`;
  return scale.worse === "none" ? `${scale.min}–${scale.max}` : `${scale.min}–${scale.max} ${scale.worse === "high" ? "↑" : "↓"} worse`;
}
