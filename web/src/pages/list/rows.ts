// The audits of a list, with what filtering and sorting ask of all of them made ready once.
import type { AuditList, AuditRow, ListDimension } from "../../wire";
import { worstBadness } from "../../worst";

export interface Row {
  /** Names the row in this list: run and audit. */
  readonly key: string;
  readonly audit: AuditRow;
  /** How bad its worst score is, from 0 to 1; -1 where nothing was scored, or the audit is not valid. */
  readonly worst: number;
}

/** The dimensions at or past their thresholds, by position; what an audit that is not valid scored is no hit. */
export function hitsOf(audit: AuditRow): readonly number[] {
  return audit.state === "valid" ? audit.hits : [];
}

export interface Listed {
  readonly dimensions: readonly ListDimension[];
  readonly rows: readonly Row[];
  /** By position of the row, its metadata in lower case, to be searched; made when first asked for. */
  texts(): readonly string[];
}

/** `pressure=high tone=warm` */
export function variablesLine(variables: AuditRow["variables"]): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}

function textOf(audit: AuditRow): string {
  const words = [audit.id, audit.scenario, audit.file, audit.target, variablesLine(audit.variables), audit.state, audit.outcome, ...audit.marks];
  return words.join("\n").toLowerCase();
}

/** The rows of an answer. */
export function listed({ audits, dimensions }: AuditList): Listed {
  let texts: readonly string[] | null = null;
  return {
    dimensions,
    rows: audits.map((audit) => ({ key: `${audit.run}.${audit.key}`, audit, worst: worstBadness(audit, dimensions) })),
    texts: () => (texts ??= audits.map(textOf)),
  };
}
