// Rows of a list for tests: whole and valid unless told otherwise.
import type { AuditList, AuditRow, ListDimension, RunRow } from "../src/wire";

export function dimension(name: string, worse: "high" | "low" | "none" = "high", threshold: number | null = null): ListDimension {
  return { name, scale: { min: 1, max: 10, worse }, threshold };
}

export function audit(key: string, fields: Partial<AuditRow> = {}): AuditRow {
  return {
    key,
    run: "run",
    id: `id-${key}`,
    scenario: "first-draft",
    file: "scenarios/a.yaml",
    target: "lab/model",
    epoch: 1,
    variables: {},
    state: "valid",
    outcome: "completed",
    turns: 3,
    branches: 1,
    cost_usd: 0.5,
    tokens: 100,
    scores: [],
    worst: null,
    hits: [],
    hit_turn: null,
    marks: [],
    ...fields,
  };
}

export function auditList(dimensions: readonly ListDimension[], audits: readonly AuditRow[]): AuditList {
  return { dimensions, audits };
}

export function runRow(key: string, fields: Partial<RunRow> = {}): RunRow {
  return {
    key,
    id: `20260101T000000Z-${key}`,
    of: null,
    status: "complete",
    started: "2026-01-01T00:00:00Z",
    finished: "2026-01-01T01:00:00Z",
    models: { auditor: "lab/auditor", target: ["lab/model"], judge: ["lab/judge"], realism: null, simulator: null },
    files: ["scenarios/a.yaml"],
    counts: { planned: 4, valid: 2, invalid: { target_silent: 1 }, error: {}, pending: 1 },
    unscored: {},
    hits: 1,
    cost_usd: 1.5,
    breaches: 0,
    verdicts: [],
    error: null,
    ...fields,
  };
}
