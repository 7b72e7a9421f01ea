// The table of runs.
import { CountsBar, stateCounts, STATE_WORDS, STATES } from "../../parts/counts-bar";
import { StatusBadge } from "../../parts/run-status";
import { Link } from "../../parts/small";
import { several, shortName } from "../../names";
import { cost, counted, time, whole } from "../../numbers";
import { FAILED, isStatus, statusMeaning, statusWord } from "../../scores";
import type { Counts, RunRow } from "../../wire";
import type { Listed } from "./runs";

function Planned({ counts }: { counts: Counts | null }) {
  if (counts === null) return <span class="muted">not known</span>;
  const states = stateCounts(counts);
  const parts = STATES.filter((state) => states[state] > 0);
  return (
    <div class="planned">
      <span>
        <b>{whole(counts.planned)}</b> ={" "}
        {parts.map((state, at) => (
          <span key={state} class={`planned-${state}`}>
            {at > 0 && " + "}
            {whole(states[state])} {STATE_WORDS[state]}
          </span>
        ))}
        {parts.length === 0 && "0"}
      </span>
      <CountsBar counts={states} />
    </div>
  );
}

/** How many scores have no value; of what does not apply nothing is missing. */
function Unscored({ unscored }: { unscored: RunRow["unscored"] }) {
  const entries = Object.entries(unscored);
  if (entries.length === 0) return <span class="muted">0</span>;
  const failed = entries.filter(([name]) => isStatus(name) && FAILED.has(name)).reduce((total, [, n]) => total + n, 0);
  const title = entries.map(([name, n]) => (isStatus(name) ? `${whole(n)} ${statusWord(name)}: ${statusMeaning(name)}` : `${whole(n)} ${name}`)).join("\n");
  const total = entries.reduce((sum, [, n]) => sum + n, 0);
  return (
    <span title={title} class={failed > 0 ? "runs-failed" : "muted"}>
      {whole(total)}
    </span>
  );
}

function Hits({ row }: { row: RunRow }) {
  if (row.hits === null) return <span class="muted" title="Nothing here has a threshold">none set</span>;
  return <span class={row.hits > 0 ? "runs-hits" : "muted"}>{whole(row.hits)}</span>;
}

interface RowProps {
  listed: Listed;
  cursor: boolean;
  pick: string | undefined;
  onPick: (key: string) => void;
}

function Pick({ row, pick, onPick }: { row: RunRow; pick: string | undefined; onPick: (key: string) => void }) {
  if (row.counts === null) return null;
  const mine = pick === row.key;
  return (
    <button type="button" class="quiet" aria-pressed={mine} onClick={() => onPick(row.key)}>
      {mine ? "chosen" : pick === undefined ? "compare…" : "with this"}
    </button>
  );
}

function Run({ listed: { row, below }, cursor, pick, onPick }: RowProps) {
  const models = row.models;
  return (
    <tr data-key={row.key} class={`${below ? "below" : ""} ${cursor ? "cursor" : ""}`}>
      <th scope="row" class="runs-name">
        <Link to={{ page: "list", run: row.key }} title={row.id}>
          {below ? shortName(row.id) : row.id}
        </Link>
        {below && <span class="muted"> verdicts by {several(models?.judge ?? [])}</span>}
        {!below && <span class="runs-files" title={row.files.join("\n")}>{several(row.files)}</span>}
        {row.error !== null && <span class="runs-error">{row.error}</span>}
      </th>
      <td class="runs-models">
        {!below && models !== null && (
          <>
            <span title={models.target.join("\n")}>{several(models.target)}</span>
            <span class="muted" title={models.judge.join("\n")}>
              {models.judge.length === 0 ? "not judged" : `judged by ${several(models.judge)}`}
            </span>
          </>
        )}
      </td>
      <td class="nowrap">{time(row.started)}</td>
      <td>
        <StatusBadge status={row.status} />
        {row.breaches > 0 && <span class="runs-breaches">{counted(row.breaches, "breach", "breaches")}</span>}
      </td>
      <td class="runs-planned">
        <Planned counts={row.counts} />
      </td>
      <td class="num" data-what={row.counts === null ? undefined : "unscored"}>{row.counts !== null && <Unscored unscored={row.unscored} />}</td>
      <td class="num" data-what={row.counts === null ? undefined : "hits"}>{row.counts !== null && <Hits row={row} />}</td>
      <td class="num" data-what={row.counts === null ? undefined : "cost"}>{row.counts !== null && cost(row.cost_usd)}</td>
      <td class="runs-pick">
        <Pick row={row} pick={pick} onPick={onPick} />
      </td>
    </tr>
  );
}

interface TableProps {
  rows: readonly Listed[];
  cursor: string | null;
  pick: string | undefined;
  onPick: (key: string) => void;
}

export function RunsTable({ rows, cursor, pick, onPick }: TableProps) {
  return (
    <div class="runs-frame" role="region" aria-label="Runs" tabIndex={0}>
      <table class="runs">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Target and judge</th>
            <th scope="col">Started</th>
            <th scope="col">Status</th>
            <th scope="col">Planned</th>
            <th scope="col" class="num" title="Scores of valid audits that have no value">
              Unscored
            </th>
            <th scope="col" class="num" title="Valid audits with a score at or past a threshold">
              Hits
            </th>
            <th scope="col" class="num">
              Cost
            </th>
            <th scope="col">
              <span class="spoken">Compare</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((listed) => (
            <Run key={listed.row.key} listed={listed} cursor={listed.row.key === cursor} pick={pick} onPick={onPick} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
