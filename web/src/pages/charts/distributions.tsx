/** How the scores of each dimension lie. */
import { useMemo } from "preact/hooks";
import { DistributionChart } from "../../charts/distribution";
import type { Shared } from "../../charts/tables";
import { foremost } from "../../foremost";
import { pick } from "../../records";
import type { AuditList, RunDetail } from "../../wire";
import { distributions } from "./counts";

interface Props extends Shared {
  readonly detail: RunDetail;
  readonly list: AuditList;
}

export function Distributions({ detail, list, ...shared }: Props) {
  const { target } = shared;
  const all = useMemo(() => distributions(list, target), [list, target]);
  const summaries = target === null ? detail.dimensions : pick(detail.targets, target);
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
