/** One line of a forest plot: a difference and its interval on an axis that all lines of a table share. */
import type { JSX } from "preact";
import { forestMark, type commonAxis, type Difference } from "./differences";

interface Props {
  readonly difference: Difference;
  readonly axis: ReturnType<typeof commonAxis>;
  /** Which way is worse, so that the mark can say it by its colour; the number beside it says it too. */
  readonly worse: "high" | "low" | "none";
  readonly alternative: string;
}

const HEIGHT = 22;
const EDGE = 6;

export function ForestLine({ difference, axis, worse, alternative }: Props): JSX.Element {
  const mark = forestMark(difference, axis);
  const width = axis.to;
  const middle = width / 2;
  return (
    <svg class="forest" width={width + 2 * EDGE} height={HEIGHT} viewBox={`${-EDGE} 0 ${width + 2 * EDGE} ${HEIGHT}`} role="img" aria-label={alternative}>
      <line class="forest-zero" x1={middle} x2={middle} y1={0} y2={HEIGHT} />
      {mark === null ? null : (
        <g class={`forest-mark is-${mark.clear ? direction(difference.value ?? 0, worse) : "open"}`}>
          {mark.line === null ? null : <line x1={mark.line[0]} x2={mark.line[1]} y1={HEIGHT / 2} y2={HEIGHT / 2} />}
          <circle cx={mark.at} cy={HEIGHT / 2} r={4} />
        </g>
      )}
    </svg>
  );
}

/** What the axis says, under the last line. */
function ForestAxis({ axis }: { axis: Props["axis"] }): JSX.Element {
  const width = axis.to;
  const unit = (value: number) => (axis.unit === "share" ? `${Math.round(value * 100)} %` : String(value));
  const sign = (value: number) => (value > 0 ? "+" : value < 0 ? "−" : "") + unit(Math.abs(value));
  return (
    <svg class="forest" width={width + 2 * EDGE} height={18} viewBox={`${-EDGE} 0 ${width + 2 * EDGE} 18`} aria-hidden="true">
      <line class="chart-axis" x1={0} x2={width} y1={0.5} y2={0.5} />
      <text class="forest-low" x={0} y={14}>{sign(axis.low)}</text>
      <text class="forest-middle" x={width / 2} y={14}>0</text>
      <text class="forest-high" x={width} y={14}>{sign(axis.high)}</text>
    </svg>
  );
}

/** The foot of a table of such lines: the axis below them, between so many columns before it and after it. */
export function ForestFoot({ axis, before, after }: { axis: Props["axis"]; before: number; after: number }): JSX.Element {
  return (
    <tfoot>
      <tr aria-hidden="true">
        <td colSpan={before} />
        <td class="compare-drawn">
          <ForestAxis axis={axis} />
        </td>
        <td colSpan={after} class="compare-unit">
          {axis.unit === "share" ? "as a part of each scale" : "points"}
        </td>
      </tr>
    </tfoot>
  );
}

function direction(difference: number, worse: Props["worse"]): "worse" | "better" | "open" {
  if (worse === "none" || difference === 0) return "open";
  return difference > 0 === (worse === "high") ? "worse" : "better";
}
