/** Where the audits behind a number are listed: the list of a run, narrowed by what they have in common. */
import { format, type RouteOf } from "../route";

/** What the listed audits have in common; of several values of one kind an audit has any. */
export interface Common {
  readonly state?: string;
  readonly target?: string | null;
  /** Dimensions, on one of which there is a hit. */
  readonly hits?: readonly string[];
  /** A dimension, and the values or statuses that the audits have on it. */
  readonly score?: readonly [dimension: string, values: readonly (number | string)[]];
  /** Turns of the first hit. */
  readonly turns?: readonly number[];
  /** The dimension or column that they stand in the order of. */
  readonly sort?: string;
}

/** The list of a run, narrowed to some of its audits. */
export function listing(run: string, { state, target, hits = [], score, turns = [], sort }: Common): RouteOf<"list"> {
  const facets = [
    ...(state === undefined ? [] : [`state:${state}`]),
    ...(target === undefined || target === null ? [] : [`target:${target}`]),
    ...hits.map((dimension) => `hit:${dimension}`),
    ...(score === undefined ? [] : score[1].map((value) => `score.${score[0]}:${value}`)),
    ...turns.map((turn) => `turn:${turn}`),
  ];
  return { page: "list", run, ...(facets.length === 0 ? {} : { f: facets }), ...(sort === undefined ? {} : { sort }) };
}

/** Its address. */
export function listed(run: string, common: Common): string {
  return format(listing(run, common));
}
