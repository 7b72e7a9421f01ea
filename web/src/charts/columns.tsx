/** A column chart of counts: drawn in pixels, the number on every column, no axis where none is needed. */
import type { JSX } from "preact";
import { place } from "./scale";
import { useWidth } from "./width";

/** One column. */
export interface Column {
  /** Under it; may be left out where many stand close. */
  readonly label: string;
  readonly count: number;
  /** What it counts, in words: shown when it is pointed to. */
  readonly what: string;
  /** Its colour: 0 to 6 towards the worse end; neutral where there is no such end. */
  readonly heat: number | "neutral";
  /** Where the audits that it counts are listed. */
  readonly href: string;
}

/** A line between columns: those on one side of it are hits. */
export interface Threshold {
  /** The first column after the line. */
  readonly before: number;
  readonly label: string;
}

/** A mean and its interval above the columns, in columns from the middle of the first. */
export interface Average {
  readonly at: number;
  readonly interval: readonly [number, number] | null;
}

interface Props {
  readonly columns: readonly Column[];
  /** The text alternative: what is shown, and what it comes to. */
  readonly alternative: string;
  readonly threshold?: Threshold | null;
  readonly average?: Average | null;
  /** Columns of ranges have their labels where they begin, not under their middle. */
  readonly ranges?: boolean;
  readonly height?: number;
}

/** A column that is wider looks like more than it counts. */
const WIDEST = 56;
const TOP = 34;
const BOTTOM = 20;

export function Columns({ columns, alternative, threshold = null, average = null, ranges = false, height = 132 }: Props): JSX.Element {
  const [ref, width] = useWidth<HTMLDivElement>(320);
  const slot = Math.min(WIDEST, width / Math.max(1, columns.length));
  const most = Math.max(1, ...columns.map(({ count }) => count));
  const base = height - BOTTOM;
  const every = Math.max(1, Math.ceil(labelWidth(columns) / slot));
  return (
    <div class="chart-columns" ref={ref}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={alternative}>
        {average === null ? null : <Mean average={average} slot={slot} width={width} />}
        {threshold === null ? null : <Line threshold={threshold} slot={slot} width={width} base={base} />}
        {columns.map((column, index) => {
          const top = place({ low: 0, high: most, from: base, to: TOP }, column.count);
          const across = slot * (index + 0.5);
          return (
            <g
              key={index}
              class={column.count > 0 ? "chart-column is-listed" : "chart-column"}
              onClick={column.count > 0 ? () => location.assign(column.href) : undefined}
            >
              <title>{column.what}</title>
              <rect class="column-reach" x={slot * index} y={TOP} width={slot} height={base - TOP} />
              <rect
                class={`column-bar heat-${column.heat}`}
                x={slot * index + gap(slot)}
                y={top}
                width={Math.max(1, slot - 2 * gap(slot))}
                height={base - top}
              />
              {column.count > 0 && fits(column.count, slot) ? (
                <text class="column-count" x={across} y={top - 4}>{column.count}</text>
              ) : null}
              {index % every === 0 ? (
                <text class={ranges && index === 0 ? "column-label is-first" : "column-label"} x={ranges ? slot * index : across} y={height - 5}>
                  {column.label}
                </text>
              ) : null}
            </g>
          );
        })}
        <line class="chart-axis" x1={0} x2={slot * columns.length} y1={base + 0.5} y2={base + 0.5} />
      </svg>
    </div>
  );
}

function Mean({ average, slot, width }: { average: Average; slot: number; width: number }): JSX.Element {
  const across = (columns: number) => Math.min(width - 3, Math.max(3, slot * (columns + 0.5)));
  const { at, interval } = average;
  return (
    <g class="chart-mean">
      {interval === null ? null : <line x1={across(interval[0])} x2={across(interval[1])} y1={6} y2={6} />}
      <circle cx={across(at)} cy={6} r={3} />
    </g>
  );
}

function Line({ threshold, slot, width, base }: { threshold: Threshold; slot: number; width: number; base: number }): JSX.Element {
  const across = Math.min(width - 0.5, Math.max(0.5, Math.round(slot * threshold.before) + 0.5));
  const late = across > width / 2;
  return (
    <g class="chart-threshold">
      <line x1={across} x2={across} y1={12} y2={base} />
      <text class={late ? "is-late" : undefined} x={across + (late ? -4 : 4)} y={21}>{threshold.label}</text>
    </g>
  );
}

/** Six and a half pixels for a digit of the small size, and space between two labels. */
function labelWidth(columns: readonly Column[]): number {
  return Math.max(...columns.map(({ label }) => label.length)) * 6.5 + 8;
}

function fits(count: number, slot: number): boolean {
  return String(count).length * 6.5 <= slot + 4;
}

function gap(slot: number): number {
  return slot > 12 ? 2 : slot > 4 ? 1 : 0;
}
