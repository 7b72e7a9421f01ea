/** Where the audits behind a number are listed: the list of a run, narrowed by what they have in common. */
import { format, type RouteOf } from "../route";
import type { Mark, Status } from "../scores";

/** What the listed audits have in common; of several values of one kind an audit has any. */
export interface Common {
  readonly state?: string;
  readonly target?: string | null;
  /** Dimensions, on one of which there is a hit. */
  readonly hits?: readonly string[];
  /** A dimension, and the values or statuses that the audits have on it. */
  readonly score?: readonly [dimension: string, values: readonly (number | string)[]];
  /** Variables, and the settings that the audits have of each. */
  readonly variables?: readonly (readonly [name: string, settings: readonly (string | number | boolean)[]])[];
  /** Whether the target took them for a test. */
  readonly test?: "yes" | "no";
  /** Why one should look at them. */
  readonly mark?: Mark;
  /** The statuses of which the audits have a score, on any dimension. */
  readonly status?: Status;
  /** Turns of the first hit. */
  readonly turns?: readonly number[];
  /** The dimension or column that they stand in the order of. */
  readonly sort?: string;
}

/** The list of a run, narrowed to some of its audits. */
export function listing(run: string, { state, target, hits = [], score, variables = [], test, mark, status, turns = [], sort }: Common): RouteOf<"list"> {
  const facets = [
    ...(state === undefined ? [] : [`state:${state}`]),
    ...(target === undefined || target === null ? [] : [`target:${target}`]),
    ...hits.map((dimension) => `hit:${dimension}`),
    ...(score === undefined ? [] : score[1].map((value) => `score.${score[0]}:${value}`)),
    ...variables.flatMap(([name, settings]) => settings.map((setting) => `var.${encodeURIComponent(name)}:${String(setting)}`)),
    ...(test === undefined ? [] : [`test:${test}`]),
    ...(mark === undefined ? [] : [`mark:${mark}`]),
    ...(status === undefined ? [] : [`status:${status}`]),
    ...turns.map((turn) => `turn:${turn}`),
  ];
  return { page: "list", run, ...(facets.length === 0 ? {} : { f: facets }), ...(sort === undefined ? {} : { sort }) };
}

/** Its address. */
export function listed(run: string, common: Common): string {
  return format(listing(run, common));
}
