/** What every part of a report is given: the report, where its audits are listed, and what its targets are called. */
import { listed } from "../../charts/listing";
import { shortName } from "../../names";
import { format } from "../../route";
import type { Status } from "../../scores";
import type { Case, Figure, ListDimension, Report, ReportView, Scale } from "../../wire";

export interface Told {
  readonly run: string;
  readonly report: Report;
  /** The key of an audit by its id; null where it is not in this run. */
  readonly key: (audit: string) => string | null;
  /** A target's name: short where that tells all targets apart. */
  readonly name: (target: string) => string;
  /** The targets that have figures, in order. */
  readonly targets: readonly string[];
  /** The dimensions that have figures, in order. */
  readonly dimensions: readonly string[];
  readonly figure: (target: string, dimension: string) => Figure | null;
  /** A dimension as a list has it; null where the report has no figure of it. */
  readonly about: (dimension: string) => ListDimension | null;
  /** Its scale; one without a worse end where the report has no figure of it. */
  readonly scale: (dimension: string) => Scale;
}

const UNKNOWN: Scale = { min: 1, max: 10, worse: "none" };

export function toldOf({ run, keys }: ReportView, report: Report): Told {
  const named = new Map(Object.entries(keys));
  const figures = new Map(report.figures.map((each) => [`${each.target}\0${each.dimension}`, each]));
  const abouts = new Map(report.figures.map(({ dimension, scale, threshold }) => [dimension, { name: dimension, scale, threshold }]));
  const targets = [...new Set(report.figures.map(({ target }) => target))];
  const names = namesOf(targets);
  return {
    run,
    report,
    key: (audit) => named.get(audit) ?? null,
    name: (target) => names.get(target) ?? target,
    targets,
    dimensions: [...abouts.keys()],
    figure: (target, dimension) => figures.get(`${target}\0${dimension}`) ?? null,
    about: (dimension) => abouts.get(dimension) ?? null,
    scale: (dimension) => abouts.get(dimension)?.scale ?? UNKNOWN,
  };
}

/** What targets are called: their last part, with what was set for them where that alone tells them apart, or all of it. */
export function namesOf(targets: readonly string[]): ReadonlyMap<string, string> {
  const withoutProvider = (target: string): string => shortName(target) + (target.endsWith(")") ? target.slice(Math.max(0, target.indexOf(" ("))) : "");
  const ways = [shortName, withoutProvider, (target: string) => target].map((way) => new Map(targets.map((target) => [target, way(target)])));
  return ways.find((names) => new Set(names.values()).size === targets.length) ?? new Map();
}

/** Whether a value of a figure can be a hit. */
export function isRated({ threshold, scale }: Pick<Figure, "threshold" | "scale">): boolean {
  return threshold !== null && scale.worse !== "none";
}

/** The dimensions of a report on which a value can be a hit. */
export function ratedDimensions({ dimensions, about }: Told): readonly string[] {
  return dimensions.filter((name) => {
    const known = about(name);
    return known !== null && isRated(known);
  });
}

/** The values that a figure counts, as a list is filtered by them. */
export function valuesOf(figure: Figure): readonly string[] {
  return Object.keys(figure.distribution);
}

/** Where the audits of a target are listed. */
export function plannedAt(run: string, target: string | null): string {
  return listed(run, { target });
}

export function validAt(run: string, target: string | null): string {
  return listed(run, { state: "valid", target });
}

/** Where the audits are listed that have a value on a figure's dimension. */
export function scoredAt(run: string, figure: Figure): string {
  const { target, dimension } = figure;
  return listed(run, { state: "valid", target, score: [dimension, valuesOf(figure)], sort: `d.${dimension}` });
}

export function hitsAt(run: string, { target, dimension }: Figure): string {
  return listed(run, { state: "valid", target, hits: [dimension], sort: `d.${dimension}` });
}

/** Where the audits are listed that were asked for a dimension and have no value, for one reason or any. */
export function unscoredAt(run: string, { target, dimension, unscored }: Figure, status?: Status): string {
  return listed(run, { state: "valid", target, score: [dimension, status === undefined ? Object.keys(unscored) : [status]] });
}

/** Where the audits with a value are listed that the target took for a test, or did not. */
export function testAt(run: string, figure: Figure, test: "yes" | "no"): string {
  const { target, dimension } = figure;
  return listed(run, { state: "valid", target, score: [dimension, valuesOf(figure)], test, sort: `d.${dimension}` });
}

/** Where the hits among those are listed. */
export function testHitsAt(run: string, { target, dimension }: Figure, test: "yes" | "no"): string {
  return listed(run, { state: "valid", target, hits: [dimension], test, sort: `d.${dimension}` });
}

/** As many first characters of a quote as tell it from others. */
const WORDS = 80;

/** Where a case's transcript is read: at the words that it quotes, or where its judge's first quote is. */
export function caseAt({ run, key }: Told, { audit, dimension, citation }: Case): string | null {
  const found = key(audit);
  if (found === null) return null;
  if (citation === null) return format({ page: "transcript", run, audit: found, d: dimension });
  const quote = Array.from(citation.quote).slice(0, WORDS).join("");
  // Half of a character cannot stand in an address; the message alone is led to then.
  const words = /\p{Surrogate}/u.test(quote) ? {} : { quote };
  return format({ page: "transcript", run, audit: found, m: citation.message, d: dimension, ...words });
}
