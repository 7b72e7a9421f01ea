// The table of audits: only the rows that can be seen are drawn, so that ten thousand cost no more than fifty.
import type { ComponentChildren, RefObject } from "preact";
import { HeatCell } from "../../parts/heat-cell";
import { Link } from "../../parts/small";
import { runName, shortName } from "../../names";
import { cost, whole } from "../../numbers";
import type { AuditRow } from "../../wire";
import type { Column } from "./columns";
import { variablesLine, type Row } from "./rows";
import type { Sort } from "./sorting";
import type { Span } from "./window";

interface Plain {
  readonly name: string;
  readonly title: string;
  /** The whole of a title that is cut short. */
  readonly full?: string;
  cell(row: Row): ComponentChildren;
}

function Marks({ marks }: { marks: AuditRow["marks"] }) {
  if (marks.length === 0) return null;
  const text = marks.join(", ");
  return (
    <span class="badge badge-warn" title={text} aria-label={text} role="img">
      {marks.length}
    </span>
  );
}

/** The values alone; the names are on hover, and stand in the filters. */
function Variables({ variables }: { variables: AuditRow["variables"] }) {
  return <span title={variablesLine(variables)}>{Object.values(variables).map(String).join(" · ")}</span>;
}

const BEFORE: readonly Plain[] = [
  { name: "variables", title: "Variables", cell: ({ audit }) => <Variables variables={audit.variables} /> },
  { name: "target", title: "Target", cell: ({ audit }) => <span title={audit.target}>{shortName(audit.target)}</span> },
  { name: "epoch", title: "Ep.", full: "Epoch", cell: ({ audit }) => audit.epoch },
];

const AFTER: readonly Plain[] = [
  { name: "marks", title: "Marks", full: "Why a person should look", cell: ({ audit }) => <Marks marks={audit.marks} /> },
  { name: "outcome", title: "Outcome", cell: ({ audit }) => <Outcome audit={audit} /> },
  { name: "turns", title: "Turns", full: "The target's turns on the longest branch", cell: ({ audit }) => audit.turns },
  { name: "branches", title: "Br.", full: "Branches", cell: ({ audit }) => audit.branches },
  { name: "cost", title: "Cost", cell: ({ audit }) => cost(audit.cost_usd) },
];

function Outcome({ audit }: { audit: AuditRow }) {
  const same = audit.outcome === audit.state;
  return (
    <span class={`outcome outcome-${audit.state}`} title={same ? audit.outcome : `${audit.state}: ${audit.outcome}`}>
      {audit.outcome}
    </span>
  );
}

/** Which of the columns say anything about these rows. */
function present(columns: readonly Plain[], rows: readonly Row[]): readonly Plain[] {
  return columns.filter(({ name }) => {
    if (name === "variables") return rows.some((row) => Object.keys(row.audit.variables).length > 0);
    return name !== "marks" || rows.some((row) => row.audit.marks.length > 0);
  });
}

interface HeadProps {
  name: string;
  sort: Sort;
  full?: string | undefined;
  class?: string;
  onSort: (column: string) => void;
  children: ComponentChildren;
}

function Head({ name, sort, full, class: kind = "", onSort, children }: HeadProps) {
  const on = sort.column === name;
  // Scores and numbers begin with the greatest, words with the least.
  const falls = name.startsWith("d.") || ["turns", "branches", "cost"].includes(name);
  const order = on ? (falls === sort.turned ? "ascending" : "descending") : undefined;
  return (
    <th scope="col" class={`col-${name.startsWith("d.") ? "score" : name} ${kind}`} aria-sort={order}>
      <button type="button" title={full} onClick={() => onSort(name)}>
        <span class="head-word">{children}</span>
        {on && <span class="head-sort" aria-hidden="true">{order === "ascending" ? "↑" : "↓"}</span>}
      </button>
    </th>
  );
}

interface TableProps {
  frame: RefObject<HTMLDivElement | null>;
  span: Span;
  /** The rows in order, of which `span` says the visible ones. */
  rows: readonly Row[];
  /** All rows of the list, which decide on the columns. */
  all: readonly Row[];
  columns: readonly Column[];
  sort: Sort;
  cursor: string | null;
  /** Names of runs by key, where the list is of several. */
  runs: ReadonlyMap<string, string> | null;
  onSort: (column: string) => void;
}

export function Table(props: TableProps) {
  const { frame, span, rows, all, columns, sort, cursor, runs, onSort } = props;
  const before = present(BEFORE, all);
  const after = present(AFTER, all);
  const width = 1 + (runs === null ? 0 : 1) + before.length + columns.length + after.length;
  const plain = (each: Plain) => (
    <Head key={each.name} name={each.name} sort={sort} full={each.full} onSort={onSort}>
      {each.title}
    </Head>
  );
  return (
    <div class="list-frame" ref={frame} tabIndex={0} role="region" aria-label="Audits">
      <table class="audits" aria-rowcount={rows.length + 1} style={{ "--scores": columns.length }}>
        <thead>
          <tr>
            <Head name="scenario" sort={sort} onSort={onSort}>
              Scenario
            </Head>
            {runs !== null && (
              <Head name="run" sort={sort} onSort={onSort}>
                Run
              </Head>
            )}
            {before.map(plain)}
            {columns.map(({ dimension }) => (
              <Head key={dimension.name} name={`d.${dimension.name}`} sort={sort} full={`${dimension.name}: ${dimension.scale.min} to ${dimension.scale.max}, ${worse(dimension.scale.worse)}`} onSort={onSort}>
                {dimension.name.replaceAll("_", " ")}
              </Head>
            ))}
            {after.map(plain)}
          </tr>
        </thead>
        <tbody>
          <Space height={span.before} width={width} />
          {rows.slice(span.first, span.end).map((row, at) => (
            <tr key={row.key} data-key={row.key} class={row.key === cursor ? "cursor" : undefined} aria-rowindex={span.first + at + 2}>
              <th scope="row" class="col-scenario">
                <Link to={{ page: "transcript", run: row.audit.run, audit: row.audit.key }} title={row.audit.id}>
                  {row.audit.scenario}
                </Link>
              </th>
              {runs !== null && <td class="col-run" title={runs.get(row.audit.run)}>{runName(runs.get(row.audit.run) ?? row.audit.run)}</td>}
              {before.map((each) => (
                <td key={each.name} class={`col-${each.name}`}>
                  {each.cell(row)}
                </td>
              ))}
              {columns.map(({ at: position, dimension }) => (
                <td key={dimension.name} class="col-score">
                  <HeatCell value={row.audit.scores[position] ?? null} dimension={dimension} />
                </td>
              ))}
              {after.map((each) => (
                <td key={each.name} class={`col-${each.name}`}>
                  {each.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Space height={span.after} width={width} />
        </tbody>
      </table>
      <p class="spoken" role="status">{`${whole(rows.length)} audits`}</p>
    </div>
  );
}

function worse(end: "high" | "low" | "none"): string {
  return end === "none" ? "neither end is worse" : `${end} is worse`;
}

/** Room for rows that are not drawn. */
function Space({ height, width }: { height: number; width: number }) {
  if (height === 0) return null;
  return (
    <tr class="space" aria-hidden="true">
      <td colSpan={width} style={{ "--height": `${height}px` }} />
    </tr>
  );
}
