/** How the scores of one dimension lie, as columns over its scale. */
import { counted, score, whole } from "../numbers";
import { FAILED, heat, statusMeaning, statusWord, type Status } from "../scores";
import type { DimensionSummary, ListDimension } from "../wire";
import { BinTable } from "./bin-table";
import type { Bin } from "./bins";
import { Columns, type Average, type Column, type Threshold } from "./columns";
import { Figure } from "./figure";
import { listed } from "./listing";
import { scoresOf, type Shared } from "./tables";

/** One dimension over valid audits: `asked` is the values and everything that is missing. */
export interface Distribution {
  readonly dimension: ListDimension;
  readonly asked: number;
  readonly values: readonly number[];
  readonly bins: readonly Bin[];
  readonly missing: ReadonlyMap<Status, number>;
  readonly hits: number | null;
  readonly mean: number | null;
}

interface ChartProps extends Shared {
  readonly each: Distribution;
  readonly summary: DimensionSummary | undefined;
  /** Names the chart in addresses, where it is not the only one of its dimension; and what it is called then. */
  readonly named?: { readonly name: string; readonly title: string };
}

export function DistributionChart({ each, summary, run, target, isOpen, onToggle, named }: ChartProps) {
  const name = named?.name ?? scoresOf(each.dimension.name);
  const { dimension, missing } = each;
  const link = (...values: readonly (number | string)[]) => listed(run, { state: "valid", target, score: [dimension.name, values] });
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
      title={named?.title ?? <Title dimension={dimension} />}
      note={<Note each={each} summary={summary} lost={lost} />}
      open={isOpen(name)}
      onToggle={() => onToggle(name)}
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
