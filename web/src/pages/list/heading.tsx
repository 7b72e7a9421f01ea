// What run a list is of, and where one can go from it.
import { Link, Badge } from "../../parts/small";
import { StatusBadge } from "../../parts/run-status";
import { several } from "../../names";
import { cost, counted, time } from "../../numbers";
import type { RunRow } from "../../wire";

function Verdicts({ row }: { row: RunRow }) {
  if (row.verdicts.length === 0) return null;
  return (
    <span>
      verdicts{" "}
      {row.verdicts.map((set) => (
        <Link key={set.key} to={{ page: "list", run: set.key }} class="heading-set">
          {set.name}
        </Link>
      ))}
    </span>
  );
}

export function Heading({ row }: { row: RunRow | null }) {
  if (row === null)
    return (
      <header class="heading">
        <h1>All audits</h1>
      </header>
    );
  return (
    <header class="heading">
      <h1 class="mono">{row.id}</h1>
      <StatusBadge status={row.status} />
      {row.breaches > 0 && <Badge tone="bad">{counted(row.breaches, "breach", "breaches")}</Badge>}
      <p class="heading-facts">
        {row.started !== null && <span>{time(row.started)}</span>}
        {row.models !== null && <span title={row.models.target.join("\n")}>{several(row.models.target, 4)}</span>}
        {row.models !== null && <span title={row.models.judge.join("\n")}>{row.models.judge.length === 0 ? "not judged" : `judged by ${several(row.models.judge, 4)}`}</span>}
        <span>{row.cost_usd === null ? "cost not known" : cost(row.cost_usd)}</span>
        <Verdicts row={row} />
      </p>
      <nav class="heading-nav" aria-label="This run">
        {row.of !== null && <Link to={{ page: "list", run: row.of }}>The run judged</Link>}
        {row.status !== "foreign" && <Link to={{ page: "report", run: row.key }}>Report</Link>}
        <Link to={{ page: "charts", run: row.key }}>Charts</Link>
        <Link to={{ page: "runs", pick: row.key }}>Compare…</Link>
      </nav>
    </header>
  );
}
