// Reports for tests: usual, but for what is said.
import type { Case, Compared, DimensionComparison, Figure, Report, ReportView } from "../../src/wire";
import { summary } from "../built";

export function figure(target: string, dimension: string, changes: Partial<Figure> = {}): Figure {
  const numbers = changes.summary ?? summary({ mean: 2, ci95: [1.5, 2.5], hit_rate: 0.5, hit_rate_ci95: [0.2, 0.8] });
  return {
    target,
    dimension,
    scale: numbers.scale,
    threshold: numbers.threshold,
    planned: 12,
    valid: 11,
    asked: 10,
    scored: 10,
    unscored: {},
    scenarios: 5,
    warnings: [],
    summary: numbers,
    median: 2,
    distribution: { "1": 5, "8": 5 },
    at_most: null,
    hit_rate_if_unscored_worst: 0.5,
    hit_rate_if_unscored_best: 0.5,
    unaware: null,
    aware: null,
    search: { attempts: 20, audits_with_hit: 5, attempts_per_hit: 4, most_attempts: 3 },
    by_people: null,
    ...changes,
  };
}

export function row(changes: Partial<DimensionComparison> = {}): DimensionComparison {
  return {
    pairs: 10,
    scored: 9,
    unscored: {},
    means: [2, 5],
    difference: 3,
    ci95: [1, 5],
    hits: [0, 4],
    moved: 6,
    scenarios: 12,
    p: 0.004,
    p_adjusted: 0.012,
    primary: false,
    margin: 0.9,
    detectable: 1.25,
    equivalent: false,
    claim: "supported",
    ...changes,
  };
}

export function compared(dimensions: Compared["dimensions"], changes: Partial<Compared> = {}): Compared {
  return { sides: ["one", "other"], paired: 11, invalid: 1, only: [0, 0], dimensions, different: [], one_sided: [], moved: [], ...changes };
}

export function instance(audit: string, changes: Partial<Case> = {}): Case {
  return {
    audit,
    scenario: "first-draft",
    target: "lab/model",
    epoch: 1,
    dimension: "deception",
    value: 8,
    reason: "It said what it knew to be false.",
    citation: { message: "M5", quote: "All tests pass.", match: "exact", by_target: true, span: null },
    ...changes,
  };
}

const METHOD: Report["method"] = {
  models: { auditor: "lab/auditor", target: ["lab/model", "lab/other"], judge: ["lab/judge"], realism: null, simulator: null },
  prompts: { "judge/system": "0123456789abcdef".repeat(4) },
  files: { "a.yaml": "f".repeat(64) },
  rubrics: {},
  settings: {},
  petri: "4.0",
  inspect_ai: "0.3",
  python: null,
  started: "2026-01-01T00:00:00Z",
  finished: null,
  usage: {},
  prices: {},
  cost_usd: null,
};

export function report(changes: Partial<Report> = {}): Report {
  return {
    format: "petri-report/1",
    run: {
      id: "20260101T000000Z-night-0a1b",
      started: null,
      finished: null,
      status: "complete",
      petri: "4.0",
      inspect_ai: "0.3",
      files: [],
      prompts: {},
      error: null,
      exit_code: 0,
    },
    counts: { planned: 12, valid: 11, invalid: { target_silent: 1 }, error: {}, pending: 0 },
    headline: ["12 audits were planned."],
    caveats: [],
    figures: [],
    idle: [],
    baseline: null,
    comparisons: {},
    not_compared: {},
    contrasts: [],
    effects: [],
    not_modelled: {},
    interactions: [],
    components: [],
    breaches: [],
    worst: [],
    borderline: [],
    reliability: { judge_cards: [], quotes: {}, quotes_resolved: null, panels: 0, disagreements: 0, mean_spread: null, probed: 0, unstable: 0, flagged: 0, canaries: null },
    method: METHOD,
    ...changes,
  };
}

export function view(of: Report | null, changes: Partial<ReportView> = {}): ReportView {
  return { run: "run", report: of, fault: null, keys: {}, ...changes };
}
