/** What the charts of a run count, from the list of its audits. Pure: every number here can be listed audit by audit. */
import { amountBins, median, scoreBins, total, turnBins, type Bin } from "../../charts/bins";
import type { Distribution } from "../../charts/distribution";
import type { Status } from "../../scores";
import type { AuditList, AuditRow, ListDimension } from "../../wire";

/** The audits that count: valid ones, of one target or of all. */
export function counted(audits: readonly AuditRow[], target: string | null): readonly AuditRow[] {
  return audits.filter((audit) => audit.state === "valid" && (target === null || audit.target === target));
}

/** Every dimension that somebody was asked for, in the list's order. */
export function distributions(list: AuditList, target: string | null): readonly Distribution[] {
  const audits = counted(list.audits, target);
  return list.dimensions
    .map((dimension, position) => distribution(dimension, position, audits))
    .filter(({ asked }) => asked > 0);
}

function distribution(dimension: ListDimension, position: number, audits: readonly AuditRow[]): Distribution {
  const values: number[] = [];
  const missing = new Map<Status, number>();
  for (const audit of audits) {
    const score = audit.scores[position];
    if (typeof score === "number") values.push(score);
    else if (typeof score === "string") missing.set(score, (missing.get(score) ?? 0) + 1);
  }
  const absent = total([...missing.values()]) ?? 0;
  const sum = total(values);
  return {
    dimension,
    asked: values.length + absent,
    values,
    bins: scoreBins(values, dimension.scale.min, dimension.scale.max),
    missing,
    hits: dimension.threshold === null ? null : audits.filter((audit) => audit.hits.includes(position)).length,
    mean: sum === null ? null : sum / values.length,
  };
}

/** When things went wrong: the earliest turn that a hit quotes, over valid audits with a hit. */
export interface HitTurns {
  readonly valid: number;
  /** Valid audits with at least one hit. */
  readonly hit: number;
  readonly bins: readonly Bin[];
  /** Audits with a hit whose turn is not known: its quotes were not found, or its texts were not read yet. */
  readonly unknown: number;
  readonly median: number | null;
}

/** Turns of hits of all dimensions, or of one; `most` columns at most. */
export function hitTurns(list: AuditList, target: string | null, most: number): HitTurns {
  const audits = counted(list.audits, target);
  const hit = audits.filter((audit) => audit.hits.length > 0);
  const turns = hit.flatMap((audit) => (typeof audit.hit_turn === "number" ? [audit.hit_turn] : []));
  const last = Math.max(0, ...audits.map((audit) => audit.turns));
  return {
    valid: audits.length,
    hit: hit.length,
    bins: turns.length === 0 ? [] : turnBins(turns, last, most),
    unknown: hit.length - turns.length,
    median: median(turns),
  };
}

/** What audits cost, of all that were begun: an invalid audit was paid for too. */
export interface Costs {
  readonly audits: number;
  readonly known: number;
  readonly bins: readonly Bin[];
  readonly sum: number | null;
  readonly median: number | null;
  readonly most: number | null;
}

/** The costs of audits, of one target or of all; audits that are pending cost nothing and are left out. */
export function costs(audits: readonly AuditRow[], target: string | null): Costs {
  const begun = audits.filter((audit) => audit.state !== "pending" && (target === null || audit.target === target));
  const known = begun.flatMap((audit) => (audit.cost_usd === null ? [] : [audit.cost_usd]));
  return {
    audits: begun.length,
    known: known.length,
    bins: amountBins(known, 20),
    sum: total(known),
    median: median(known),
    most: known.length === 0 ? null : Math.max(...known),
  };
}

/** The targets of a list, in order of appearance. */
export function targetsOf(list: AuditList): readonly string[] {
  return [...new Set(list.audits.map((audit) => audit.target))];
}
