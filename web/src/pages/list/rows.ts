// The audits of a list, with everything that filtering and sorting ask of them made ready once.
import type { AuditList, AuditRow, ListDimension } from "../../wire";
import { worstBadness } from "../../worst";

export interface Row {
  /** Names the row in this list: run and audit. */
  readonly key: string;
  readonly audit: AuditRow;
  /** Its metadata in lower case, to be searched. */
  readonly text: string;
  /** How bad its worst score is, from 0 to 1; -1 where nothing was scored. */
  readonly worst: number;
  /** Its variables in one line. */
  readonly variables: string;
}

export interface Listed {
  readonly dimensions: readonly ListDimension[];
  readonly rows: readonly Row[];
}

/** A row's name within a list. */
export function rowKey(run: string, audit: string): string {
  return `${run}.${audit}`;
}

/** `pressure=high tone=warm` */
export function variablesLine(variables: AuditRow["variables"]): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}

function rowOf(audit: AuditRow, dimensions: readonly ListDimension[]): Row {
  const variables = variablesLine(audit.variables);
  const words = [audit.id, audit.scenario, audit.file, audit.target, variables, audit.state, audit.outcome, ...audit.marks];
  return {
    key: rowKey(audit.run, audit.key),
    audit,
    text: words.join("\n").toLowerCase(),
    worst: worstBadness(audit, dimensions),
    variables,
  };
}

/** The rows of an answer. */
export function listed(list: AuditList): Listed {
  return { dimensions: list.dimensions, rows: list.audits.map((audit) => rowOf(audit, list.dimensions)) };
}
