/** The scores of one pair, dimension by dimension, with both sides' reasons beside each other on request. */
import { foremost } from "../../foremost";
import { HeatCell } from "../../parts/heat-cell";
import { pick } from "../../records";
import type { RouteOf } from "../../route";
import type { AuditScore, ComparisonView, TranscriptView } from "../../wire";
import type { Row } from "./filters";
import { Shift } from "./pair-list";

interface Props {
  readonly route: RouteOf<"compare">;
  readonly view: ComparisonView;
  readonly row: Row;
  /** Null while they are read. */
  readonly left: TranscriptView | null;
  readonly right: TranscriptView | null;
}

export function Scores({ route, view, row, left, right }: Props) {
  const all = view.dimensions.map((dimension, position) => ({ dimension, change: row.changes[position] }));
  const scored = foremost(all, ({ change }) => typeof change?.left === "number" || typeof change?.right === "number");
  return (
    <div class="pair-scores" role="group" aria-label="Scores">
      {scored.map(({ dimension, change }) => {
        if (change === undefined || (change.left === null && change.right === null)) return null;
        const reasons = [scoreOf(left, view.left.run, dimension.name), scoreOf(right, view.right.run, dimension.name)];
        return (
          <details key={dimension.name} class="pair-score" open={route.d === dimension.name}>
            <summary>
              <span class="pair-score-name">{dimension.name}</span>
              <HeatCell value={change.left} dimension={dimension} />
              <Shift change={change} />
              <HeatCell value={change.right} dimension={dimension} />
            </summary>
            <div class="pair-reasons">
              {reasons.map((score, side) => (
                <Reasons key={side} score={score} side={side === 0 ? "Left" : "Right"} />
              ))}
            </div>
          </details>
        );
      })}
    </div>
  );
}

/** What a set of verdicts says of a dimension; undefined where it does not, or was not read yet. */
function scoreOf(transcript: TranscriptView | null, set: string, dimension: string): AuditScore | undefined {
  const verdicts = transcript?.verdicts.find(({ key }) => key === set) ?? transcript?.verdicts[0];
  return verdicts === undefined ? undefined : pick(verdicts.audit.scores, dimension);
}

function Reasons({ score, side }: { score: AuditScore | undefined; side: string }) {
  if (score === undefined || score.judges.length === 0) return <p class="muted">{side}: no reason is recorded.</p>;
  return (
    <ul aria-label={`${side}: reasons`}>
      {score.judges.map(({ judge, value, status, reason, seat, repeat }) => (
        <li key={`${judge} ${seat} ${repeat}`}>
          <span class="mono muted">{judge}</span> <b>{value ?? status.replaceAll("_", " ")}</b> {reason}
        </li>
      ))}
    </ul>
  );
}
