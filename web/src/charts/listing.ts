/** Where the audits behind a number are listed. */
import { format, type RouteOf } from "../route";

/** What the listed audits have in common; each part narrows further. */
export interface Common {
  readonly state?: string | undefined;
  readonly target?: string | undefined | null;
  /** A hit on this dimension. */
  readonly hit?: string | undefined;
  /** A dimension and the value or status that the audits have on it. */
  readonly score?: readonly [dimension: string, value: number | string] | undefined;
}

/** The list of a run, narrowed to some of its audits. */
export function listing(run: string, common: Common): RouteOf<"list"> {
  const { state, target, hit, score } = common;
  const facets: string[] = [];
  if (state !== undefined) facets.push(`state:${state}`);
  if (target !== undefined && target !== null) facets.push(`target:${target}`);
  if (hit !== undefined) facets.push(`hit:${hit}`);
  if (score !== undefined) facets.push(`score:${score[0]}=${score[1]}`);
  return facets.length === 0 ? { page: "list", run } : { page: "list", run, f: facets };
}

/** Its address. */
export function listed(run: string, common: Common): string {
  return format(listing(run, common));
}
