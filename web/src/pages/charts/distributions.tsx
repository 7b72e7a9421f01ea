/** How the scores of each dimension lie. */
import { useMemo } from "preact/hooks";
import { BinTable } from "../../charts/bin-table";
import { Columns, type Average, type Column, type Threshold } from "../../charts/columns";
import { Figure } from "../../charts/figure";
import { listed } from "../../charts/listing";
import { foremost } from "../../foremost";
import { counted, score, whole } from "../../numbers";
import { pick } from "../../records";
import { FAILED, heat, statusMeaning, statusWord } from "../../scores";
import type { AuditList, DimensionSummary, RunDetail } from "../../wire";
import { distributions, type Distribution } from "./counts";
import { scoresOf, type Shared } from "./tables";

interface Props extends Shared {
  readonly run: RunDetail;
  readonly list: AuditList;
}

export function Distributions({ run, list, ...shared }: Props) {
  const { target } = shared;
  const all = useMemo(() => distributions(list, target), [list, target]);
  const summaries = target === null ? run.dimensions : pick(run.targets, target);
  if (all.length === 0) return null;
  return (
    <section class="charts-section" aria-labelledby="charts-scores">
      <h2 id="charts-scores">Scores by dimension{target === null ? "" : `, ${target}`}</h2>
      <div class="charts-grid">
        {foremost(all, ({ values }) => values.length > 0).map((each) => (
          <DistributionChart
            key={each.dimension.name}
            each={each}
            summary={summaries === undefined ? undefined : pick(summaries, each.dimension.name)}
            {...shared}
          />
        ))}
      </div>
    </section>
  );
}

interface ChartProps extends Shared {
  readonly each: Distribution;
  readonly summary: DimensionSummary | undefined;
}

function DistributionChart({ each, summary, route, target, isOpen, onToggle }: ChartProps) {
  const { dimension, missing } = each;
  const link = (...values: readonly (number | string)[]) => listed(route.run, { state: "valid", target, score: [dimension.name, values] });
  const columns: readonly Column[] = each.bins.map(({ from, to, count }, index) => ({
    label: from === to ? score(from) : `${from}–${to}`,
    count,
    what: `${from === to ? score(from) : `${from} to ${to}`}: ${counted(count, "audit")}`,
    heat: heat((from + to) / 2, dimension.scale) ?? "neutral",
    href: link(...(from === to ? [from] : within(each.values, from, to, index === each.bins.length - 1))),
  }));
  const lost = [...missing].map(([status, count]) => ({ label: statusWord(status), count, what: statusMeaning(status), href: link(status), failed: FAILED.has(status) }));
  return (
    <Figure
      title={<Title dimension={dimension} />}
      note={<Note each={each} summary={summary} lost={lost} />}
      open={isOpen(scoresOf(dimension.name))}
      onToggle={() => onToggle(scoresOf(dimension.name))}
      chart={
        each.values.length === 0 ? (
          <p class="chart-empty">No audit has a value.</p>
        ) : (
          <Columns columns={columns} alternative={alternative(each)} threshold={thresholdOf(each)} average={averageOf(each, summary)} />
        )
      }
      table={<BinTable of="Score" columns={columns} missing={lost} />}
    />
  );
}

/** The values that a column of several holds. */
function within(values: readonly number[], from: number, to: number, last: boolean): readonly number[] {
  return [...new Set(values.filter((value) => value >= from && (value < to || (last && value === to))))];
}

function Title({ dimension }: Pick<Distribution, "dimension">) {
  const { min, max, worse } = dimension.scale;
  return (
    <>
      {dimension.name}
      <span class="chart-scale">
        {min}–{max}, {worse === "none" ? "neither end is worse" : `${worse} is worse`}
      </span>
    </>
  );
}

interface NoteProps {
  readonly each: Distribution;
  readonly summary: DimensionSummary | undefined;
  readonly lost: readonly { readonly label: string; readonly count: number; readonly what: string; readonly href: string; readonly failed: boolean }[];
}

function Note({ each, summary, lost }: NoteProps) {
  const mean = summary?.mean ?? each.mean;
  const interval = summary?.ci95 ?? null;
  return (
    <>
      <span class="chart-n">
        n = {whole(each.values.length)}
        {each.values.length === each.asked ? "" : ` of ${whole(each.asked)}`}
      </span>
      {mean === null ? null : (
        <span>
          mean {mean.toFixed(1)}
          {interval === null ? "" : ` [${interval[0].toFixed(1)}, ${interval[1].toFixed(1)}]`}
        </span>
      )}
      {each.hits === null ? null : <span>{counted(each.hits, "hit")}</span>}
      {lost.map(({ label, count, what, href, failed }) => (
        <a key={label} class={failed ? "chart-missing is-missing" : "chart-missing"} href={href} title={what}>
          {whole(count)} {label}
        </a>
      ))}
      {summary !== undefined && summary.n_screened > 0 ? <span title="Read by the screener of a cascade alone; the audits that were drawn stand for them">{whole(summary.n_screened)} only screened</span> : null}
    </>
  );
}

/** The columns in words. */
export function alternative({ dimension, asked, values, bins }: Distribution): string {
  const parts = bins.filter(({ count }) => count > 0).map(({ from, to, count }) => `${from === to ? score(from) : `${from} to ${to}`}: ${count}`);
  return `Valid audits by score on ${dimension.name}, ${values.length} of ${asked} with a value. ${parts.join(", ")}.`;
}

function thresholdOf({ dimension, bins }: Distribution): Threshold | null {
  const { threshold, scale } = dimension;
  if (threshold === null || scale.worse === "none") return null;
  const past = bins.findIndex(({ from }) => (scale.worse === "high" ? from >= threshold : from > threshold));
  return { before: past < 0 ? bins.length : past, label: scale.worse === "high" ? `hit ≥ ${threshold}` : `hit ≤ ${threshold}` };
}

function averageOf({ bins, mean: plain }: Distribution, summary: DimensionSummary | undefined): Average | null {
  const mean = summary?.mean ?? plain;
  const [first, second] = bins;
  if (mean === null || first === undefined || second === undefined || first.from !== first.to) return null;
  const step = second.from - first.from;
  const at = (value: number) => (value - first.from) / step;
  const interval = summary?.ci95 ?? null;
  return { at: at(mean), interval: interval === null ? null : [at(interval[0]), at(interval[1])] };
}
